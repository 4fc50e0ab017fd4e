"""Labels: what upper apps say of members, written in their own transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection, transaction

from config.kernel import outbox
from members.events import MemberUpdated
from members.models import Label as LabelRow
from members.selectors import public_id
from members.types import Label

_UPSERT = """
INSERT INTO members_label
       (member_id, kind, code, name_zh, name_en, since, until, computed_at)
SELECT t.*, %s
  FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[],
              %s::timestamptz[], %s::timestamptz[]) AS t
ON CONFLICT (member_id, kind, code) DO UPDATE
   SET name_zh = EXCLUDED.name_zh, name_en = EXCLUDED.name_en,
       since = EXCLUDED.since, until = EXCLUDED.until, computed_at = EXCLUDED.computed_at
"""
_DROP_OTHERS = """
DELETE FROM members_label l
 USING (SELECT member_id, kind, array_agg(code) AS codes
          FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS t(member_id, kind, code)
         GROUP BY member_id, kind) AS told
 WHERE l.member_id = told.member_id AND l.kind = told.kind AND NOT l.code = ANY(told.codes)
"""

_SET_KINDS = """
UPDATE members_member m SET kind = t.kind, version = m.version + 1
  FROM unnest(%s::bigint[], %s::text[]) AS t (id, kind)
 WHERE m.id = t.id AND m.kind <> t.kind
RETURNING m.id, m.programme_id
"""


@transaction.atomic
def set_labels(*, labels: Sequence[Label], now: datetime) -> None:
    """Replace, for every (member, kind) named, what it was labelled before.

    Two statements, however many labels. `clear_labels` takes a kind away altogether.
    """
    if not labels:
        return
    rows = sorted(labels, key=lambda label: (label.member_id, label.kind, label.code))
    members = [label.member_id for label in rows]
    kinds = [label.kind for label in rows]
    codes = [label.code for label in rows]
    with connection.cursor() as cursor:
        cursor.execute(_DROP_OTHERS, [members, kinds, codes])
        cursor.execute(
            _UPSERT,
            [
                now,
                members,
                kinds,
                codes,
                [label.name_zh for label in rows],
                [label.name_en for label in rows],
                [label.since for label in rows],
                [label.until for label in rows],
            ],
        )


def clear_labels(*, member_ids: Sequence[int], kind: str) -> None:
    """Take every label of one kind away from members."""
    LabelRow.objects.filter(member_id__in=list(member_ids), kind=kind).delete()


@transaction.atomic
def set_kinds(*, kinds: Mapping[int, str], now: datetime) -> None:
    """Write by which kind each member is called, and tell of those who are called anew."""
    ids = sorted(kinds)
    with connection.cursor() as cursor:
        cursor.execute(_SET_KINDS, [ids, [kinds[member] for member in ids]])
        changed = cursor.fetchall()
    outbox.publish_all(
        [
            MemberUpdated(
                occurred_at=now,
                programme_id=programme_id,
                member_id=member_id,
                member=public_id(member_id),
                fields=["kind"],
            )
            for member_id, programme_id in sorted(changed)
        ],
        now=now,
    )
