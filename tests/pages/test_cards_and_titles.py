"""Bank cards and invoice titles in the member center."""

from __future__ import annotations

import pytest

from config.kernel import clock, ids
from members.belongings import selectors, services
from members.belongings.types import MOST_CARDS, MOST_TITLES, TitleKind
from tests.belongings.keeping import ACTOR, title
from tests.belongings.test_cards_and_titles import CARD, COMPANY, numbered
from tests.factories.members import make_member
from tests.factories.programmes import make_shop
from tests.factories.story import Story
from tests.members.signing import browser, prove, sign_in
from tests.pages.conftest import browse
from tests.pages.test_home import page, queries


@pytest.fixture
def seated(db, settings):
    """Return a browser signed in by code, and its member: able to give a fresh proof."""
    settings.MEMBER_CENTER_STOREFRONT = make_shop().storefront.code
    client = browser("zh-hans")
    user = sign_in(client)
    from members.models import Member

    return client, Member.objects.get(user_id=user).pk


def bind(member, number=CARD):
    return services.bind_card(member_id=member, number=number, actor=ACTOR, now=clock.now())


def test_card_is_bound_after_a_fresh_proof_and_shown_by_its_last_four(seated):
    client, member = seated
    answer = client.get("/me/cards/new")
    assert answer.headers["Location"].startswith("/me/security/proof?next=")
    assert client.post("/me/cards/new", {"number": CARD}).status_code == 302
    assert selectors.list_cards(member_ids=[member]) == []
    prove(client)

    assert client.post("/me/cards/new", {"number": CARD, "holder": "张三丰"}).status_code == 302

    html = page(client, "/me/cards")
    assert CARD[-4:] in html
    assert "银联" in html
    assert CARD not in html
    assert CARD[:6] not in html
    assert "张三丰" not in html
    again = client.post("/me/cards/new", {"number": CARD})
    assert again.status_code == 422
    assert 'id="number-error"' in again.content.decode()


@pytest.mark.parametrize("number", ["", "1234", "6222020000000001", "x\x00y"])
def test_wrong_number_is_said_at_the_field(seated, number):
    client, member = seated
    prove(client)

    answer = client.post("/me/cards/new", {"number": number})

    assert answer.status_code == 422
    assert 'id="number-error"' in answer.content.decode()
    assert selectors.list_cards(member_ids=[member]) == []


def test_card_is_unbound_after_a_fresh_proof_only(seated):
    client, member = seated
    place = ids.encode("crd", member_id=member, row_id=bind(member))

    assert "/me/security/proof" in client.post(f"/me/cards/{place}/unbind").headers["Location"]
    assert len(selectors.list_cards(member_ids=[member])) == 1
    prove(client)
    client.post(f"/me/cards/{place}/unbind")

    assert selectors.list_cards(member_ids=[member]) == []


def test_full_purse_of_cards_and_its_queries(story: Story):
    client = browse(story.user)
    bind(story.member_id)
    queries(client, "/me/cards")
    one = queries(client, "/me/cards")
    for n in range(MOST_CARDS - 1):
        bind(story.member_id, numbered(n + 1))

    html = page(client, "/me/cards")
    assert 'href="/me/cards/new"' not in html
    assert "您已绑定 10 张卡" in html
    assert queries(client, "/me/cards") == one <= 8


def test_somebody_elses_card_and_title_are_not_found(story: Story):
    other = make_member(story.shop)
    card = ids.encode("crd", member_id=other, row_id=bind(other))
    theirs = services.add_title(member_id=other, draft=title(), actor=ACTOR, now=clock.now())
    place = ids.encode("ttl", member_id=other, row_id=theirs)
    client = browse(story.user)

    assert client.post(f"/me/cards/{card}/unbind").status_code == 404
    assert client.get(f"/me/invoice-titles/{place}").status_code == 404
    for end in ("", "/default", "/remove"):
        assert client.post(f"/me/invoice-titles/{place}{end}", {"name": "x"}).status_code == 404
    assert len(selectors.list_titles(member_ids=[other])) == 1


def test_titles_are_added_changed_and_removed(story: Story, language):
    client = browse(story.user, language)
    html = page(client, "/me/invoice-titles")
    assert ("还没有发票抬头" if language == "zh-hans" else "No invoice title yet") in html
    company = {"kind": "company", "name": "常客科技有限公司", "tax_number": COMPANY}
    client.post("/me/invoice-titles/new", {**company, "bank_account": "110060149018000123456"})

    html = page(client, "/me/invoice-titles")
    assert COMPANY in html
    assert "****3456" in html
    assert "110060149018000123456" not in html
    (kept,) = selectors.list_titles(member_ids=[story.member_id])
    path = f"/me/invoice-titles/{kept.public_id}"
    assert f'value="{COMPANY}"' in page(client, path)
    client.post(path, {"kind": "personal", "name": "张三"})
    (kept,) = selectors.list_titles(member_ids=[story.member_id])
    assert (kept.kind, kept.name, kept.tax_number) == (TitleKind.PERSONAL, "张三", "")
    client.post(f"{path}/remove")
    assert selectors.list_titles(member_ids=[story.member_id]) == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": ""}, "name"),
        ({"tax_number": ""}, "tax_number"),
        ({"tax_number": COMPANY[:-1]}, "tax_number"),
        ({"kind": "nonsense"}, "kind"),
        ({"bank": "x" * 101}, "bank"),
    ],
)
def test_what_is_wrong_with_a_title_is_said_at_its_field(story: Story, said, field):
    filled = {"kind": "company", "name": "常客科技", "tax_number": COMPANY}

    answer = browse(story.user).post("/me/invoice-titles/new", {**filled, **said})

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.content.decode()
    assert selectors.list_titles(member_ids=[story.member_id]) == []


def test_full_list_of_titles(story: Story):
    for n in range(MOST_TITLES):
        services.add_title(
            member_id=story.member_id, draft=title(name=f"抬头{n}"), actor=ACTOR, now=clock.now()
        )
    client = browse(story.user)

    assert 'href="/me/invoice-titles/new"' not in page(client, "/me/invoice-titles")
    answer = client.post("/me/invoice-titles/new", {"kind": "personal", "name": "张三"})
    assert answer.status_code == 422
    assert "您已保存 10 个抬头" in answer.content.decode()
