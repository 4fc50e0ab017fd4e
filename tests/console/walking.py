"""Every address of the console, and which roles it opens to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import SimpleTemplateResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from config.kernel import approvals, roles
from config.kernel.errors import DomainError
from members.models import User

MATRIX = Path(__file__).parents[2] / "docs" / "roles.md"
# Open to whoever works here, or to anyone at the door.
_DOOR = {
    *("index", "login", "logout", "password_change", "password_change_done", "jsi18n"),
    *("autocomplete", "view_on_site", "app_list"),
}
# Django's page of a record's changes, which asks as the record's own page does.
_ASIDE = "_history"


def addresses() -> dict[str, str]:
    """Return an address for each name of the console; ids in them name nothing."""
    # The console's screens are there once somebody has asked for an address.
    get_resolver().url_patterns  # noqa: B018
    found = dict(_walk(admin.site.urls[0], "/ops/"))
    return {
        name: found[name]
        for name in sorted(found)
        if name not in _DOOR and not name.endswith(_ASIDE)
    }


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, str]]:
    for one in patterns:
        route = prefix + re.sub(r"<[^>]+>", "0", str(one.pattern).lstrip("^"))
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, route)
        elif one.name and "(" not in route:
            yield one.name, route


def worker(role: str | None) -> User:
    """Return somebody with one role; None: somebody who may do everything."""
    user = User.objects.create_user(f"walker-{role}", is_staff=True, is_superuser=role is None)
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user


def draw_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the walk the drawing of pages: who may see them is decided before."""
    monkeypatch.setattr("django.template.loader.render_to_string", lambda *_a, **_k: "")
    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", "")
    monkeypatch.setattr("config.pages.console.navigation", lambda _request: [])


def opens(user: User, path: str) -> bool:
    """Tell whether an address opens: it answers, or knows of nothing with this id."""
    request = RequestFactory().get(path)
    request.user, request.session = user, {}  # type: ignore[assignment]
    request.resolver_match = found = resolve(path)
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    try:
        answer = found.func(request, *found.args, **found.kwargs)
    except PermissionDenied:
        return False
    except (Http404, DomainError):
        return True
    return bool(answer.status_code != 403)


def measured() -> dict[str, set[str]]:
    """Return the roles that each address opens to, as the console really answers."""
    everyone = addresses()
    chief = worker(None)
    shown = [name for name, path in everyone.items() if opens(chief, path)]
    found: dict[str, set[str]] = {name: set() for name in shown}
    for role in roles.every():
        user = worker(role.code)
        for name in shown:
            if opens(user, everyone[name]):
                found[name].add(role.code)
    return found


def deciders() -> dict[str, set[str]]:
    """Return the roles that decide each kind of request."""
    found = {}
    for kind in approvals.kinds():
        found[f"decide {kind.name}"] = {
            role.code
            for role in roles.every()
            if User.objects.get(staff_name=f"walker-{role.code}").has_perm(kind.permission)
        }
    return found


def written() -> dict[str, set[str]]:
    """Return what docs/roles.md says."""
    lines = [line for line in MATRIX.read_text().splitlines() if line.startswith("| ")]
    head = [cell.strip() for cell in lines[0].strip("|").split("|")]
    found = {}
    for line in lines[1:]:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not cells[0].startswith("`"):
            continue
        marks = zip(head[1:], cells[1:], strict=True)
        found[cells[0].strip("`")] = {role.strip("`") for role, mark in marks if mark == "✓"}
    return found


def as_markdown(found: dict[str, set[str]]) -> str:
    """Return the matrix as docs/roles.md keeps it."""
    codes = [role.code for role in roles.every()]
    head = ["| address or decision | " + " | ".join(f"`{code}`" for code in codes) + " |"]
    rule = ["|---|" + "---|" * len(codes)]
    rows = [
        f"| `{name}` | " + " | ".join("✓" if code in held else " " for code in codes) + " |"
        for name, held in found.items()
    ]
    return _HEAD + "\n".join([*head, *rule, *rows]) + "\n"


_HEAD = """# What each role opens

Every address of the console and every kind of request that a second person decides. The rows are
measured: `tests/console/test_roles.py` opens each address as each role, and fails when the console
answers otherwise than written here, or when a screen is missing. A superuser opens all of them.

After a change, look at what differs, then write the file anew:
`CHANGKE_WRITE_ROLES=1 make test ARGS=tests/console/test_roles.py`. The roles themselves are
`config/pages/roles.py`; [staff.md](staff.md) explains them.

"""
