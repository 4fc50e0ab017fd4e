"""The storefront API takes no field that its contract does not name, at any depth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import msgspec

from config.kernel.api import openapi
from tests.attacks.conftest import World


def _structs(kind: Any, seen: set[Any]) -> Iterator[type[msgspec.Struct]]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        if kind not in seen:
            seen.add(kind)
            yield kind
            for field in msgspec.structs.fields(kind):
                yield from _structs(field.type, seen)
    else:
        for part in get_args(kind):
            yield from _structs(part, seen)


def test_every_body_refuses_unknown_fields_at_every_depth():
    seen: set[Any] = set()
    lax = [
        struct.__name__
        for _path, endpoint in openapi.mounted()
        for operation in endpoint.operations.values()
        for contract in (operation.body, operation.query_contract)
        if contract is not None
        for struct in _structs(contract, seen)
        if not struct.__struct_config__.forbid_unknown_fields
    ]

    assert len(seen) > 20
    assert lax == []


def test_nobody_names_what_only_the_shop_decides():
    """Ids of ours, standing and rights are never part of a body."""
    forbidden = {
        *("id", "member_id", "user_id", "programme_id", "is_staff", "is_superuser"),
        *("member_no", "survivor_id", "version", "created", "joined_at"),
    }
    seen: set[Any] = set()
    taken = [
        f"{struct.__name__}.{field.name}"
        for _path, endpoint in openapi.mounted()
        for operation in endpoint.operations.values()
        if operation.body is not None
        for struct in _structs(operation.body, seen)
        for field in msgspec.structs.fields(struct)
        if field.encode_name in forbidden
    ]

    assert taken == []


def test_a_profile_is_not_promoted_by_the_way(world: World):
    api, path = world.victim.story.api, f"members/{world.victim.member}"
    before = api.get(path).json()
    for extra in ({"kind": "super"}, {"status": "frozen"}, {"member_no": "1"}, {"tier": "gold"}):
        answer = api.patch(path, {"nickname": "x", **extra})
        assert (answer.status_code, answer.json()["code"]) == (400, "request.unknown_field")

    assert api.get(path).json() == before
