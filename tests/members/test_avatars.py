"""Avatars: what is uploaded is drawn anew, or refused with a reason; old files go."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from config.kernel import clock
from members import avatars, models, selectors, services
from tests.factories.members import make_member
from tests.factories.programmes import make_shop

ACTOR = "member:test"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def picture(kind="PNG", size=(200, 300), mode="RGB", **more):
    out = io.BytesIO()
    Image.new(mode, size, "teal" if mode == "RGB" else None).save(out, kind, **more)
    return out.getvalue()


def bomb(width=60_000, height=60_000):
    """Return a tiny PNG that says it is 3.6 billion pixels."""

    def chunk(kind, body):
        check = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


def moving():
    out = io.BytesIO()
    frames = [Image.new("RGB", (64, 64), color) for color in ("red", "blue")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_becomes_a_square_of_ours(kind):
    drawn = Image.open(io.BytesIO(avatars.draw(picture(kind))))

    assert (drawn.format, drawn.size) == ("WEBP", (200, 200))
    large = Image.open(io.BytesIO(avatars.draw(picture(size=(2000, 900)))))
    assert large.size == (320, 320)


def test_nothing_but_pixels_comes_along():
    exif = Image.Exif()
    exif[0x010F] = "TelltaleCamera"
    exif.get_ifd(0x8825)[1] = "N"
    drawn = avatars.draw(picture("JPEG", exif=exif, comment=b"TelltaleComment"))

    assert b"Telltale" not in drawn
    assert dict(Image.open(io.BytesIO(drawn)).getexif()) == {}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not_a_picture"),
        (b"hello", "not_a_picture"),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "not_a_picture",
        ),
        (b"%PDF-1.7 ...", "not_a_picture"),
        (picture("GIF"), "not_a_picture"),
        (picture("BMP"), "not_a_picture"),
        (b"x" * (avatars.LARGEST_FILE + 1), "too_large"),
        (bomb(), "too_many_pixels"),
        (bomb(6000, 5000), "too_many_pixels"),
        (picture(size=(20, 200)), "too_small"),
        (moving(), "moves"),
        (picture()[:60], "broken"),
        (picture("JPEG")[:-200], "broken"),
        (picture("JPEG") + b"<script>alert(1)</script>", "polyglot"),
        (picture("PNG") + b"PK\x03\x04archive", "polyglot"),
        (picture("JPEG", comment=b"<?php system('x') ?>"), "polyglot"),
    ],
)
def test_anything_else_is_refused_with_its_reason(content, why):
    with pytest.raises(services.AvatarRefusedError) as refused:
        avatars.draw(content)

    assert refused.value.why == why


@pytest.mark.django_db(transaction=True)
def test_file_before_it_goes_and_names_are_new_each_time(media):
    member = make_member(make_shop())

    def upload(content):
        services.set_avatar(member_id=member, content=content, actor=ACTOR, now=clock.now())
        return selectors.get_member(member_id=member).avatar

    first = upload(picture())
    second = upload(picture())

    assert first != second
    assert len(second) == 32
    assert [path.name for path in (media / "avatars").iterdir()] == [f"{second}.webp"]
    services.remove_avatar(member_id=member, actor=ACTOR, now=clock.now())
    assert list((media / "avatars").iterdir()) == []
    assert selectors.get_member(member_id=member).avatar == ""
    services.remove_avatar(member_id=member, actor=ACTOR, now=clock.now())


@pytest.mark.django_db(transaction=True)
def test_a_refused_picture_leaves_the_old_one(media):
    member = make_member(make_shop())
    services.set_avatar(member_id=member, content=picture(), actor=ACTOR, now=clock.now())
    kept = selectors.get_member(member_id=member).avatar

    with pytest.raises(services.AvatarRefusedError):
        services.set_avatar(member_id=member, content=b"no", actor=ACTOR, now=clock.now())

    assert selectors.get_member(member_id=member).avatar == kept
    assert default_storage.exists(avatars.path_of(kept))


@pytest.mark.django_db(transaction=True)
def test_nobody_gets_a_file(media):
    with pytest.raises(services.MemberNotFoundError):
        services.set_avatar(member_id=99, content=picture(), actor=ACTOR, now=clock.now())

    assert list((media / "avatars").iterdir()) == []


@pytest.mark.django_db
def test_history_tells_when_from_what_to_what_and_by_whom():
    member, now = make_member(make_shop(), nickname="小雨"), clock.now()
    for actor, changes in (
        ("member:mem_x", {"nickname": "雨", "interests": ["tea"]}),
        ("staff:3", {"gender": "female"}),
    ):
        services.update_profile(member_id=member, changes=changes, actor=actor, now=now)

    found = selectors.list_profile_changes(member_id=member)

    assert [(c.field, c.before, c.after, c.actor) for c in found] == [
        ("gender", "", "female", "staff:3"),
        ("nickname", "小雨", "雨", "member:mem_x"),
        ("interests", (), ("tea",), "member:mem_x"),
    ]
    assert models.Member.history.filter(id=member).count() == 3


@pytest.mark.django_db
def test_completeness_names_what_is_missing():
    member, now = make_member(make_shop(), nickname="小雨"), clock.now()

    found = selectors.get_completeness(member=selectors.get_member(member_id=member))
    assert (found.percent, found.missing) == (20, ("avatar", "gender", "birthday", "interests"))
    services.update_profile(member_id=member, changes={"gender": "other"}, actor=ACTOR, now=now)
    found = selectors.get_completeness(member=selectors.get_member(member_id=member))
    assert found.percent == 40
