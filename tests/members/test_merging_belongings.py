"""What two accounts keep with the shop is one book after a merge, and two again after an undo."""

from __future__ import annotations

from datetime import timedelta

import pytest

from members.belongings import models, selectors, services
from members.belongings.types import MOST_ADDRESSES, TitleKind
from tests.belongings.keeping import ACTOR, add_address, address, title
from tests.belongings.test_cards_and_titles import COMPANY
from tests.factories.members import make_member
from tests.factories.orders import make_earning_shop
from tests.members.test_merging import merge, undo

pytestmark = pytest.mark.django_db
CARDS = ("6222021234567890128", "4111111111111111")


@pytest.fixture
def two(now):
    shop = make_earning_shop()
    return tuple(make_member(shop, now=now - timedelta(days=9)) for _ in range(2))


def everything():
    """Return all rows of all tables as they are, numbers and slots included."""
    return {
        model.__name__: sorted(
            tuple(getattr(row, f.attname) for f in model._meta.concrete_fields)
            for row in model.objects.all()
        )
        for model in (models.Address, models.Card, models.InvoiceTitle)
    }


def bind(member, number, now):
    return services.bind_card(member_id=member, number=number, actor=ACTOR, now=now)


def add_title(member, now, **said):
    draft = title(**said)
    return services.add_title(member_id=member, draft=draft, actor=ACTOR, now=now)


def test_what_the_survivor_lacks_moves_and_an_undo_restores_all(two, now):
    survivor, duplicate = two
    mine = add_address(survivor, now)
    add_address(duplicate, now)
    theirs = add_address(duplicate, now, detail="天目山路2号", is_default=True)
    bind(survivor, CARDS[0], now)
    for number in CARDS:
        bind(duplicate, number, now)
    add_title(duplicate, now, name="李四")
    before = everything()

    case = merge(survivor, duplicate, now)

    book = selectors.list_addresses(member_ids=[survivor])
    assert [(a.id, a.is_default) for a in book] == [(mine, True), (theirs, False)]
    cards = selectors.list_cards(member_ids=[survivor])
    assert sorted(c.last_four for c in cards) == ["0128", "1111"]
    assert [(t.name, t.is_default) for t in selectors.list_titles(member_ids=[survivor])] == [
        ("李四", True)
    ]
    for model in (models.Address, models.Card, models.InvoiceTitle):
        assert not model.objects.filter(member_id=duplicate).exists()

    undo(case, now)
    assert everything() == before


def test_what_does_not_fit_stays_and_is_read_all_the_same(two, now):
    survivor, duplicate = two
    for number in range(MOST_ADDRESSES - 1):
        add_address(survivor, now, detail=f"文三路{number}号")
    for number in range(3):
        add_address(duplicate, now, detail=f"天目山路{number}号", is_default=number == 2)
    before = everything()

    case = merge(survivor, duplicate, now)

    assert models.Address.objects.filter(member_id=survivor).count() == MOST_ADDRESSES
    assert len(selectors.list_addresses(member_ids=two)) == MOST_ADDRESSES + 2
    assert models.Address.objects.filter(is_default=True).count() == 1
    with pytest.raises(services.AddressBookFullError):
        add_address(survivor, now, detail="又一处")
    undo(case, now)
    assert everything() == before


def test_what_was_changed_or_removed_since_stays_so(two, now):
    survivor, duplicate = two
    add_address(survivor, now)
    moved = add_address(duplicate, now, detail="天目山路2号")
    removed = add_address(duplicate, now, detail="天目山路3号")
    for member in two:
        bind(member, CARDS[0], now)
    case = merge(survivor, duplicate, now)
    services.change_address(
        member_id=survivor, address_id=moved, draft=address(detail="天目山路20号", is_default=True),
        actor=ACTOR, now=now,
    )  # fmt: skip
    services.remove_address(member_id=survivor, address_id=removed, actor=ACTOR, now=now)
    card = selectors.list_cards(member_ids=[survivor])[0]
    services.unbind_card(member_id=survivor, card_id=card.id, actor=ACTOR, now=now)

    undo(case, now)

    mine, theirs = (selectors.list_addresses(member_ids=[member]) for member in two)
    assert [(a.detail, a.is_default) for a in mine] == [("文三路1号", True)]
    assert [(a.detail, a.is_default) for a in theirs] == [("天目山路20号", True)]
    # A card is kept nowhere but in its row.
    assert not selectors.list_cards(member_ids=two)


def test_a_case_never_holds_the_number_of_a_card(two, now):
    from members.models import MergeCase

    survivor, duplicate = two
    for member in two:
        bind(member, CARDS[0], now)
    add_title(duplicate, now, kind=TitleKind.COMPANY, name="某公司", tax_number=COMPANY)

    case = merge(survivor, duplicate, now)

    row = MergeCase.objects.get(pk=case)
    assert CARDS[0] not in str(row.kept)
    lines = {x["what"]: x["result"] for x in row.report if x["part"] == "belongings"}
    assert lines == {"cards": "1", "titles": "1"}
