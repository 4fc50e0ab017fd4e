"""Members with and without a history, and browsers that are signed in as them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from members.models import User
from tests.factories.story import Story, make_story

LANGUAGES = ("zh-hans", "en")


@pytest.fixture
def story(db: None) -> Story:
    """Return a member with orders, a refund, points spent and set aside."""
    return make_story()


@pytest.fixture
def newcomer(db: None) -> Story:
    """Return a member to whom nothing has happened yet."""
    return make_story(full=False)


@pytest.fixture(params=LANGUAGES)
def language(request: Any) -> str:
    """Return each language in turn."""
    return str(request.param)


def browse(user: User | None, language: str = "zh-hans") -> Client:
    """Return a browser of this language, signed in as `user`."""
    client = Client(headers={"accept-language": language})
    if user is not None:
        client.force_login(user)
    return client
