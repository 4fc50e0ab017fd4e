"""A victim with something of everything, and those who would like to have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client

from config.kernel import clock, ids
from members import selectors as members_selectors
from members import services as members_services
from members.belongings import services as belongings_services
from members.belongings.types import AddressDraft, TitleDraft, TitleKind
from members.kinds import services as kinds_services
from members.kinds.models import Invitation
from members.models import User
from points import selectors as points_selectors
from points.mall.types import Order
from tests.belongings.test_cards_and_titles import COMPANY
from tests.factories.api import ApiClient, api_client
from tests.factories.kinds import STUDENT, make_family, make_kinds
from tests.factories.mall import Mall
from tests.factories.members import make_member
from tests.factories.programmes import make_shop, make_sister_brand
from tests.factories.story import Story, make_story, make_user, report


@dataclass(frozen=True, slots=True, kw_only=True)
class Victim:
    """Whose things they are, by the names that URL patterns use."""

    story: Story
    order: str
    mall_order: Order
    entry: str
    reservation: str
    exchange_entry: str
    application: str
    invitation: int
    relative: str
    session: int
    passkey: int
    address: str
    card: str
    title: str
    export: int

    @property
    def member(self) -> str:
        """Return the victim's public id."""
        return members_selectors.public_id(self.story.member_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The victim, and the attackers."""

    victim: Victim
    stranger: Client
    neighbor: Client
    staff: Client
    sister: ApiClient
    foreigner: ApiClient
    powerless: ApiClient
    keyless: ApiClient

    @property
    def browsers(self) -> dict[str, Client]:
        """Return who comes by browser."""
        return {"stranger": self.stranger, "neighbor": self.neighbor, "staff": self.staff}


def _victim(story: Story) -> Victim:
    member, now = story.member_id, clock.now()
    mall = Mall(shop=story.shop)
    mall.give(member, 5000)
    order = mall.order(mall.item(), member)
    report(story, "SO-VICTIM", days_ago=2, lines=[{"line_no": 1, "sku": "A", "quantity": 1,
                                                   "unit_price": 9900}])  # fmt: skip
    held = story.api.post(
        "reservations",
        {"member": members_selectors.public_id(member), "points": 10, "source": "cart:victim"},
    )
    assert held.status_code == 201, held.content
    page = points_selectors.list_entries(
        member_ids=[member], programme_id=story.shop.programme.id, limit=1
    )
    entry = ids.encode("ent", member_id=member, row_id=page.entries[0].entry_id)
    relative = make_member(story.shop)
    make_family(member, relative)
    invitation = kinds_services.invite(member_id=member, kind="family", now=now)
    applied = kinds_services.apply(
        member_id=member, kind="student", given=STUDENT, actor="m", now=now
    )
    browser = Client()
    browser.force_login(story.user)
    session = UserSession.objects.create(
        user=story.user,
        session_key=browser.session.session_key,
        created_at=now,
        last_seen_at=now,
        user_agent="x",
    )
    passkey = Authenticator.objects.create(
        user=story.user, type=Authenticator.Type.WEBAUTHN, data={"name": "k", "credential": {}}
    )
    return Victim(
        story=story,
        order=_first_order(story),
        mall_order=order,
        entry=entry,
        reservation=held.json()["id"],
        exchange_entry=entry,
        application=ids.encode("kap", member_id=member, row_id=applied.id),
        invitation=Invitation.objects.get(pk=invitation.id).pk,
        relative=members_selectors.public_id(relative),
        session=session.pk,
        passkey=passkey.pk,
        export=members_services.request_export(member_id=member, user_id=story.user.pk, now=now),
        **_belongings(member),
    )


def _belongings(member: int) -> dict[str, str]:
    """Keep an address, a bank card and an invoice title; return their public ids."""
    said: dict[str, Any] = {"member_id": member, "actor": "m", "now": clock.now()}
    draft = AddressDraft(
        recipient="林小雨", phone="13900000001", region="330106", detail="武林路一号"
    )
    title = TitleDraft(kind=TitleKind.COMPANY, name="云栖茶业", tax_number=COMPANY)
    made = {
        "address": ("adr", belongings_services.add_address(draft=draft, **said)),
        "card": (
            "crd",
            belongings_services.bind_card(number="6222021234567890128", holder="林小雨", **said),
        ),
        "title": ("ttl", belongings_services.add_title(draft=title, **said)),
    }
    return {
        name: ids.encode(prefix, member_id=member, row_id=row)
        for name, (prefix, row) in made.items()
    }


def _first_order(story: Story) -> str:
    answer = story.api.get("orders/SO-VICTIM")
    assert answer.status_code == 200, answer.content
    return str(answer.json()["id"])


@pytest.fixture
def world(db: None) -> World:
    cache.clear()
    story = make_story()
    make_kinds(story.shop)
    victim = _victim(story)
    neighbor = Client()
    neighbor.force_login(make_user(make_member(story.shop)))
    staff = Client()
    staff.force_login(User.objects.create_user("lin", is_staff=True))
    return World(
        victim=victim,
        stranger=Client(),
        neighbor=neighbor,
        staff=staff,
        sister=api_client(make_sister_brand(story.shop, "sister")),
        foreigner=api_client(make_shop("abroad")),
        powerless=api_client(story.shop, "events:write"),
        keyless=ApiClient(client_id="", token="nonsense"),
    )
