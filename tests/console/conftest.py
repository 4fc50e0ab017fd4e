"""Operators in the console, with a shop that has a history behind it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from config.kernel.console.rows import as_data
from members import services as members_services
from members.models import User
from tests.factories.story import Story, make_story


@pytest.fixture
def story(db: None) -> Story:
    return make_story()


@pytest.fixture(params=("zh-hans", "en"))
def language(request: Any) -> str:
    return str(request.param)


def operator(language: str = "zh-hans", *, superuser: bool = True) -> Client:
    """Return the browser of a signed-in member of staff."""
    members_services.create_staff(username="lin", password="a-long-password", superuser=superuser)
    client = Client(headers={"accept-language": language})
    client.force_login(User.objects.get(staff_name="lin"))
    return client


def sent(name: str, rows: list[dict[str, str]]) -> dict[str, str]:
    """Return what a browser sends of a field of rows."""
    cells = {
        f"{name}-{place}-{cell}": value
        for place, row in enumerate(rows)
        for cell, value in row.items()
    }
    return {f"{name}-count": str(len(rows)), **cells}


def opened(page: Any) -> dict[str, str]:
    """Return what a browser would send of a form as the page shows it, untouched."""
    form = page.context["form"]
    data = as_data(form, form.initial)
    return {key: str(value) for key, value in data.items() if value not in (None, "", "False")}
