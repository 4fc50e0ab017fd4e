"""What the demo's members keep and what waits for its staff, so that no room is empty."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from config.pages.demo import papers
from config.pages.demo.people import PEOPLE
from config.pages.demo.shops import ACTOR
from members import selectors as member_selectors
from members import services as member_services
from members.belongings import selectors as belongings_selectors
from members.belongings import services as belongings_services
from members.belongings.types import AddressDraft, Label, TitleDraft, TitleKind
from members.kinds import services as kinds_services
from members.kinds.types import ProofGiven
from members.programmes.types import Storefront
from members.types import ContactKind
from points import services as points_services

# Somebody who was here before under another address: a case for whoever merges.
_TWICE = "xiaoyu.old@example.com"
_ADDRESSES = (
    AddressDraft(
        recipient="陈建国",
        phone="13900000004",
        region="330106",
        detail="文三路 478 号华星时代广场 A 座 1203 室",
        postcode="310012",
        label=Label.COMPANY,
    ),
    AddressDraft(
        recipient="陈建国",
        phone="13900000004",
        region="310115",
        detail="世纪大道 88 号 3 单元 602 室",
        label=Label.HOME,
        is_default=True,
    ),
    AddressDraft(
        recipient="Jianguo Chen",
        phone="+44 20 7946 0018",
        country="GB",
        area="London",
        detail="Flat 4, 12 Coronation Road",
        postcode="NW10 7QP",
        label=Label.OWN,
        label_text="女儿家",
    ),
)
_TITLES = (
    TitleDraft(kind=TitleKind.PERSONAL, name="陈建国", is_default=True),
    TitleDraft(
        kind=TitleKind.COMPANY,
        name="杭州云栖茶业有限公司",
        tax_number="91110000600037341L",
        bank="招商银行杭州文三路支行",
        bank_account="571900000010802",
        address="杭州市西湖区文三路 478 号",
        phone="0571-88880000",
    ),
)
# Made up, as the networks give them out for tests.
_CARDS = ("6222020000000000000", "4111111111111111")
_PURSE = (("balance", 128_050), ("red_packet", 1_880), ("tickets", 5))
_STUDENT = ProofGiven(holder="林小雨", body="浙江大学", number="3210101234")


@transaction.atomic
def settle_in(*, storefront: Storefront, now: datetime) -> str:
    """Give what is not there yet; return what was done."""
    rain, ming, lily, gold, wang = (_member(storefront, person.phone) for person in PEOPLE)
    if belongings_selectors.list_addresses(member_ids=[gold]):
        return "already there"
    papers.publish(programme_id=storefront.programme_id, now=now)
    _keep(gold, now)
    _fill_purse(gold, storefront, now)
    kinds_services.found_group(member_id=wang, kind="family", name="", actor=ACTOR, now=now)
    for one in (gold, lily):
        code = kinds_services.invite(member_id=wang, kind="family", now=now).code
        kinds_services.accept_invitation(member_id=one, code=code, actor=ACTOR, now=now)
    kinds_services.apply(member_id=ming, kind="student", given=_STUDENT, actor=ACTOR, now=now)
    _ask(gold, rain, storefront, now)
    return "addresses, cards, invoice titles, a purse, a family, and what waits for staff"


def _keep(member_id: int, now: datetime) -> None:
    said: dict[str, Any] = {"member_id": member_id, "actor": ACTOR, "now": now}
    for address in _ADDRESSES:
        belongings_services.add_address(draft=address, **said)
    for title in _TITLES:
        belongings_services.add_title(draft=title, **said)
    for number in _CARDS:
        belongings_services.bind_card(number=number, holder="陈建国", **said)


def _fill_purse(member_id: int, storefront: Storefront, now: datetime) -> None:
    for currency, amount in _PURSE:
        points_services.top_up(
            member_id=member_id,
            programme_id=storefront.programme_id,
            currency=currency,
            amount=amount,
            source="demo:purse",
            key=f"demo:purse:{currency}:gold",
            reason="开卡礼",
            actor=ACTOR,
            now=now,
        )


def _ask(gold: int, rain: int, storefront: Storefront, now: datetime) -> None:
    """Leave a correction above the limit, and two members who may be one."""
    support = member_selectors.find_staff(name="support")
    points_services.correct(
        member_id=gold,
        programme_id=storefront.programme_id,
        currency="points",
        points=8_000,
        code="goodwill",
        reason="大衣迟到两周，客人来电投诉",
        actor=f"staff:{support}",
        key="demo:correction",
        now=now,
    )
    again = member_services.enrol(
        programme_id=storefront.programme_id,
        storefront_id=storefront.id,
        phone=None,
        email=_TWICE,
        nickname="小雨",
        attribution={"source": "demo"},
        now=now - timedelta(days=200),
    )
    member_services.open_case(
        survivor_id=rain,
        duplicate_id=again.member_id,
        found="operator",
        actor=f"staff:{support}",
        reason="会员来电，说换过手机号，旧账户用邮箱注册",
        now=now,
    )


def _member(storefront: Storefront, phone: str) -> int:
    found = member_selectors.find_by_contact(
        programme_id=storefront.programme_id, kind=ContactKind.PHONE, address=phone
    )
    assert found is not None  # noqa: S101  (loaded a step before)
    return found
