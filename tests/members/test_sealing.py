"""Sealed fields: encrypted, found by equality, unique; allauth's own table on top of them."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.account.utils import filter_users_by_email
from django.core.exceptions import FieldError
from django.db import IntegrityError, connection, transaction

from config.kernel import crypto
from members.models import User

pytestmark = pytest.mark.django_db


def make(email="li@example.com", phone=None):
    return User.objects.create_user(email=email, phone=phone)


def test_a_sealed_value_comes_back():
    user = make(phone="+8613800138000")

    again = User.objects.get(pk=user.pk)

    assert (again.email, again.phone) == ("li@example.com", "+8613800138000")


@pytest.mark.parametrize(
    "query",
    [
        {"email": "li@example.com"},
        {"email": "LI@Example.com"},
        {"email__iexact": "Li@example.com"},
        {"email__in": ["x@example.com", "li@example.com"]},
    ],
)
def test_a_sealed_value_is_found_by_equality(query):
    user = make()
    make("other@example.com")

    assert list(User.objects.filter(**query)) == [user]


def test_what_is_absent_is_found_as_such():
    make(None)
    make("")

    assert User.objects.filter(email__isnull=True).count() == 2
    assert User.objects.exclude(email="li@example.com").count() == 2
    assert not User.objects.filter(email__in=[]).exists()


def test_equality_uses_the_index():
    make()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = User.objects.filter(email="li@example.com").explain()

    assert "members_user_email_is_unique" in plan


def test_other_comparisons_are_errors():
    for query in ({"email__contains": "example"}, {"email__gt": "a"}):
        with pytest.raises(FieldError):
            User.objects.filter(**query).exists()


def test_two_users_cannot_have_one_address():
    make()

    with pytest.raises(IntegrityError), transaction.atomic():
        make("LI@example.com")


def test_equal_values_look_different_in_every_row():
    user = make()
    EmailAddress.objects.create(user=user, email="li@example.com")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT email FROM members_user UNION SELECT email FROM account_emailaddress"
        )
        rows = [bytes(row[0]) for row in cursor.fetchall()]

    assert len({row[: crypto.BLIND_BYTES] for row in rows}) == 1
    assert len({row[crypto.BLIND_BYTES :] for row in rows}) == 2
    assert not any(b"example" in row for row in rows)


def test_allauth_finds_its_addresses():
    user = make()
    EmailAddress.objects.create(user=user, email="li@example.com", verified=True, primary=True)

    assert EmailAddress.objects.get_for_user(user, "LI@example.com").user == user
    assert EmailAddress.objects.get_primary_email(user) == "li@example.com"
    assert EmailAddress.objects.is_verified("li@example.com")
    assert EmailAddress.objects.lookup(["li@example.com"]).count() == 1
    assert filter_users_by_email("li@example.com", prefer_verified=True) == [user]
    _, made = EmailAddress.objects.get_or_create(user=user, email="li@example.com")
    assert not made


def test_allauth_promises_hold():
    one, two = make(), make("two@example.com")
    EmailAddress.objects.create(user=one, email="li@example.com", verified=True, primary=True)
    unverified = EmailAddress.objects.create(user=two, email="li@example.com")

    assert not unverified.can_set_verified()
    for values in (
        {"user": two, "email": "LI@example.com", "verified": True},
        {"user": one, "email": "li@example.com"},
        {"user": one, "email": "other@example.com", "primary": True},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            EmailAddress.objects.create(**values)
