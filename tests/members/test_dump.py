"""A dump of the database shows nobody: no phone, e-mail, name or foreign id (decision by spike).

Enrol by API, change, sign in by phone and by e-mail, send messages; then look at all there is.
"""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from config.kernel import clock, relay
from config.kernel.models import IdempotencyRecord, OutboxEvent
from members import models, services
from members.belongings import services as belongings_services
from members.belongings.types import AddressDraft, Label, TitleDraft, TitleKind
from members.kinds import services as kinds_services
from members.kinds.types import ProofGiven
from members.social.base import Person
from messaging.models import LocalMessage
from points.mall.types import Address
from tests.belongings.test_cards_and_titles import COMPANY
from tests.factories.api import api_client
from tests.factories.kinds import make_kinds
from tests.factories.loyalty import make_rules
from tests.factories.mall import Mall
from tests.factories.programmes import make_shop
from tests.members import dumping, signing

SECRETS = {
    "phone": "13812345678",
    "second phone": "13987654321",
    "e-mail": "zhang.sanfeng@example.com",
    "second e-mail": "chang.san.feng@example.org",
    "name": "张三丰先生",
    "second name": "张君宝先生",
    "external id": "union-7f3c9a8b55d1",
    "second id": "openid-0c44be1291fe",
    "account elsewhere": "oQ7vX3telltaleSubject",
    "name elsewhere": "江湖大侠昵称",
    "real name": "欧阳锋先生",
    "ID number": "11010519491231002X",
    "browser": "TelltaleBrowser/7.0",
    "app secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "recipient": "令狐冲少侠",
    "courier's phone": "15512348765",
    "street": "思过崖路77号3幢",
    "own label": "华山派外宅",
    "card": "6222021234567890128",
    "cardholder": "任盈盈女士",
    "invoice name": "日月神教有限公司",
    "bank account": "110060149018000123456",
    "student": "林平之学弟",
    "school": "福威镖局学院",
    "student number": "3210109988776",
    "family name": "衡山刘府一家",
    "parcel's recipient": "曲非烟姑娘",
    "parcel's phone": "15698765432",
    "parcel's street": "绿竹巷九号琴房",
    "parcel's postcode": "471000918",
}


def test_the_search_sees_through_encodings():
    import base64

    secret = SECRETS["e-mail"]
    rows = [
        f"1\t{secret}",
        f"1\t{secret.encode().hex()}",
        f"1\t{base64.b64encode(b'x' + secret.encode() + b'yz').decode()}",
        f"1\t{base64.b64encode(b'{' + secret.encode()).decode()}",
        '{"n": "\\u5f20\\u4e09\\u4e30\\u5148\\u751f"}',
    ]

    assert all(dumping.find(f"COPY public.t\n{row}", SECRETS) for row in rows)


@pytest.fixture
def _real_mail(settings):
    settings.MESSAGING_PROVIDERS = {
        **settings.MESSAGING_PROVIDERS,
        "email": "messaging.providers.smtp.SmtpProvider",
    }


def _sign_in(address):
    browser = Client(headers={"user-agent": f"Mozilla/5.0 {SECRETS['browser']}"})
    browser.get("/sign-in?utm_source=x")
    assert browser.post("/sign-in", {"address": address}).status_code == 302
    relay.drain(now=clock.now())
    code = re.findall(r"\d{6}", LocalMessage.objects.latest("id").body)[0]
    form = {"code": code, "agreed": "1"}
    assert browser.post("/sign-in/code", form).status_code == 302
    assert "_auth_user_id" in browser.session


def _keep_safe(member):
    """Do what the security page does: bind, verify, add a second proof."""
    services.bind_social(
        user_id=member.user_id,
        person=Person(
            provider="wechat",
            subjects=(f"union:{SECRETS['account elsewhere']}",),
            nickname=SECRETS["name elsewhere"],
        ),
        now=clock.now(),
    )
    services.verify_real_name(
        member_id=member.pk,
        name=SECRETS["real name"],
        id_number=SECRETS["ID number"],
        now=clock.now(),
    )
    _keep_belongings(member.pk)
    secret = SECRETS["app secret"]
    services.add_authenticator(
        user_id=member.user_id, secret=secret, code=signing.app_code(secret), now=clock.now()
    )


def _belong_and_order(member_id, shop):
    """Prove to be a student, found a family, have a parcel sent."""
    make_kinds(shop)
    now = clock.now()
    kinds_services.apply(
        member_id=member_id,
        kind="student",
        given=ProofGiven(
            holder=SECRETS["student"], body=SECRETS["school"], number=SECRETS["student number"]
        ),
        actor="member:test",
        now=now,
    )
    kinds_services.found_group(
        member_id=member_id, kind="family", name=SECRETS["family name"], actor="test", now=now
    )
    kinds_services.invite(member_id=member_id, kind="family", now=now)
    mall = Mall(shop=shop)
    mall.give(member_id, 5000)
    parcel = Address(
        recipient=SECRETS["parcel's recipient"],
        phone=SECRETS["parcel's phone"],
        region="河南省洛阳市",
        street=SECRETS["parcel's street"],
        postcode=SECRETS["parcel's postcode"],
    )
    mall.order(mall.item(), member_id, address=parcel, now=now)


def _keep_belongings(member_id):
    """Keep an address, a card and an invoice title."""
    said = {"member_id": member_id, "actor": "member:test", "now": clock.now()}
    draft = AddressDraft(
        recipient=SECRETS["recipient"],
        phone=SECRETS["courier's phone"],
        region="330106",
        detail=SECRETS["street"],
        label=Label.OWN,
        label_text=SECRETS["own label"][:10],
    )
    kept = belongings_services.add_address(draft=draft, **said)
    belongings_services.change_address(address_id=kept, draft=draft, **said)
    belongings_services.bind_card(number=SECRETS["card"], holder=SECRETS["cardholder"], **said)
    title = TitleDraft(
        kind=TitleKind.COMPANY,
        name=SECRETS["invoice name"],
        tax_number=COMPANY,
        bank_account=SECRETS["bank account"],
    )
    belongings_services.add_title(draft=title, **said)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_real_mail")
def test_h44_a_dump_shows_nobody(settings):
    cache.clear()
    shop = make_shop()
    make_rules(shop)
    settings.MEMBER_CENTER_STOREFRONT = shop.storefront.code
    client = api_client(shop)
    made = client.post(
        "members",
        {
            "phone": SECRETS["phone"],
            "email": SECRETS["e-mail"],
            "name": SECRETS["name"],
            "external_id": SECRETS["external id"],
        },
        key="enrol-1",
    )
    path = f"members/{made.json()['id']}"
    _sign_in(SECRETS["phone"])
    _sign_in(SECRETS["e-mail"])
    client.post(
        f"{path}/identities", {"channel": "wx", "external_id": SECRETS["second id"]}, key="i"
    )
    client.get("members", {"phone": SECRETS["phone"]})
    changes = {
        "name": SECRETS["second name"],
        "phone": SECRETS["second phone"],
        "email": SECRETS["second e-mail"],
    }
    assert client.patch(path, changes).status_code == 200
    _sign_in(SECRETS["second phone"])
    _sign_in(SECRETS["second e-mail"])
    Client().post("/sign-in", {"address": SECRETS["phone"]})
    relay.drain(now=clock.now())

    _keep_safe(models.Member.objects.get())
    _belong_and_order(models.Member.objects.get().pk, shop)
    relay.drain(now=clock.now())

    text = dumping.dump()

    assert dumping.find(text, SECRETS) == []
    # The story has really been written down.
    assert models.Member.objects.count() == 1
    assert models.Member.history.count() >= 1
    assert IdempotencyRecord.objects.count() == 2
    assert OutboxEvent.objects.filter(name="members.code_requested.v1").count() == 5
    # Two codes; an account, an app and a name were added; a family was founded, a parcel ordered.
    assert len(mail.outbox) == 7
    for table in (
        "members_contactpoint",
        "django_session",
        "kernel_outboxevent",
        "members_socialaccount",
        "members_realname",
        "mfa_authenticator",
        "usersessions_usersession",
        "members_signinattempt",
        "belongings_address",
        "belongings_card",
        "belongings_invoicetitle",
        "kinds_application",
        "kinds_group",
        "kinds_invitation",
        "mall_order",
    ):
        assert f"COPY public.{table}" in text
