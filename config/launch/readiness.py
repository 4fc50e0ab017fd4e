"""What a start can skip: each step's fingerprint, written down once the step has succeeded.

A fingerprint covers everything the step depends on, the database's own record of migrations
included, so that a restored or replaced database is noticed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import psycopg

from config.launch.packages import CONSTRAINTS
from config.launch.places import ROOT

_CODE = (
    "config",
    "members",
    "points",
    "benefits",
    "loyalty",
    "messaging",
    "analytics",
    "campaigns",
)


class Readiness:
    """The fingerprints of the steps that are done, in VAR/ready.json."""

    def __init__(self, *, var: Path) -> None:
        self._path = var / "ready.json"

    def has(self, step: str, fingerprint: str) -> bool:
        return self._read().get(step) == fingerprint

    def note(self, step: str, fingerprint: str) -> None:
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps({**self._read(), step: fingerprint}, indent=2))
        draft.replace(self._path)

    def _read(self) -> dict[str, str]:
        try:
            found = json.loads(self._path.read_text())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def of_code() -> str:
    """Fingerprint the packages and every Python file of the application."""
    files = (path for app in _CODE for path in (ROOT / app).rglob("*.py"))
    return _of_files([CONSTRAINTS, *files])


def of_static() -> str:
    """Fingerprint the packages and our own static files."""
    return _of_files([CONSTRAINTS, *(ROOT / "static").rglob("*")])


def of_messages() -> str:
    """Fingerprint the catalogues."""
    return _of_files((ROOT / "locale").rglob("*.po"))


def of_database(owner_url: str) -> str:
    """Fingerprint which database this is and which migrations it says it has."""
    with psycopg.connect(owner_url) as db:
        row = db.execute(
            "SELECT system_identifier::text || current_database() FROM pg_control_system()"
        ).fetchone()
        digest = hashlib.sha256(str(row).encode())
        if db.execute("SELECT to_regclass('django_migrations')").fetchone() != (None,):
            rows = db.execute("SELECT app, name, applied::text FROM django_migrations ORDER BY id")
            digest.update(repr(rows.fetchall()).encode())
    return digest.hexdigest()


def _of_files(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in paths if path.is_file()):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
