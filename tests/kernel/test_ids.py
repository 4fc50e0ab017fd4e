"""Opaque ids: they name their row, and cannot be guessed or mixed up."""

import pytest

from config.kernel import ids


def test_decode_returns_what_was_encoded():
    public = ids.encode("ent", member_id=42, row_id=2**40)

    assert public.startswith("ent_")
    assert ids.decode("ent", public) == ids.RowId(42, 2**40)


@pytest.mark.parametrize("other", ["res", "mem"])
def test_decode_refuses_an_id_of_another_kind(other):
    public = ids.encode("ent", member_id=1, row_id=1)

    with pytest.raises(ids.UnknownIdError):
        ids.decode(other, other + public[3:])


def test_decode_refuses_every_changed_character():
    public = ids.encode("ent", member_id=1, row_id=1)

    for place in range(4, len(public) - 1):
        changed = public[:place] + ("a" if public[place] != "a" else "b") + public[place + 1 :]
        with pytest.raises(ids.UnknownIdError):
            ids.decode("ent", changed)


@pytest.mark.parametrize("junk", ["", "ent", "ent_", "ent_!!!!!!!!!!!!!!!!!!!!!!!!!!", "ent_é" * 9])
def test_decode_refuses_junk(junk):
    with pytest.raises(ids.UnknownIdError):
        ids.decode("ent", junk)


def test_many_ids_are_the_same_as_one_by_one() -> None:
    rows = [(0, 1), (2**48 - 1, 2**48 - 1), (42, 0), (7, 2**40 + 3)]
    made = ids.encode_many("lot", rows)
    assert made == [ids.encode("lot", member_id=member, row_id=row) for member, row in rows]
    assert ids.decode_many("lot", [*made, "lot_nonsense", "ent" + made[0][3:]]) == dict(
        zip(made, rows, strict=True)
    )
    assert ids.encode_many("lot", []) == []
