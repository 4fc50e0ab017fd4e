"""Claim order numbers: one statement makes the new ones and locks them all, in one order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from config.kernel import statements

# Numbers are locked in this order by everybody, so that two lists cannot deadlock. A number
# of which only events tell has no member yet: its row is taken back if the statement made it.
_CLAIM = """
INSERT INTO commerce_ordernumber (storefront_id, external_no, member_id, order_id)
SELECT %s::bigint, n.external_no, n.member_id, nextval('commerce_order_id_seq')
FROM unnest(%s::text[], %s::bigint[]) AS n (external_no, member_id)
ORDER BY n.external_no COLLATE "C"
ON CONFLICT (storefront_id, external_no) DO UPDATE SET external_no = EXCLUDED.external_no
RETURNING external_no, member_id, order_id, xmax = 0
"""
_DROP = """
DELETE FROM commerce_ordernumber WHERE storefront_id = %s::bigint AND external_no = ANY(%s::text[])
"""
_LOCK = """
SELECT external_no, storefront_id, member_id, order_id FROM commerce_ordernumber
WHERE storefront_id = ANY(%s::bigint[]) AND external_no = ANY(%s::text[])
ORDER BY external_no COLLATE "C", storefront_id FOR UPDATE
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a number names; `fresh` when it named nothing before."""

    member_id: int
    order_id: int
    fresh: bool


Claims = dict[str, Claim]


def claim_numbers(
    *,
    storefront_id: int,
    sisters: Iterable[int],
    reported: Mapping[str, int],
    mentioned: Iterable[str],
) -> Claims:
    """Lock the numbers of a list of documents and tell what they name.

    `reported` numbers come with the member of a full report and are made when new;
    `mentioned` ones come with events alone, may belong to another storefront of the brand
    (`sisters`, this one included), and are left out when nobody knows them.
    """
    only_mentioned = [no for no in dict.fromkeys(mentioned) if no not in reported]
    claims = _claim(storefront_id, reported, only_mentioned) if reported else {}
    unknown = [no for no in only_mentioned if no not in claims]
    if unknown:
        claims |= _find(storefront_id, list(sisters), unknown)
    return claims


def give_up_numbers(*, storefront_id: int, numbers: Iterable[str]) -> None:
    """Free numbers that were claimed for documents which were refused after all."""
    freed = list(numbers)
    if freed:
        statements.tell(_DROP, [storefront_id, freed])


def _claim(storefront_id: int, reported: Mapping[str, int], mentioned: list[str]) -> Claims:
    numbers = [*reported, *mentioned]
    members = [*reported.values(), *[0] * len(mentioned)]
    made = statements.ask(_CLAIM, [storefront_id, numbers, members])
    claims = {no: Claim(member, order, new) for no, member, order, new in made}
    invented = [no for no in mentioned if claims[no].fresh]
    give_up_numbers(storefront_id=storefront_id, numbers=invented)
    for no in invented:
        del claims[no]
    return claims


def _find(storefront_id: int, sisters: list[int], numbers: list[str]) -> Claims:
    rows = statements.ask(_LOCK, [sisters, numbers])
    claims: Claims = {}
    for no, storefront, member, order in rows:
        if no not in claims or storefront == storefront_id:
            claims[no] = Claim(member, order, False)
    return claims
