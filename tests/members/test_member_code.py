"""The member code: one minute, one till, and nothing for anybody else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from config.kernel import clock
from members import selectors, services
from tests.factories.api import api_client
from tests.factories.members import make_member
from tests.factories.programmes import make_shop

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TILLS = 16


@pytest.fixture
def shop(db):
    return make_shop()


@pytest.fixture
def member_id(shop):
    return make_member(shop)


def read(shop, digits, *, client="till-1", now=NOW):
    return services.read_member_code(
        digits=digits, programme_id=shop.programme.id, client_id=client, now=now
    )


def issue(shop, member_id, *, now=NOW):
    return services.issue_member_code(
        member_id=member_id, programme_id=shop.programme.id, now=now
    ).digits


def test_a_till_reads_who_it_is(shop, member_id):
    digits = issue(shop, member_id)

    assert len(digits) == 18
    assert read(shop, f"{digits[:4]} {digits[4:]}") == member_id


def test_the_same_till_may_read_again_and_no_other(shop, member_id):
    digits = issue(shop, member_id)
    read(shop, digits, client="till-1")

    assert read(shop, digits, client="till-2") is None
    assert read(shop, digits, client="till-1") == member_id


def test_a_code_dies_after_a_minute(shop, member_id):
    digits = issue(shop, member_id)

    assert read(shop, digits, now=NOW + timedelta(seconds=59)) == member_id
    assert read(shop, digits, now=NOW + timedelta(seconds=60)) is None


def test_a_code_says_nothing_in_another_programme(shop, member_id):
    assert read(make_shop("other"), issue(shop, member_id)) is None


@pytest.mark.parametrize("digits", ["", "1", "28" + "0" * 16, "281234567890123450", "２８" * 9])
def test_what_was_never_given_out_is_nobody(shop, digits):
    assert read(shop, digits) is None


def test_a_replayed_code_has_one_winner(shop, member_id):
    digits = issue(shop, member_id)

    with ThreadPoolExecutor(TILLS) as pool:
        found = list(pool.map(lambda n: read(shop, digits, client=f"till-{n}"), range(TILLS)))

    assert sorted(found, key=bool) == [None] * (TILLS - 1) + [member_id]


def test_look_up_by_code(db):
    shop = make_shop()
    member_id = make_member(shop)
    client, stranger = api_client(shop), api_client(shop)
    digits = issue(shop, member_id, now=clock.now())

    [found] = client.get(f"members?member_code={digits}").json()["items"]

    assert found["id"] == selectors.public_id(member_id)
    assert client.get(f"members?member_code={digits}").json()["items"] == [found]
    assert stranger.get(f"members?member_code={digits}").json()["items"] == []
    assert client.get("members?member_code=hello").json()["items"] == []
