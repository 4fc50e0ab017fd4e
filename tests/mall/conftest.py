"""A mall whose pictures go to a folder of the test, and whose books are proven after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from points import selectors as points_selectors
from points.mall import selectors
from tests.factories.mall import Mall, make_mall


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def mall(db: None) -> Iterator[Mall]:
    """Return a mall; whatever happened in it, stock and ledger must add up afterwards."""
    yield make_mall()
    assert selectors.list_differences() == []
    assert list(points_selectors.reconcile()) == []
