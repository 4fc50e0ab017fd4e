"""The console opens nothing to members, nor to staff whom nobody allowed anything."""

from __future__ import annotations

import re

from tests.attacks import walking
from tests.attacks.conftest import World

# What every member of staff has: the door, and their own requests.
OPEN = re.compile(
    r"^ops/($|login/|logout/|password_change/|jsi18n/|autocomplete/|search/|toggle_sidebar"
    r"|kernel/approval/)"
)


def _paths() -> list[str]:
    """Return the console's addresses, arguments filled in."""
    found = []
    for route in walking.console():
        path = re.sub(r"<(?:path|str|slug):object_id>", "1-1", route.pattern)
        path = re.sub(r"<[a-z]+:[a-z_]+>", "1", path)
        if "(?P" not in path and not OPEN.match(route.pattern):
            found.append(f"/{path}")
    return found


def test_members_and_strangers_are_sent_to_the_door(world: World):
    wrong = []
    for browser, methods in ((world.stranger, ("get",)), (world.neighbor, ("get", "post"))):
        for path in _paths():
            for method in methods:
                answer = getattr(browser, method)(path)
                at_door = answer.status_code == 302 and "login" in answer.headers["Location"]
                if not at_door and answer.status_code not in (403, 404):
                    wrong.append(f"{method} {path}: {answer.status_code}")

    assert wrong == []


def test_staff_without_a_role_see_and_do_nothing(world: World, settings):
    settings.DEMO = True
    before, wrong = walking.fingerprint(), []
    for path in _paths():
        for method in ("get", "post"):
            status = getattr(world.staff, method)(path, {"reason": "x"}).status_code
            # Where a record is asked for by a made-up number, Django says so to whoever asks.
            missing = status == 302 and "1-1" in path
            if status not in (403, 404, 405) and not missing:
                wrong.append(f"{method} {path}: {status}")

    assert wrong == []
    assert walking.fingerprint() == before
