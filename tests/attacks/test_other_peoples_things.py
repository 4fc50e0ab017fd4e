"""Nobody reads or changes what is somebody else's: over every address there is.

The list of URLs is walked. A pattern that takes an argument must stand in one of the tables
below, which say whose thing it is and how the victim's is named; a new one fails the test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.attacks import walking
from tests.attacks.conftest import Victim, World

Values = Callable[[Victim], Mapping[str, object]]
_KIND = {"kind": "family"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A page of one person's thing. `quiet`: its answer is a way back that tells nothing."""

    of: Values
    body: Mapping[str, str] = field(default_factory=dict)
    quiet: bool = False


# --- Pages: whose thing the argument names ---------------------------------------------------
OWN_PAGES: dict[str, Own] = {
    "exchange/<str:entry>": Own(of=lambda v: {"entry": v.exchange_entry}),
    "points/<str:entry>": Own(of=lambda v: {"entry": v.entry}),
    "orders/<str:order>": Own(of=lambda v: {"order": v.order}),
    "mall/orders/<str:order>": Own(of=lambda v: {"order": v.mall_order.public_id}),
    "mall/orders/<str:order>/codes": Own(of=lambda v: {"order": v.mall_order.public_id}),
    "mall/orders/<str:order>/cancel": Own(of=lambda v: {"order": v.mall_order.public_id}),
    "mall/orders/<str:order>/received": Own(of=lambda v: {"order": v.mall_order.public_id}),
    "mall/orders/<str:order>/pay": Own(of=lambda v: {"order": v.mall_order.public_id}),
    "me/kinds/applications/<str:application>/withdraw": Own(
        of=lambda v: {"application": v.application}
    ),
    "me/kinds/of/<slug:kind>/revoke/<int:invitation>": Own(
        of=lambda v: {**_KIND, "invitation": v.invitation}
    ),
    "me/kinds/of/<slug:kind>/remove/<str:member>": Own(
        of=lambda v: {**_KIND, "member": v.relative}
    ),
    "me/addresses/<str:address>": Own(of=lambda v: {"address": v.address}),
    "me/addresses/<str:address>/default": Own(of=lambda v: {"address": v.address}),
    "me/addresses/<str:address>/remove": Own(of=lambda v: {"address": v.address}),
    "me/cards/<str:card>/unbind": Own(of=lambda v: {"card": v.card}),
    "me/invoice-titles/<str:title>": Own(of=lambda v: {"title": v.title}),
    "me/invoice-titles/<str:title>/default": Own(of=lambda v: {"title": v.title}),
    "me/invoice-titles/<str:title>/remove": Own(of=lambda v: {"title": v.title}),
    "me/privacy/exports/<int:export>": Own(of=lambda v: {"export": v.export}, quiet=True),
    "me/security/sessions/<int:session>/end": Own(of=lambda v: {"session": v.session}, quiet=True),
    "me/security/passkeys/<int:passkey>/remove": Own(
        of=lambda v: {"passkey": v.passkey}, quiet=True
    ),
}
# What takes an argument and is nobody's own, and why.
NOBODYS_PAGES = {
    r"^media/avatars/(?P<name>[0-9a-f]{32})\.webp$": "a picture under a name nobody guesses",
    "me/balance/<slug:currency>": "a currency's name; whoever asks sees their own balance",
    "privacy/policies/<slug:kind>/<slug:version>": "what is published to everybody",
    "panels/<slug:slug>": "a part of the visitor's own page",
    "mall/items/<str:item>": "goods on the shelf",
    "mall/items/<str:item>/order": "goods on the shelf",
    "me/kinds/join/<str:code>": "whoever has the code may join",
    "me/kinds/of/<slug:kind>": "the visitor's own",
    "me/kinds/of/<slug:kind>/apply": "the visitor's own",
    "me/kinds/of/<slug:kind>/leave": "the visitor's own",
    "me/kinds/of/<slug:kind>/found": "the visitor's own",
    "me/kinds/of/<slug:kind>/invite": "the visitor's own",
    "me/kinds/of/<slug:kind>/dissolve": "the visitor's own",
    "sign-in/picture/<str:name>.png": "a picture under a random name",
    "sign-in/picture/<str:name>.wav": "the same, read aloud",
    "sign-in/with/<slug:provider>": "a provider",
    "sign-in/with/<slug:provider>/back": "a provider",
    "sign-in/with/<slug:provider>/local": "a provider",
    "me/security/socials/<slug:provider>/bind": "the visitor's own",
    "me/security/socials/<slug:provider>/unbind": "the visitor's own",
    r"^media/mall/(?P<name>[0-9a-f]{40}-(?:small|large)\.webp)$": "a picture of goods",
}

# --- The storefront API ------------------------------------------------------------------------
BRAND, PROGRAMME = "brand", "programme"
# pattern: (how far it is shared, the arguments); the bodies are those of a rightful call.
OPERATIONS: dict[str, tuple[str, Values]] = {
    "members/<str:member>": (PROGRAMME, lambda v: {"member": v.member}),
    "members/<str:member>/identities": (PROGRAMME, lambda v: {"member": v.member}),
    "members/<str:member>/kinds": (PROGRAMME, lambda v: {"member": v.member}),
    "members/<str:member>/kinds/<str:kind>": (
        PROGRAMME,
        lambda v: {"member": v.member, "kind": "vip"},
    ),
    "members/<str:member>/balance": (PROGRAMME, lambda v: {"member": v.member}),
    "members/<str:member>/balances": (PROGRAMME, lambda v: {"member": v.member}),
    "members/<str:member>/entries": (PROGRAMME, lambda v: {"member": v.member}),
    "members/<str:member>/points/earn": (PROGRAMME, lambda v: {"member": v.member}),
    "members/<str:member>/points/spend": (PROGRAMME, lambda v: {"member": v.member}),
    "members/<str:member>/points/adjust": (PROGRAMME, lambda v: {"member": v.member}),
    "members/<str:member>/mall/orders": (PROGRAMME, lambda v: {"member": v.member}),
    "members/<str:member>/rewards": (PROGRAMME, lambda v: {"member": v.member}),
    "members/<str:member>/orders": (PROGRAMME, lambda v: {"member": v.member}),
    "members/<str:member>/summary": (PROGRAMME, lambda v: {"member": v.member}),
    "entries/<str:entry>/explain": (PROGRAMME, lambda v: {"entry": v.entry}),
    "entries/<str:entry>/reverse": (PROGRAMME, lambda v: {"entry": v.entry}),
    "reservations/<str:reservation>": (BRAND, lambda v: {"reservation": v.reservation}),
    "reservations/<str:reservation>/capture": (BRAND, lambda v: {"reservation": v.reservation}),
    "reservations/<str:reservation>/release": (BRAND, lambda v: {"reservation": v.reservation}),
    "mall/items/<str:item>": (PROGRAMME, lambda v: {"item": v.mall_order.item_code}),
    "mall/orders/<str:order>": (PROGRAMME, lambda v: {"order": v.mall_order.public_id}),
    "mall/orders/<str:order>/pay": (PROGRAMME, lambda v: {"order": v.mall_order.public_id}),
    "mall/orders/<str:order>/cancel": (PROGRAMME, lambda v: {"order": v.mall_order.public_id}),
    "mall/orders/<str:order>/refund": (PROGRAMME, lambda v: {"order": v.mall_order.public_id}),
    "mall/orders/<str:order>/ship": (PROGRAMME, lambda v: {"order": v.mall_order.public_id}),
    "mall/orders/<str:order>/collect": (PROGRAMME, lambda v: {"order": v.mall_order.public_id}),
    "mall/orders/<str:order>/uncollect": (PROGRAMME, lambda v: {"order": v.mall_order.public_id}),
    "orders/<path:external_no>/events": (BRAND, lambda v: {"external_no": "SO-VICTIM"}),
    "orders/<path:external_no>": (BRAND, lambda v: {"external_no": "SO-VICTIM"}),
}
BODIES: dict[tuple[str, str], Any] = {
    ("PATCH", "members/<str:member>"): {"nickname": "mine now"},
    ("POST", "members/<str:member>/identities"): {"channel": "pos", "external_id": "X1"},
    ("POST", "members/<str:member>/kinds/<str:kind>"): {"reason": "x"},
    ("POST", "members/<str:member>/points/earn"): {"points": 5, "source": "a:1", "reason": "x"},
    ("POST", "members/<str:member>/points/spend"): {"points": 5, "source": "a:1", "reason": "x"},
    ("POST", "members/<str:member>/points/adjust"): {"points": 5, "reason": "x", "actor": "a"},
    ("POST", "members/<str:member>/rewards"): {"behavior": "share", "source": "a:1"},
    ("POST", "entries/<str:entry>/reverse"): {"reason": "x"},
    ("POST", "reservations/<str:reservation>/capture"): {},
    ("POST", "mall/orders/<str:order>/pay"): {"method": "storefront", "reference": "R1"},
    ("POST", "mall/orders/<str:order>/cancel"): {"reason": "x"},
    ("POST", "mall/orders/<str:order>/refund"): {"reason": "x"},
    ("POST", "mall/orders/<str:order>/ship"): {"carrier": "SF", "tracking": "SF1"},
    ("POST", "mall/orders/<str:order>/collect"): {"code": "1234567890"},
    ("POST", "mall/orders/<str:order>/uncollect"): {"reason": "x"},
    ("POST", "orders/<path:external_no>/events"): {
        "type": "cancelled",
        "occurred_at": "2026-11-29T10:00:00+08:00",
    },
}


def _told(pattern: str) -> str:
    return pattern.removeprefix("api/v1/")


def _filled(pattern: str, values: Mapping[str, object]) -> str:
    for name, value in values.items():
        for converter in ("str", "int", "slug", "path"):
            pattern = pattern.replace(f"<{converter}:{name}>", str(value))
    assert "<" not in pattern, pattern
    return pattern


def test_every_page_with_an_argument_says_whose_it_is():
    taking = {route.pattern for route in walking.pages() if route.arguments}

    assert taking - set(OWN_PAGES) - set(NOBODYS_PAGES) == set(), "say whose thing it names"
    assert (set(OWN_PAGES) | set(NOBODYS_PAGES)) - taking == set(), "no such page any more"


def test_every_operation_with_an_argument_says_how_far_it_is_shared():
    taking = {_told(route.pattern) for route in walking.operations() if route.arguments}

    assert taking - set(OPERATIONS) == set(), "say how far it is shared"
    assert set(OPERATIONS) - taking == set(), "no such operation any more"


def test_pages_of_others_are_out_of_reach(world: World):
    before, wrong = walking.fingerprint(), []
    for pattern, own in OWN_PAGES.items():
        path = "/" + _filled(pattern, own.of(world.victim))
        for who, browser in world.browsers.items():
            for method in ("get", "post", "delete"):
                status = getattr(browser, method)(path, dict(own.body)).status_code
                allowed = {404, 405, 403} | ({302} if own.quiet or who != "neighbor" else set())
                if status not in allowed:
                    wrong.append(f"{who} {method} {path}: {status}")

    assert wrong == []
    assert _changed(before) == []


def test_the_victim_reaches_them(world: World):
    """The walk above would prove nothing if nobody reached these pages."""
    world.neighbor.force_login(world.victim.story.user)
    readable = [
        "points/<str:entry>",
        "orders/<str:order>",
        "mall/orders/<str:order>",
    ]
    for pattern in readable:
        path = "/" + _filled(pattern, OWN_PAGES[pattern].of(world.victim))
        assert world.neighbor.get(path).status_code == 200, path
    path = _filled(
        "me/kinds/applications/<str:application>/withdraw",
        {"application": world.victim.application},
    )
    before = walking.fingerprint()
    assert world.neighbor.post(f"/{path}").status_code == 302
    assert _changed(before) != []


def test_operations_on_others_things_are_refused(world: World):
    before, wrong = walking.fingerprint(), []
    for route in walking.operations():
        pattern = _told(route.pattern)
        if not route.arguments:
            continue
        scope, values = OPERATIONS[pattern]
        path = _filled(pattern, values(world.victim))
        attackers = {
            "foreigner": (world.foreigner, {404}),
            "powerless": (world.powerless, {403}),
            "keyless": (world.keyless, {401}),
        }
        if scope == BRAND:
            attackers["sister"] = (world.sister, {404})
        for who, (client, expected) in attackers.items():
            for method in route.methods:
                answer = client.call(method, path, json=BODIES.get((method, pattern)))
                if answer.status_code not in expected:
                    said = answer.content.decode()[:120]
                    wrong.append(f"{who} {method} {path}: {answer.status_code} {said}")

    assert wrong == []
    assert _changed(before) == []


def test_bodies_that_name_others_things_are_refused(world: World):
    victim, api = world.victim, world.foreigner
    line = {"line_no": 1, "sku": "A", "quantity": 1, "unit_price": 100}
    order = {
        "external_no": "X1",
        "member": victim.member,
        "placed_at": "2026-11-29T10:00:00+08:00",
        "status": "placed",
        "currency": "CNY",
        "lines": [line],
    }
    bodies: list[tuple[str, Any]] = [
        ("orders", order),
        ("reservations", {"member": victim.member, "points": 1, "source": "a:1"}),
        (
            "points/exchange",
            {
                "member": victim.member,
                "from_programme": "abroad",
                "to_programme": "demo",
                "points": 1,
            },
        ),
        (
            "mall/orders",
            {"member": victim.member, "item": victim.mall_order.item_code},
        ),
    ]
    before = walking.fingerprint()

    answers = {path: api.post(path, body).status_code for path, body in bodies}
    batch = api.post(
        "points/batch",
        {
            "items": [
                {
                    "op": "spend",
                    "member": victim.member,
                    "points": 1,
                    "source": "a:1",
                    "reason": "x",
                    "idempotency_key": "k1",
                }
            ]
        },
    )

    assert all(400 <= status < 500 for status in answers.values()), answers
    if batch.status_code == 207:
        assert batch.json()["items"][0]["status"] >= 400
    else:
        assert batch.status_code == 400
    assert _changed(before) == []


def test_look_ups_find_nobody_of_another_programme(world: World):
    number = world.victim.story.api.get(f"members/{world.victim.member}").json()["member_no"]
    for query in ({"phone": "+8613800138000"}, {"card_no": number}):
        assert world.victim.story.api.get("members", query).json()["items"]
        assert world.foreigner.get("members", query).json()["items"] == []


def _changed(before: Mapping[str, str]) -> list[str]:
    after = walking.fingerprint()
    return [table for table in after if after[table] != before.get(table)]
