"""Real names: checked, sealed, locked, and one ID number for one member."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.core.cache import cache
from django.db import connection
from stdnum.cn import ric

from members import models, realname, services
from tests.factories.programmes import make_shop
from tests.members.signing import browser, prove, sign_in

TODAY = date(2026, 11, 20)
NAME = "欧阳·娜娜"


def id_number(front="11010519491231002"):
    """Return a number with its right check character."""
    return front + ric.calc_check_digit(f"{front}0")


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.mark.parametrize(
    "text",
    [
        id_number(),
        id_number().lower(),
        " 110105 19491231 002X ",
        "".join(chr(ord(c) + 0xFEE0) for c in id_number()),
    ],
)
def test_a_number_is_read_however_it_is_written(text):
    assert services.read_id_number(text=text, today=TODAY) == "11010519491231002X"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "110105194912310021",  # check character
        "11010519491231002",  # too short
        "110105491231002",  # 15 characters, the old form
        id_number("11010519490231002"),  # 31 February
        id_number("99010519491231002"),  # no such region
        id_number("11010520301231002"),  # not born yet
        "abcdefghijklmnopqr",
    ],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(services.InvalidIdNumberError):
        services.read_id_number(text=text, today=TODAY)


@pytest.mark.parametrize(
    "text", ["张三", "欧阳·娜娜", "阿卜杜热西提•阿卜力米提", "𬱖三", "John O'Neil", "José"]
)
def test_names_are_taken(text):
    assert services.read_real_name(text=text)


@pytest.mark.parametrize("text", ["", "张", "张3", "<b>张三</b>", "a" * 61, "张三\n李四1"])
def test_what_is_no_name_is_refused(text):
    with pytest.raises(services.InvalidRealNameError):
        services.read_real_name(text=text)


def verify(member_id, now, number=None, name=NAME):
    return services.verify_real_name(
        member_id=member_id, name=name, id_number=number or id_number(), now=now
    )


def enrol(now, phone="13800138000"):
    return services.enrol(programme_id=1, phone=phone, now=now).member_id


@pytest.mark.django_db
def test_verified_once_and_locked(now):
    member = enrol(now)

    found = verify(member, now)

    assert (found.name, found.id_masked) == (NAME, "1****************X")
    assert found.born_on == date(1949, 12, 31)
    assert not found.is_asked
    assert NAME not in repr(found)
    with pytest.raises(services.RealNameLockedError):
        verify(member, now, name="李四")
    with pytest.raises(services.RealNameLockedError):
        verify(member, now, id_number("11010519491231003"))


@pytest.mark.django_db
def test_one_number_is_one_members(now):
    verify(enrol(now), now)
    other = enrol(now, "13900139000")

    with pytest.raises(services.IdNumberTakenError):
        verify(other, now)
    assert services.find_real_name(member_id=other) is None
    elsewhere = services.enrol(programme_id=2, phone="13800138000", now=now).member_id
    assert verify(elsewhere, now)


@pytest.mark.django_db
def test_tries_are_counted(now):
    member = enrol(now)
    verify(enrol(now, "13900139000"), now)
    for _ in range(5):
        with pytest.raises(services.IdNumberTakenError):
            verify(member, now)

    with pytest.raises(services.TooManyCodesError):
        verify(member, now)


class Doubting:
    """Says no."""

    name = "doubting"

    def verify(self, *, name, id_number):
        return realname.Verdict(matches=False, asked=True)


@pytest.mark.django_db
def test_a_provider_may_refuse(now, settings):
    settings.REAL_NAME_PROVIDER = "tests.members.test_real_name.Doubting"

    with pytest.raises(services.RealNameRefusedError):
        verify(enrol(now), now)
    assert models.RealName.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_members_with_one_number_at_once_one_is_verified(now):
    members = [enrol(now), enrol(now, "13900139000")]
    start = Barrier(2)

    def race(member):
        start.wait()
        try:
            verify(member, now)
        except services.IdNumberTakenError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(race, members)) == [False, True]
    assert models.RealName.objects.count() == 1


@pytest.mark.django_db
def test_name_and_number_are_sealed(now):
    verify(enrol(now), now)

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, id_number FROM members_realname")
        stored = b"".join(bytes(value) for row in cursor.fetchall() for value in row)
    assert NAME.encode() not in stored
    assert b"19491231" not in stored


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_page_verifies_masks_and_shows_after_a_proof(settings, language):
    settings.MEMBER_CENTER_STOREFRONT = make_shop().storefront.code
    client = browser(language)
    sign_in(client)
    path = "/me/security/real-name"

    wrong = client.post(path, {"name": NAME, "id_number": "123"})
    assert wrong.status_code == 422
    assert 'aria-describedby="id_number-error"' in wrong.content.decode()
    assert client.post(path, {"name": NAME, "id_number": id_number()}).status_code == 302

    page = client.get(path).content.decode()
    assert "1****************X" in page
    assert id_number() not in page
    assert NAME not in page
    assert client.get(f"{path}?clear=1").status_code == 302
    prove(client)
    assert id_number() in client.get(f"{path}?clear=1").content.decode()
