"""Bank cards and invoice titles: checked, sealed, limited, one of each number."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from stdnum import luhn
from stdnum.cn import uscc

from config.kernel import clock
from config.kernel.models import AuditRecord, OutboxEvent
from members.belongings import models, selectors, services
from members.belongings.services import carding
from members.belongings.types import MOST_CARDS, MOST_TITLES, Brand, TitleKind
from tests.belongings.keeping import ACTOR, title

ME, OTHER = 7101, 7102
_TWELVE = "622202000000000"
CARD = _TWELVE + luhn.calc_check_digit(_TWELVE)
_SEVENTEEN = "91330106MA27XYJK9"
COMPANY = _SEVENTEEN + uscc.calc_check_digit(_SEVENTEEN)


@pytest.fixture
def now():
    return clock.now()


def bind(now, number=CARD, member=ME, **more):
    return services.bind_card(member_id=member, number=number, actor=ACTOR, now=now, **more)


def numbered(n):
    head = f"62220200{n:07d}"
    return head + luhn.calc_check_digit(head)


@pytest.mark.django_db
def test_card_is_sealed_and_only_its_last_four_are_known(now, caplog):
    caplog.set_level(logging.DEBUG)
    bind(now, number=f" {CARD[:4]} {CARD[4:8]}-{CARD[8:]}", holder="张三丰")

    card = selectors.list_cards(member_ids=[ME])[0]
    assert (card.brand, card.last_four, card.holder_masked) == (
        Brand.UNIONPAY, CARD[-4:], "张**",
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, holder FROM belongings_card")
        stored = b"".join(bytes(value) for value in cursor.fetchone())
    assert CARD.encode() not in stored
    assert CARD not in caplog.text
    told = [str(row.payload) for row in OutboxEvent.objects.all()] + [
        str(row.after) for row in AuditRecord.objects.all()
    ]
    assert CARD not in "".join(told)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "missing"),
        ("6222 0200 0000 0001", "invalid"),
        ("622202", "invalid"),
        ("0" * 16, "invalid"),
        ("6222٠20000000000", "invalid"),
        ("x" * 16, "invalid"),
        ("4" * 40, "invalid"),
    ],
)
def test_what_is_no_card_number_is_refused(now, number, code):
    with pytest.raises(services.FieldsRefusedError) as refused:
        bind(now, number=number)

    assert refused.value.fields == {"number": code}
    assert number == "" or number not in str(refused.value)


@pytest.mark.parametrize(
    ("digits", "brand"),
    [
        ("6222020000000000", Brand.UNIONPAY),
        ("4111111111111111", Brand.VISA),
        ("5500000000000004", Brand.MASTERCARD),
        ("2221000000000009", Brand.MASTERCARD),
        ("340000000000009", Brand.AMEX),
        ("3530111333300000", Brand.JCB),
        ("9000000000000000", Brand.OTHER),
    ],
)
def test_network_is_told_by_the_first_digits(digits, brand):
    assert carding.network_of(digits) is brand


@pytest.mark.django_db
def test_card_is_bound_once_by_a_member_and_by_others_too(now):
    kept = bind(now)
    with pytest.raises(services.CardTakenError) as refused:
        bind(now)
    assert CARD not in str(refused.value)
    assert bind(now, member=OTHER)

    services.unbind_card(member_id=ME, card_id=kept, actor=ACTOR, now=now)

    assert bind(now)
    with pytest.raises(services.CardNotFoundError):
        services.unbind_card(member_id=OTHER, card_id=kept, actor=ACTOR, now=now)


@pytest.mark.django_db
def test_eleventh_card_is_refused(now):
    for n in range(MOST_CARDS):
        bind(now, number=numbered(n))

    with pytest.raises(services.TooManyCardsError):
        bind(now, number=numbered(99))


@pytest.mark.django_db(transaction=True)
def test_one_card_bound_twice_at_once_is_bound_once(now):
    start = Barrier(4)

    def race(_number):
        start.wait()
        try:
            bind(now)
        except services.CardTakenError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(race, range(4))) == 1
    assert models.Card.objects.count() == 1


def keep(now, **said):
    return services.add_title(member_id=ME, draft=title(**said), actor=ACTOR, now=now)


@pytest.mark.django_db
def test_company_needs_a_right_tax_number_and_a_person_none(now):
    for wrong, code in (("", "missing"), ("123", "invalid"), (COMPANY[:-1] + "#", "invalid")):
        with pytest.raises(services.FieldsRefusedError) as refused:
            keep(now, kind=TitleKind.COMPANY, name="常客科技", tax_number=wrong)
        assert refused.value.fields == {"tax_number": code}

    keep(now, kind=TitleKind.COMPANY, name="常客科技", tax_number=f" {COMPANY.lower()} ")
    keep(now, tax_number=COMPANY, bank="x")

    company, person = selectors.list_titles(member_ids=[ME])
    assert (company.tax_number, company.is_default) == (COMPANY, True)
    assert (person.tax_number, person.bank) == ("", "")


@pytest.mark.django_db
def test_titles_are_limited_changed_made_default_and_removed(now):
    kept = [keep(now, name=f"抬头{n}") for n in range(MOST_TITLES)]
    with pytest.raises(services.TooManyTitlesError):
        keep(now)
    services.change_title(
        member_id=ME, title_id=kept[1], draft=title(name="新的抬头"), actor=ACTOR, now=now
    )
    services.make_default_title(member_id=ME, title_id=kept[2], actor=ACTOR, now=now)
    services.remove_title(member_id=ME, title_id=kept[2], actor=ACTOR, now=now)

    found = selectors.list_titles(member_ids=[ME])
    assert sum(row.is_default for row in found) == 1
    assert "新的抬头" in [row.name for row in found]
    for write in (services.make_default_title, services.remove_title):
        with pytest.raises(services.TitleNotFoundError):
            write(member_id=OTHER, title_id=kept[0], actor=ACTOR, now=now)


@pytest.mark.django_db
def test_the_table_refuses_a_company_without_a_number(now):
    with pytest.raises(IntegrityError), transaction.atomic():
        models.InvoiceTitle.objects.bulk_create(
            [
                models.InvoiceTitle(
                    member_id=ME, slot=1, kind="company", name="x", made_at=now, changed_at=now
                )
            ]
        )
