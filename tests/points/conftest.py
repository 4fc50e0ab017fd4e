"""A shop, and a member's book in it."""

import pytest

from tests.factories.points import Book
from tests.factories.programmes import Shop, make_shop


@pytest.fixture
def shop(db: None) -> Shop:
    return make_shop()


@pytest.fixture
def book(shop: Shop) -> Book:
    return Book(shop.programme.id)
