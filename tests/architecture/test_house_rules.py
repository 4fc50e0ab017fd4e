"""Rules of the house that a linter does not know. Each opens with why it is one."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture import source


def test_no_sql_reads_the_clock():
    """A posting that reads the database's clock cannot be replayed, tested or travelled."""
    clock = re.compile(
        r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp)\s*\(\s*\)"
        r"|\bcurrent_(date|timestamp|time)\b",
        re.IGNORECASE,
    )
    sql = re.compile(r"\b(select|insert|update|delete|create|where)\b", re.IGNORECASE)

    found = [
        f"{source.name(path)}:{line}"
        for path in source.python_files(with_migrations=True)
        for line, text in source.strings(path)
        if clock.search(text) and sql.search(text)
    ]
    for path in source.ROOT.rglob("*.sql"):
        if ".venv" in path.parts or "var" in path.parts:
            continue
        code = re.sub(r"--[^\n]*", "", path.read_text())
        if clock.search(code):
            found.append(source.name(path))

    assert found == []


def test_domain_code_is_told_the_time():
    """`now` is read once at the edge: a service that reads it again can disagree with itself."""
    inner = ("services", "selectors", "models", "types", "events", "errors", "handlers")
    reads = re.compile(r"(timezone\.now|datetime\.(now|utcnow|today)|date\.today|clock\.now)$")

    found = [
        f"{source.name(path)}:{node.lineno}"
        for path in source.modules_called(*inner)
        if "kernel" not in path.parts
        for name, node in source.calls(path)
        if reads.search(name)
    ]

    assert found == []


def test_services_send_no_tasks():
    """A task sent before the commit tells of what may never happen; facts go to the outbox."""
    found = [
        f"{source.name(path)}:{node.lineno}"
        for path in source.modules_called("services")
        for name, node in source.calls(path)
        if name.endswith((".delay", ".apply_async", ".delay_on_commit", ".send_task"))
    ]

    assert found == []


def test_public_services_take_keywords_only():
    """Two ids of the same type in the wrong order move the wrong member's points."""
    found = [
        f"{source.name(path)}:{node.lineno} {node.name}"
        for path in source.modules_called("services")
        for node in source.tree(path).body
        if isinstance(node, ast.FunctionDef)
        and node.name in _exported(path)
        and (node.args.args or node.args.posonlyargs)
    ]

    assert found == []


def _exported(path: Path) -> set[str]:
    """Return what a services module offers: all public names, or its package's `__all__`."""
    package = path if path.stem == "services" else path.parent / "__init__.py"
    tree = source.tree(package)
    if package == path:
        return {n.name for n in tree.body if isinstance(n, ast.FunctionDef) and n.name[0] != "_"}
    return {alias.name for n in tree.body if isinstance(n, ast.ImportFrom) for alias in n.names}


def test_no_rooms_without_a_subject():
    """`utils` is where a second domain hides."""
    vague = {"utils", "helpers", "common", "misc"}

    assert [source.name(p) for p in source.python_files() if p.stem in vague] == []


def test_models_keep_no_logic_in_save():
    """bulk_create, SQL and the import never call save(): what it does would not happen."""
    found = [
        f"{source.name(path)}:{node.lineno}"
        for path in source.modules_called("models")
        for cls in ast.walk(source.tree(path))
        if isinstance(cls, ast.ClassDef)
        for node in cls.body
        if isinstance(node, ast.FunctionDef) and node.name == "save"
    ]

    assert found == []


def test_apps_do_not_talk_by_signals():
    """Synchronous signals hide the flow; facts travel by the outbox."""
    found = [
        f"{source.name(path)}:{node.lineno}"
        for path in source.python_files()
        if "kernel" not in path.parts
        for name, node in source.calls(path)
        if re.search(r"(post_save|pre_save|post_delete|pre_delete|m2m_changed)\.connect$", name)
    ]

    assert found == []


def test_tests_do_not_sleep():
    """A sleep in a test hides a race or wastes a minute; wait for the fact instead."""
    found = [
        f"{path.relative_to(source.ROOT)}:{node.lineno}"
        for path in sorted((source.ROOT / "tests").rglob("test_*.py"))
        for name, node in source.calls(path)
        if name in ("time.sleep", "sleep")
    ]

    assert found == []


def test_every_dependency_says_why_it_is_there():
    """A requirement nobody can explain is one nobody dares to remove."""
    unexplained = []
    for file in ("requirements.txt", "requirements-dev.txt"):
        reason, package = "", ""
        for line in (source.ROOT / file).read_text().splitlines():
            if line.startswith(("#", "-")) or not line.strip():
                reason = line
                continue
            same = re.split(r"[=\[]", line)[0] == package
            package = re.split(r"[=\[]", line)[0]
            if "#" not in line and not reason.startswith("#") and not same:
                unexplained.append(f"{file}: {line}")
            reason = ""

    assert unexplained == []


def test_migrations_are_named_for_what_they_do():
    """`0007_auto` tells the one who meets it in production nothing."""
    named = re.compile(r"^\d{4}_[a-z0-9_]+$")
    files = [p for p in source.python_files(with_migrations=True) if p.parent.name == "migrations"]
    wrong = [
        source.name(p)
        for p in files
        if p.stem != "__init__"
        and (not named.match(p.stem) or re.search(r"_auto|_initial$", p.stem))
    ]

    assert wrong == []


@pytest.mark.parametrize(
    "pattern",
    [r"/work/", r"/root/", r"/home/[a-z]", r"\.\./shared", r"pypi\.org|files\.pythonhosted"],
)
def test_the_repository_stands_alone(pattern):
    """No machine's paths and no registry's host: a clone works anywhere."""
    suffixes = {".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".html", ".sql", ".sh", ""}
    skipped = {".git", ".venv", "var", "staticfiles", "node_modules", "__pycache__", ".hypothesis"}
    here = "test_house_rules.py"

    found = [
        source.name(path)
        for path in source.ROOT.rglob("*")
        if path.is_file()
        and path.suffix in suffixes
        and not skipped & set(path.parts)
        and not any(part.endswith("_cache") for part in path.parts)
        and path.name != here
        and re.search(pattern, path.read_text(errors="ignore"))
    ]

    assert found == []


def test_python_files_say_what_they_are_for():
    """A module opens with a sentence: what it is for, what it refuses."""
    silent = [
        source.name(path)
        for path in source.python_files()
        if path.stat().st_size > 0
        and path.name != "__init__.py"
        and ast.get_docstring(source.tree(path)) is None
    ]

    assert silent == []
