"""The map from what leads to a member (phone, e-mail, card, external id) to the member."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from config.kernel import crypto


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """One thing that leads to one member of a programme."""

    kind: str
    blind: bytes


def key(kind: str, value: str) -> Key:
    """Return the key of a normalized value."""
    return Key(kind, crypto.blind(f"key.{kind}", value))


def external_key(channel: str, external_id: str) -> Key:
    """Return the key of another channel's id."""
    return key("external", f"{channel}\0{external_id}")


def find(*, programme_id: int, keys: Sequence[Key]) -> dict[Key, int]:
    """Return the members these keys lead to, merged ones as the survivor."""
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT k.kind, k.blind, coalesce(m.survivor_id, m.id)
              FROM members_memberkey k JOIN members_member m ON m.id = k.member_id
             WHERE k.programme_id = %s
               AND (k.kind, k.blind) IN (SELECT * FROM unnest(%s::text[], %s::bytea[]))
            """,
            [programme_id, [k.kind for k in keys], [k.blind for k in keys]],
        )
        return {Key(kind, bytes(blind)): member for kind, blind, member in cursor.fetchall()}


def claim(*, programme_id: int, owners: Iterable[tuple[Key, int]]) -> set[Key]:
    """Give keys to members; return those that were free.

    Keys are taken in order, so that two enrolments that share several cannot deadlock.
    """
    rows = sorted(owners)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO members_memberkey (programme_id, kind, blind, member_id)
            SELECT %s, t.kind, t.blind, t.member_id
              FROM unnest(%s::text[], %s::bytea[], %s::bigint[]) WITH ORDINALITY
                   AS t(kind, blind, member_id, place)
             ORDER BY t.place
            ON CONFLICT (programme_id, kind, blind) DO NOTHING
            RETURNING kind, blind
            """,
            [
                programme_id,
                [k.kind for k, _ in rows],
                [k.blind for k, _ in rows],
                [member for _, member in rows],
            ],
        )
        return {Key(kind, bytes(blind)) for kind, blind in cursor.fetchall()}


def drop(*, programme_id: int, keys: Sequence[Key], member_id: int) -> None:
    """Free keys of a member, or of one merged into it, that lead to them no longer."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM members_memberkey
             WHERE programme_id = %s
               AND member_id IN (SELECT id FROM members_member WHERE %s IN (id, survivor_id))
               AND (kind, blind) IN (SELECT * FROM unnest(%s::text[], %s::bytea[]))
            """,
            [programme_id, member_id, [k.kind for k in keys], [k.blind for k in keys]],
        )


def reserve_ids(count: int) -> list[int]:
    """Take `count` member ids from their sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('members_member', 'id'))"
            " FROM generate_series(1, %s)",
            [count],
        )
        return [row[0] for row in cursor.fetchall()]
