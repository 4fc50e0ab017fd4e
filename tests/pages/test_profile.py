"""Profile, avatar, history and balances in the member center."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from config.kernel import clock
from members import selectors as members_selectors
from points import services as points_services
from points.types import CurrencyDefinition, CurrencyKind, ExpiryRule
from tests.factories.mall import png
from tests.factories.story import Story
from tests.pages.conftest import browse
from tests.pages.test_home import page, queries

FILLED = {"nickname": "宁宁", "gender": "female", "locale": "zh-hans", "timezone": "Asia/Shanghai"}


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def me(story: Story) -> Any:
    return members_selectors.get_member(member_id=story.member_id)


def upload(client: Any, content: bytes, name: str = "me.png") -> Any:
    return client.post("/me/profile/avatar", {"picture": SimpleUploadedFile(name, content)})


def test_profile_keeps_what_is_said_and_shows_how_complete_it_is(story: Story, language):
    client = browse(story.user, language)
    assert "20%" in page(client, "/me/profile")

    client.post("/me/profile", {**FILLED, "interests": ["tea", "pets"]})

    member = me(story)
    assert (member.nickname, member.gender, member.interests) == ("宁宁", "female", ("tea", "pets"))
    assert (member.locale, member.timezone) == ("zh-hans", "Asia/Shanghai")
    html = page(client, "/me/profile")
    assert "60%" in html
    assert 'id="interest-tea" name="interests" value="tea" checked' in html
    client.post("/me/profile", FILLED)
    assert me(story).interests == ()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"gender": "robot"}, "gender"),
        ({"locale": "xx"}, "locale"),
        ({"timezone": "../etc/passwd"}, "timezone"),
        ({"interests": ["tea", "nonsense"]}, "interests"),
    ],
)
def test_what_is_not_on_the_list_is_refused_at_its_field(story: Story, said, field):
    answer = browse(story.user).post("/me/profile", {**FILLED, **said})

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.content.decode()
    assert me(story).nickname == "阿宁"


def test_nothing_but_the_form_is_read(story: Story):
    """Mass assignment: a post may say what it likes."""
    before = me(story)

    browse(story.user).post(
        "/me/profile",
        {
            **FILLED,
            "member_no": "1", "status": "frozen", "kind": "vip", "programme_id": "2", "id": "1",
            "phone": "13900000000", "email": "x@example.com", "name": "x", "home_store_id": "1",
            "avatar": "a" * 32, "version": "99", "survivor_id": "1", "joined_at": "2000-01-01",
            "attribution": "{}", "birthday_changed_at": "2000-01-01", "user": "1",
        },
    )  # fmt: skip

    after = me(story)
    kept = ["id", "member_no", "status", "kind", "programme_id", "phone", "email", "name"]
    kept += ["home_store_id", "avatar", "joined_at", "attribution", "user_id"]
    assert [getattr(after, n) for n in kept] == [getattr(before, n) for n in kept]
    assert after.nickname == "宁宁"


def test_avatar_is_uploaded_shown_served_safely_and_removed(story: Story, language):
    client = browse(story.user, language)
    assert upload(client, png()).status_code == 302

    name = me(story).avatar
    assert f"/media/avatars/{name}.webp" in page(client, "/me/profile")
    assert f"/media/avatars/{name}.webp" in page(client, "/me")
    answer = client.get(f"/media/avatars/{name}.webp")
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    client.post("/me/profile/avatar/remove")
    assert me(story).avatar == ""
    assert client.get(f"/media/avatars/{'0' * 32}.webp").status_code == 404


@pytest.mark.parametrize(
    ("content", "zh", "en"),
    [
        (b"x" * (2 * 1024 * 1024 + 1), "超过 2 MB", "larger than 2 MB"),
        (b"<svg><script>alert(1)</script></svg>", "JPEG、PNG、WebP", "Only JPEG, PNG and WebP"),
        (png() + b"<script>", "不只有图片", "more than a picture"),
    ],
)
def test_a_refused_picture_says_why_at_its_field(story: Story, language, content, zh, en):
    answer = upload(browse(story.user, language), content)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="picture-error"' in html
    assert (zh if language == "zh-hans" else en) in html
    assert me(story).avatar == ""


def test_no_picture_at_all_is_said(story: Story):
    answer = browse(story.user).post("/me/profile/avatar")

    assert answer.status_code == 422
    assert 'id="picture-error"' in answer.content.decode()


def test_history_is_empty_and_then_tells(story: Story, language):
    client = browse(story.user, language)
    words = "入会以来还没有修改过" if language == "zh-hans" else "Nothing was changed"
    assert words in page(client, "/me/profile/history")
    client.post("/me/profile", {**FILLED, "interests": ["tea"]})

    html = page(client, "/me/profile/history")

    for said in (
        "阿宁",
        "宁宁",
        "您本人" if language == "zh-hans" else "You, in the member center",
    ):
        assert said in html
    assert queries(client, "/me/profile/history") <= 6


def _fill(story: Story, count: int = 3) -> None:
    programme = story.shop.programme.id
    points_services.define_currency(
        programme_id=programme,
        definition=CurrencyDefinition(
            code="packet",
            kind=CurrencyKind.MONEY,
            name_zh="红包",
            name_en="Red packet",
            expiry=ExpiryRule.DAYS,
            validity=30,
        ),
        actor="staff:1",
        reason="a test",
        now=clock.now(),
    )
    for number in range(count):
        points_services.top_up(
            member_id=story.member_id,
            programme_id=programme,
            currency="packet",
            amount=1250,
            source=f"gift:{number}",
            key=f"gift:{number}",
            reason=f"节日红包 {number}",
            now=clock.now(),
        )


def test_balances_show_money_what_ends_and_why(story: Story, language):
    _fill(story)
    client = browse(story.user, language)

    html = page(client, "/me/balance")
    assert ("红包" if language == "zh-hans" else "Red packet") in html
    assert "¥37.50" in html
    html = page(client, "/me/balance/packet")

    assert "+¥12.50" in html
    assert "节日红包 2" in html
    assert ("到期情况" if language == "zh-hans" else "What ends when") in html
    assert queries(client, "/me/balance/packet") <= 10


def test_movements_are_turned_page_by_page(story: Story):
    _fill(story, 33)
    client = browse(story.user)
    first = page(client, "/me/balance/packet")
    older = first.partition("/me/balance/packet?before=")[2].partition('"')[0]

    second = page(client, f"/me/balance/packet?before={older}")

    assert "节日红包 2<" in second
    assert "节日红包 32<" not in second
    assert "节日红包 32<" in page(client, "/me/balance/packet?before=nonsense")


@pytest.mark.parametrize("path", ["/me/balance/points", "/me/balance/nonsense"])
def test_what_is_no_money_is_not_found(story: Story, path):
    page(browse(story.user), path, status=404)


@pytest.mark.parametrize("path", ["/me/balance", "/me/balance/packet", "/me/profile/history"])
def test_strangers_sign_in_first(db, path):
    assert browse(None).get(path).headers["Location"] == f"/sign-in?next={path}"
