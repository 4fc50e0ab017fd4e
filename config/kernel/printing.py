"""The register of personal data as a paper: Markdown for people, CSV for offices."""

from __future__ import annotations

import csv
import io
from itertools import groupby

from django.utils.translation import gettext as _

from config.kernel import privacy
from config.kernel.privacy import Entry, Erase, Grade

_HEADS = ("table", "column", "grade", "purpose", "retention", "exported", "erasure")


def as_markdown() -> str:
    """Return the register table by table, without what tells nothing of a person."""
    lines = [
        f"# {_('Register of personal data')}",
        "",
        _("Written by `manage.py privacy_register`; what the columns say is in the code."),
        "",
    ]
    for model, entries in groupby(_personal(), key=lambda entry: entry.model):
        lines += [f"## {model}", "", f"| {' | '.join(_HEADS[1:])} |", "|---" * 6 + "|"]
        lines += [f"| {' | '.join(_cells(entry)[1:])} |" for entry in entries]
        lines.append("")
    return "\n".join(lines)


def as_csv() -> str:
    """Return the register as one table, every column of every table in it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_HEADS)
    writer.writerows(_cells(entry) for entry in privacy.entries())
    return out.getvalue()


def summarize() -> dict[str, int]:
    """Return how many tables and columns the register covers, by grade."""
    entries = privacy.entries()
    by_grade = {grade.name.lower(): sum(e.grade is grade for e in entries) for grade in Grade}
    tables = {entry.model for entry in entries}
    return {"tables": len(tables), "columns": len(entries), **by_grade}


def _personal() -> list[Entry]:
    return [entry for entry in privacy.entries() if entry.grade is not Grade.NONE]


def _cells(entry: Entry) -> list[str]:
    return [
        entry.model,
        entry.field,
        entry.grade.name.lower(),
        _(entry.purpose),
        _(entry.retention),
        _("yes") if entry.exported else _("no"),
        {
            Erase.KEEP: _("kept"),
            Erase.CLEAR: _("emptied"),
            Erase.DELETE_ROW: _("row deleted"),
        }[entry.erase],
    ]
