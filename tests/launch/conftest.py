"""A VAR of its own for each test, which the servers' user can reach also when root tests."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.launch import register, servers

OUTSIDE = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")


@pytest.fixture
def var() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="changke-launch-test-"))
    folder.chmod(0o755)
    yield folder
    with register.locked(folder) as state:
        servers.stop_all(folder, state)
    shutil.rmtree(folder)


@pytest.fixture
def without_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the servers of this test run, as on a machine that has none."""
    for name in OUTSIDE:
        monkeypatch.delenv(name, raising=False)
