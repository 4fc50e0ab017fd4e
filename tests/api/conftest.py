"""A client of a demo shop, and the toy operations."""

import pytest

from config.kernel.api import auth, limiter
from tests.factories.api import ApiClient, api_client
from tests.factories.programmes import make_shop


@pytest.fixture(autouse=True)
def _fresh_process():
    """What one test's process remembers is nothing to the next."""
    auth.forget()
    limiter.forget()


@pytest.fixture
def toys(settings):
    settings.ROOT_URLCONF = "tests.api.toys"


@pytest.fixture
def shop(db):
    return make_shop()


@pytest.fixture
def client(toys, shop) -> ApiClient:
    return api_client(shop)
