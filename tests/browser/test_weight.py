"""What home weighs on the wire, with static files hashed and compressed as in production."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test.testcases import LiveServerThread
from django.test.utils import override_settings
from playwright.sync_api import Browser

from tests.browser.conftest import Visit, seat

pytestmark = pytest.mark.browser
_MANIFEST = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}


@pytest.fixture
def production(story: Any, tmp_path: Path, settings: Any) -> Iterator[str]:
    """Serve the site through whitenoise alone; return its address."""
    storages = {**settings.STORAGES, "staticfiles": _MANIFEST}
    with override_settings(STATIC_ROOT=tmp_path / "static", STORAGES=storages):
        call_command("collectstatic", "--noinput", verbosity=0)
        # The development handler for static files stays out: whitenoise answers.
        itself: Any = lambda application: application  # noqa: E731
        thread = LiveServerThread("127.0.0.1", static_handler=itself)
        thread.daemon = True
        thread.start()
        thread.is_ready.wait()
        assert thread.error is None
        yield f"http://127.0.0.1:{thread.port}"
        thread.terminate()


class Wire:
    """Bytes that came over the network, headers included, one number for each request."""

    def __init__(self, window: Visit) -> None:
        self.sizes: dict[str, int] = {}
        wire = window.page.context.new_cdp_session(window.page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", self._take)

    def _take(self, event: dict[str, Any]) -> None:
        self.sizes[event["requestId"]] = int(event["encodedDataLength"])

    def load(self, window: Visit) -> list[int]:
        """Open home and return what was transferred for it, cached files left out."""
        self.sizes.clear()
        window.page.goto(window.base + "/", wait_until="networkidle")
        return [size for size in self.sizes.values() if size]


def test_home_is_light_the_first_time_and_lighter_after(
    browser: Browser, production: str, story: Any
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, locale="zh-CN")
    window = seat(Visit(context.new_page(), production), story.user)
    wire = Wire(window)

    cold = wire.load(window)
    warm = wire.load(window)

    context.close()
    assert window.complaints == []
    assert 0 < len(cold) <= 12
    assert sum(cold) <= 150_000
    assert 0 < sum(warm) <= 30_000
