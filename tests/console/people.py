"""Members of staff with a role, and a shop of two stores."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.test import Client

from members.models import Member, User
from members.programmes import services as programmes_services
from tests.factories.programmes import Shop

BACKEND = "django.contrib.auth.backends.ModelBackend"


def staff(name: str, *roles: str, stores: tuple[int, ...] = ()) -> User:
    """Return somebody who works here."""
    user = User.objects.create_user(name, is_staff=True)
    user.groups.set(Group.objects.filter(name__in=roles))
    programmes_services.serve_stores(user=user, store_ids=stores)
    return user


def browser(user: User, language: str = "en") -> Client:
    """Return their browser."""
    client = Client(headers={"accept-language": language})
    client.force_login(user, backend=BACKEND)
    return client


def open_store(shop: Shop, code: str) -> int:
    """Open a store of the shop; return its id."""
    return programmes_services.create_store(brand_id=shop.brand.id, code=code, name=code).id


def at_home(member_id: int, store_id: int) -> None:
    """Let a store be a member's own."""
    Member.objects.filter(pk=member_id).update(home_store_id=store_id)
