"""The address book's pages: paste, lists that follow each other, limits, and whose they are."""

from __future__ import annotations

import re

import pytest

from config.kernel import clock, ids
from members.belongings import selectors
from members.belongings.types import MOST_ADDRESSES, Label
from tests.belongings.keeping import add_address
from tests.factories.mall import Mall
from tests.factories.members import make_member
from tests.factories.story import Story, make_user
from tests.pages.conftest import browse
from tests.pages.test_home import page, queries

FILLED = {
    "recipient": "张三",
    "phone": "13800138000",
    "country": "CN",
    "province": "330000",
    "city": "330100",
    "county": "330106",
    "detail": "文三路1号",
    "label": "home",
}
PASTED = "李四 15912345678 广东省深圳市南山区科技园南路5号A座 518057"


def book(story: Story):
    return selectors.list_addresses(member_ids=[story.member_id])


def chosen(html: str, name: str) -> str:
    select = re.search(rf'<select[^>]*id="{name}".*?</select>', html, re.DOTALL)[0]
    found = re.search(r'<option value="([^"]*)" selected', select)
    return found[1] if found else ""


def test_empty_book_says_what_to_do(story: Story, language):
    html = page(browse(story.user, language), "/me/addresses")

    assert 'href="/me/addresses/new"' in html
    assert ("还没有地址" if language == "zh-hans" else "No address yet") in html


def test_address_is_added_shown_and_changed(story: Story, language):
    client = browse(story.user, language)
    form = page(client, "/me/addresses/new")
    assert 'value="13800138000"' in form
    answer = client.post("/me/addresses/new", {**FILLED, "label_text": ""}, follow=True)

    html = answer.content.decode()
    assert "浙江省杭州市西湖区文三路1号" in html
    (kept,) = book(story)
    assert (kept.label, kept.is_default) == (Label.HOME, True)
    change = f"/me/addresses/{kept.public_id}"
    assert chosen(page(client, change), "county") == "330106"
    client.post(change, {**FILLED, "label": "own", "label_text": "外婆家", "county": "330105"})
    (kept,) = book(story)
    assert (kept.label_text, kept.where) == ("外婆家", "浙江省杭州市拱墅区")
    assert "外婆家" in page(client, "/me/addresses")


def test_pasted_text_fills_the_form_and_keeps_the_rest(story: Story):
    answer = browse(story.user).post(
        "/me/addresses/new",
        {"pasted": PASTED, "fill": "1", "label": "company", "country": "CN", "is_default": "1"},
    )

    html = answer.content.decode()
    assert answer.status_code == 200
    for value in ("李四", "15912345678", "科技园南路5号A座", "518057"):
        assert f'value="{value}"' in html
    assert [chosen(html, n) for n in ("province", "city", "county")] == [
        "440000", "440300", "440305",
    ]  # fmt: skip
    assert re.search(r'value="company" checked', html)
    assert book(story) == []


def test_lists_follow_each_other(story: Story):
    client = browse(story.user)

    first = page(client, "/me/addresses/region?country=CN&province=330000")
    second = page(client, "/me/addresses/region?country=CN&province=330000&city=330100")
    other = page(client, "/me/addresses/region?country=CN&province=110000&city=330100")
    flat = page(client, "/me/addresses/region?country=CN&province=440000&city=441900")
    abroad = page(client, "/me/addresses/region?country=US")

    assert 'value="330100"' in first
    assert 'id="county"' not in first
    assert 'value="330106"' in second
    assert 'value="110100"' in other
    assert 'id="county"' not in other
    assert 'id="county"' not in flat
    assert 'id="area"' in abroad
    assert 'id="province"' not in abroad
    assert "<html" not in second


def test_without_scripts_a_plain_submit_draws_the_next_list(story: Story):
    answer = browse(story.user).post(
        "/me/addresses/new", {**FILLED, "city": "", "county": "", "redraw": "1"}
    )

    html = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="330100"' in html
    assert "文三路1号" in html


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"recipient": ""}, "recipient"),
        ({"phone": "12"}, "phone"),
        ({"province": "", "city": "", "county": ""}, "province"),
        ({"city": "", "county": ""}, "city"),
        ({"county": ""}, "county"),
        ({"county": "110101"}, "county"),
        ({"province": "nonsense", "city": "x"}, "province"),
        ({"detail": "x" * 121}, "detail"),
        ({"postcode": "1"}, "postcode"),
        ({"label": "own"}, "label_text"),
        ({"country": "US"}, "area"),
        ({"country": "XX"}, "country"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(story: Story, said, field):
    answer = browse(story.user).post("/me/addresses/new", {**FILLED, **said})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="{field}-error"' in html
    assert "FieldsRefused" not in html
    assert said.get("detail", "文三路1号") in html
    assert book(story) == []


@pytest.mark.parametrize("label", ["nonsense", "a\x00b"])
def test_nonsense_is_refused_without_an_error_of_ours(story: Story, label):
    answer = browse(story.user).post("/me/addresses/new", {**FILLED, "label": label})

    assert answer.status_code == 422
    assert book(story) == []


def test_only_the_form_is_read(story: Story):
    """What a form does not ask for cannot be set by posting it."""
    browse(story.user).post(
        "/me/addresses/new",
        {**FILLED, "member_id": "1", "slot": "19", "id": "5", "region": "110101"},
    )

    (kept,) = book(story)
    assert (kept.member_id, kept.region.code) == (story.member_id, "330106")


def test_full_book_says_so_and_offers_no_more(story: Story, language):
    for number in range(MOST_ADDRESSES):
        add_address(story.member_id, clock.now(), detail=f"{number}号")
    client = browse(story.user, language)

    html = page(client, "/me/addresses")
    assert 'href="/me/addresses/new"' not in html
    answer = client.post("/me/addresses/new", FILLED)

    assert answer.status_code == 422
    words = "您已保存 20 个地址" if language == "zh-hans" else "Your book holds 20 addresses"
    assert words in html
    assert words in answer.content.decode()
    assert len(book(story)) == MOST_ADDRESSES


def test_default_is_chosen_and_an_address_removed(story: Story):
    now = clock.now()
    add_address(story.member_id, now, detail="一号")
    second = add_address(story.member_id, now, detail="二号")
    place = ids.encode("adr", member_id=story.member_id, row_id=second)
    client = browse(story.user)

    client.post(f"/me/addresses/{place}/default")
    assert book(story)[0].detail == "二号"
    client.post(f"/me/addresses/{place}/remove")

    assert [(a.detail, a.is_default) for a in book(story)] == [("一号", True)]


def test_somebody_elses_address_is_not_found(story: Story):
    other = make_member(story.shop)
    theirs = add_address(other, clock.now())
    place = ids.encode("adr", member_id=other, row_id=theirs)
    client = browse(story.user)

    for path in (f"/me/addresses/{place}", "/me/addresses/adr_nonsense"):
        assert client.get(path).status_code == 404
        assert client.post(path, FILLED).status_code == 404
        assert client.post(f"{path}/default").status_code == 404
        assert client.post(f"{path}/remove").status_code == 404
    assert client.get(f"/me/addresses/{place}/remove").status_code == 405
    assert selectors.list_addresses(member_ids=[other])[0].is_default


def test_strangers_sign_in_first(db, story: Story):
    for path in ("/me/addresses", "/me/addresses/new", "/me/cards", "/me/invoice-titles"):
        assert browse(None).get(path).headers["Location"] == f"/sign-in?next={path}"


def test_streets_of_the_book_are_offered_while_typing(story: Story):
    add_address(story.member_id, clock.now(), detail="文三路1号")

    html = page(browse(story.user), "/me/addresses/streets?detail=文&country=CN")

    assert '<option value="文三路1号">' in html
    other = make_member(story.shop)
    stranger = browse(make_user(other))
    assert "文三路" not in page(stranger, "/me/addresses/streets?detail=文&country=CN")


def test_a_full_book_costs_no_more_queries_than_one_address(story: Story):
    add_address(story.member_id, clock.now())
    client = browse(story.user)
    queries(client, "/me/addresses")
    one = queries(client, "/me/addresses")
    for number in range(MOST_ADDRESSES - 1):
        add_address(story.member_id, clock.now(), detail=f"{number}号")

    assert queries(client, "/me/addresses") == one <= 8


def test_me_leads_to_the_book_and_says_how_many(story: Story):
    add_address(story.member_id, clock.now())

    assert 'href="/me/addresses"' in page(browse(story.user), "/me")


def test_mall_picks_from_the_book(story: Story, language):
    """Filled in by the default address, and by another one when it is asked for."""
    item = Mall(shop=story.shop).item(points=10)
    path = f"/mall/items/{item.public_id}/order"
    add_address(story.member_id, clock.now(), detail="文三路1号")
    second = add_address(story.member_id, clock.now(), detail="龙井路2号", recipient="李四")
    place = ids.encode("adr", member_id=story.member_id, row_id=second)
    client = browse(story.user, language)

    html = page(client, path)
    assert 'value="文三路1号"' in html
    assert f"address={place}" in html
    html = page(client, f"{path}?address={place}&quantity=1")
    assert 'value="龙井路2号"' in html
    assert 'value="李四"' in html
    other = make_member(story.shop)
    theirs = ids.encode("adr", member_id=other, row_id=add_address(other, clock.now()))
    assert 'value="文三路1号"' in page(client, f"{path}?address={theirs}")
