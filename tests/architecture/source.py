"""What the house-rule tests read: the product's Python files, parsed once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APP_ROOTS = (
    "config",
    "members",
    "points",
    "benefits",
    "loyalty",
    "messaging",
    "analytics",
    "campaigns",
)


@cache
def python_files(*, with_migrations: bool = False) -> tuple[Path, ...]:
    found = (path for root in APP_ROOTS for path in sorted((ROOT / root).rglob("*.py")))
    return tuple(p for p in found if with_migrations or "migrations" not in p.parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def modules_called(*names: str) -> Iterator[Path]:
    """Yield the files of modules with these names, also where one became a package."""
    for path in python_files():
        if path.stem in names or any(parent.name in names for parent in path.parents):
            yield path


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call in a file with the dotted name it is written under."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield every string literal that is not a docstring, with its line."""
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.Constant) or id(node) in documented:
            continue
        if isinstance(node.value, str):
            yield node.lineno, node.value
