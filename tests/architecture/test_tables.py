"""What the tables promise: who may refer to whom, and what can be spread by member."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from tests.architecture import source

# Lowest first; an app's tables may refer to those before it, never after.
ORDER = (
    "contenttypes",
    "auth",
    "allauth_idp_oidc",
    "kernel",
    "programmes",
    "members",
    "belongings",
    "commerce",
    "kinds",
    "points",
    "mall",
    "benefits",
    "loyalty",
    "earning",
    "settlement",
    "messaging",
    "analytics",
    "campaigns",
    "pages",
)
OURS = ORDER[3:]


def _our_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m._meta.app_label in OURS]


def _spread_models() -> list[type[models.Model]]:
    """Return the models whose table starts its primary key with member_id."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.relname, array_agg(a.attname ORDER BY k.place)::text[]
            FROM pg_constraint p
            JOIN pg_class c ON c.oid = p.conrelid
            CROSS JOIN LATERAL unnest(p.conkey) WITH ORDINALITY AS k(attnum, place)
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
            WHERE p.contype = 'p' AND c.relnamespace = 'public'::regnamespace
            GROUP BY c.relname, p.oid
            """
        )
        keys = dict(cursor.fetchall())
    return [m for m in _our_models() if keys.get(m._meta.db_table, [""])[0] == "member_id"]


def _place(model: Any) -> int:
    return ORDER.index(model._meta.app_label)


def test_relations_point_down():
    """A foreign key upward would let a lower app's delete or migration break an upper one."""
    found = [
        f"{model._meta.label}.{field.name} -> {field.related_model}"
        for model in _our_models()
        for field in model._meta.local_fields
        if field.is_relation
        and not model.__name__.startswith("Historical")
        and _place(field.related_model) > _place(model)
    ]

    assert found == []


@pytest.mark.django_db
def test_spread_tables_have_no_relations():
    """Between tables spread by member there are plain id columns (Citus refuses the rest)."""
    found = [
        f"{model._meta.label}.{field.name}"
        for model in _spread_models()
        for field in model._meta.local_fields
        if field.is_relation and getattr(field, "db_constraint", True)
    ]

    assert found == []


@pytest.mark.django_db
def test_every_unique_key_of_a_spread_table_contains_the_member():
    """A unique index without the distribution column cannot be held over shards."""
    tables = [m._meta.db_table for m in _spread_models()]
    assert tables, "no spread tables were found: the check itself is broken"

    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT tablename, indexname, indexdef FROM pg_indexes
            WHERE schemaname = 'public' AND tablename = ANY(%s) AND indexdef LIKE 'CREATE UNIQUE%%'
            """,
            [tables],
        )
        found = [
            f"{table}: {index}"
            for table, index, definition in cursor.fetchall()
            if not re.search(r"\((.*\b)?member_id\b", definition)
        ]

    assert found == []


def test_sql_stays_inside_its_app():
    """SQL over another app's tables is an import no linter sees; views are the doors."""
    homes = _homes()
    table = re.compile(
        r"\b(?:from|join|into|update|table|copy)\s+(?:only\s+)?\"?"
        r"(programmes|members|belongings|commerce|kinds|points|mall|benefits|loyalty|earning|settlement"
        r"|messaging|analytics|campaigns)_([a-z_0-9]+)",
        re.IGNORECASE,
    )
    public = _published_views()

    found = []
    for path in source.python_files(with_migrations=True):
        home = _home_label(path)
        for line, text in source.strings(path):
            for label, rest in table.findall(text):
                name = f"{label.lower()}_{rest.lower()}"
                if label.lower() != home and name not in public and label.lower() in homes:
                    found.append(f"{source.name(path)}:{line} {name}")

    assert found == []


def _homes() -> dict[str, str]:
    return {c.label: c.name.replace(".", "/") for c in apps.get_app_configs() if c.label in OURS}


def _home_label(path: object) -> str:
    parts = source.name(path)  # type: ignore[arg-type]
    owners = [(len(home), label) for label, home in _homes().items() if parts.startswith(home)]
    return max(owners)[1] if owners else ""


def _published_views() -> set[str]:
    """Return the views that apps publish by name in `selectors.SQL_VIEWS`."""
    import importlib

    views: set[str] = set()
    for config in apps.get_app_configs():
        if config.label in OURS:
            try:
                selectors = importlib.import_module(f"{config.name}.selectors")
            except ModuleNotFoundError:
                continue
            views |= set(getattr(selectors, "SQL_VIEWS", ()))
    return views


def test_every_function_of_the_database_is_written_in_one_file_and_can_be_made_again():
    """A migration runs the file that changed; a second version elsewhere would be lost or win."""
    for folder in sorted({path.parent for path in source.ROOT.glob("[a-z]*/**/sql/*.sql")}):
        made = Counter(
            (again, function)
            for path in sorted(folder.glob("*.sql"))
            for again, function in re.findall(
                r"^CREATE (OR REPLACE )?FUNCTION (\w+)", path.read_text(), re.MULTILINE
            )
        )
        assert made, folder
        assert {made[one] for one in made} == {1}, made.most_common(3)
        assert {again for again, _ in made} == {"OR REPLACE "}, made
