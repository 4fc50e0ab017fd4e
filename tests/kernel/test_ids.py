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
