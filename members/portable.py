"""A member's copy of their data: a zip of tables as JSON and CSV, and a page that explains it."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import PurePosixPath
from typing import IO, Any

from django.db import models
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from config.kernel import cells, personal
from config.kernel.personal import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One table of the copy, as the page that explains it lists it."""

    name: str
    title: str
    rows: int
    purposes: tuple[str, ...]
    retentions: tuple[str, ...]


def write(
    out: IO[bytes],
    *,
    person: Person,
    number: str,
    locale: str,
    now: datetime,
    tell: Callable[[int, int], None],
) -> int:
    """Write the zip; return how many rows it holds. `tell` hears how far it is."""
    tables = [model for model in personal.holdings() if personal.exported_columns(model)]
    parts: list[Part] = []
    with (
        translation.override(locale or None),
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle,
    ):
        for place, model in enumerate(tables):
            tell(place, len(tables))
            if part := _write_table(bundle, model, person):
                parts.append(part)
        files = list(_write_files(bundle, person))
        values = {"parts": parts, "files": files, "number": number, "now": now}
        page = render_to_string("members/privacy/copy.html", values)
        bundle.writestr("index.html", page)
    tell(len(tables), len(tables))
    return sum(part.rows for part in parts)


def _write_table(bundle: zipfile.ZipFile, model: type[models.Model], person: Person) -> Part | None:
    """Write a table in both forms, row by row; an empty one is left out."""
    name = model._meta.label_lower
    columns = personal.exported_columns(model)
    rows = personal.read(model, person)
    first = next(rows, None)
    if first is None:
        return None
    count = 0
    # Two files of a zip cannot be open at once: the second form waits in memory.
    sheet = io.StringIO(newline="")
    writer = csv.writer(sheet)
    writer.writerow(columns)
    with bundle.open(f"data/{name}.json", "w", force_zip64=True) as file:
        file.write(b"[\n")
        for row in _chain(first, rows):
            plain = {column: _plain(row[column]) for column in columns}
            file.write(b",\n" if count else b"")
            file.write(json.dumps(plain, ensure_ascii=False).encode())
            writer.writerow([_cell(plain[column]) for column in columns])
            count += 1
        file.write(b"\n]\n")
    # Spreadsheets read the mark of byte order; without it they take Chinese for something else.
    bundle.writestr(f"data/{name}.csv", "\ufeff" + sheet.getvalue())
    entries = [personal.entries_of(model)[field] for field in _names(model, columns)]
    return Part(
        name=name,
        title=personal.title_of(model),
        rows=count,
        purposes=_unique(gettext(entry.purpose) for entry in entries),
        retentions=_unique(gettext(entry.retention) for entry in entries),
    )


def _write_files(bundle: zipfile.ZipFile, person: Person) -> Iterator[str]:
    for name, content in personal.read_files(person):
        safe = f"files/{PurePosixPath(name).name}"
        bundle.writestr(safe, content)
        yield safe


def _names(model: type[models.Model], columns: list[str]) -> list[str]:
    by_column = {f.attname: f.name for f in model._meta.concrete_fields}
    return [by_column[column] for column in columns]


def _chain(first: dict[str, Any], rest: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield first
    yield from rest


def _unique(words: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _cell(value: Any) -> str:
    """Return a value as a cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    return str(cells.cell(value))
