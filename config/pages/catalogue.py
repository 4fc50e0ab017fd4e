"""The translation catalogue: read from code and templates, checked and compiled by Babel.

Django's own commands need gettext's binaries, which a bare machine lacks. The English text
is the message id, so only Chinese has a catalogue. Two things beside `gettext` calls are
read: titles of domain errors, which pages translate when they show a refusal, and the
strings of unfold, which ships no Chinese, and those that django-celery-beat's lacks.
"""

from __future__ import annotations

import ast
import inspect
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
PO = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
APPS = ("config", "members", "points", "benefits", "loyalty", "messaging", "analytics", "campaigns")
UNFOLD = "unfold"
BEAT = "django_celery_beat"
# Those of Django's own apps that the console is made of.
_DJANGO_APPS = ("admin", "auth", "contenttypes", "sessions", "humanize", "postgres")
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]*[\d.]*[a-zA-Z]|%[sd]|\{\w*\}")
# Header lines that change with every run and tell nothing.
_VOLATILE = re.compile(
    r'^"(Report-Msgid|POT-Creation|PO-Revision|Last-Translator|Language-Team|Generated).*\n', re.M
)
_HEADER = "# Simplified Chinese, kept by `manage.py messages extract`: fill in msgstr, no more."


@dataclass(frozen=True, slots=True)
class Found:
    """One string somewhere in the sources."""

    id: str | tuple[str, ...]
    context: str | None
    where: str
    section: str


def compile_catalogue(*, po: Path = PO) -> Path:
    """Write the .mo beside `po` when it is missing or older, and return it."""
    mo = po.with_suffix(".mo")
    if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
        return mo
    with po.open("rb") as file:
        catalogue = read_po(file, locale="zh_Hans")
    # Several test processes may come here at once: each writes its own, the last one stays.
    draft = mo.with_suffix(f".{os.getpid()}.tmp")
    with draft.open("wb") as out:
        write_mo(out, catalogue)
    draft.replace(mo)
    return mo


def update_catalogue(*, po: Path = PO) -> Catalog:
    """Rewrite `po` from the sources, keeping every translation that is still used."""
    before = _read(po)
    after = _blank()
    for found in find_strings():
        known = before.get(found.id if isinstance(found.id, str) else found.id[0], found.context)
        text = known.string if known is not None and _same_shape(known, found) else None
        after.add(
            found.id,
            string=text if text is not None else ("" if isinstance(found.id, str) else ("",)),
            locations=[(found.where, 0)],
            auto_comments=[found.section] if found.section else [],
            context=found.context,
            flags=set(known.flags) - {"fuzzy"} if known is not None else set(),
        )
    out = BytesIO()
    write_po(out, after, width=0, sort_output=True, omit_header=False, include_lineno=False)
    po.parent.mkdir(parents=True, exist_ok=True)
    po.write_text(_VOLATILE.sub("", out.getvalue().decode()), encoding="utf-8")
    return after


def list_problems(*, po: Path = PO) -> list[str]:
    """Return what is wrong with the catalogue: nothing is right only when it is empty."""
    catalogue = _read(po)
    wanted = {(_first(found.id), found.context): found for found in find_strings()}
    present = {
        (_first(message.id), message.context): message for message in catalogue if message.id
    }
    problems = [
        f"missing: {found.id!r} ({found.where})"
        for key, found in wanted.items()
        if key not in present
    ]
    problems += [f"stale: {key[0]!r}" for key in present if key not in wanted]
    for message in present.values():
        problems += _message_problems(message)
    return sorted(problems)


def find_strings() -> Iterator[Found]:
    """Yield every translatable string: our own first, then what only unfold uses."""
    seen: set[tuple[str, str | None]] = set()
    for path in _sources():
        for found in _strings_of(path, str(path.relative_to(ROOT)), ""):
            seen.add((_first(found.id), found.context))
            yield found
    elsewhere = _translated_by_others()
    for section, sources in ((UNFOLD, _unfold_sources()), (BEAT, _beat_sources())):
        for path, name in sources:
            for found in _strings_of(path, name, section):
                key = (_first(found.id), found.context)
                if key not in seen and key not in elsewhere:
                    seen.add(key)
                    yield found


def _sources() -> Iterator[Path]:
    yield from sorted((ROOT / "templates").rglob("*.html"))
    yield from sorted((ROOT / "templates").rglob("*.txt"))
    for app in APPS:
        for pattern in ("*.py", "*.html", "*.txt"):
            for path in sorted((ROOT / app).rglob(pattern)):
                if "migrations" not in path.parts:
                    yield path


def _package(name: str) -> Path:
    spec = find_spec(name)
    return Path(str(spec and spec.origin)).parent


def _beat_sources() -> Iterator[tuple[Path, str]]:
    package = _package(BEAT)
    for name in ("admin.py", "models.py"):
        yield package / name, f"{BEAT}/{name}"


def _unfold_sources() -> Iterator[tuple[Path, str]]:
    package = _package(UNFOLD)
    for pattern in ("*.py", "*.html"):
        for path in sorted(package.rglob(pattern)):
            parts = path.relative_to(package).parts
            # Screens of packages we do not use.
            if not {"import_export", "constance", "guardian", "location_field"} & set(parts):
                yield path, "unfold/" + "/".join(parts)


def _strings_of(path: Path, name: str, section: str) -> Iterator[Found]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        if path.name == "errors.py":
            yield from (Found(title, None, name, section) for title in _titles(text))
        elif "operation(" in text:
            yield from (Found(words, None, name, section) for words in _operations(text))
        source = text
    else:
        from django.utils.translation.template import templatize

        # What is left of a template is calls between filler: its indentation means nothing.
        lines = templatize(text, origin=str(path)).splitlines()
        source = "\n".join(line.strip() for line in lines)
    if not re.search(r"gettext|\b_\(", source):
        return
    stream = BytesIO(source.encode())
    for _line, message, _comments, context in extract("python", stream, _KEYWORDS):
        if message and message != ("", ""):
            yield Found(message, context, name, section)


def _titles(source: str) -> Iterator[str]:
    """Yield the `title = "…"` of error classes."""
    for node in ast.walk(ast.parse(source)):
        target: ast.expr | None = None
        if isinstance(node, ast.Assign):
            target = node.targets[0]
        elif isinstance(node, ast.AnnAssign):
            target = node.target
        else:
            continue
        value = node.value
        if (
            isinstance(target, ast.Name)
            and target.id == "title"
            and isinstance(value, ast.Constant)
        ):
            yield str(value.value)


def _operations(source: str) -> Iterator[str]:
    """Yield what the API's docs say of operations: summary, tag, and docstring by paragraph."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef):
            continue
        for decorator in node.decorator_list:
            told = {word.arg: word.value for word in getattr(decorator, "keywords", [])}
            words = [told.get("summary"), told.get("tag")]
            if isinstance(words[0], ast.Constant):
                yield from (str(word.value) for word in words if isinstance(word, ast.Constant))
                yield from paragraphs(ast.get_docstring(node) or "")


def paragraphs(docstring: str) -> list[str]:
    """Return the paragraphs of a docstring, each on one line: so they are translated."""
    parts = inspect.cleandoc(docstring).split("\n\n")
    return [text for text in (" ".join(part.split()) for part in parts) if text]


def _translated_by_others() -> set[tuple[str, str | None]]:
    """Return what the Chinese of installed apps covers: unfold reuses the admin's strings."""
    import django

    own = Path(django.__file__).parent
    homes = [own / "conf", *(own / "contrib" / app for app in _DJANGO_APPS), _package(BEAT)]
    known: set[tuple[str, str | None]] = set()
    for home in homes:
        po = home / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
        if not po.exists():
            continue
        with po.open("rb") as file:
            known |= {(_first(m.id), m.context) for m in read_po(file) if m.id and _is_full(m)}
    return known


def _is_full(message: Message) -> bool:
    texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return bool(texts) and all(texts) and not message.fuzzy


def _message_problems(message: Message) -> Iterator[str]:
    texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if not texts or not all(texts):
        yield f"untranslated: {_first(message.id)!r}"
        return
    if message.fuzzy:
        yield f"fuzzy: {_first(message.id)!r}"
    # The plural form names everything; a singular may leave the number out.
    full = message.id[-1] if isinstance(message.id, tuple | list) else message.id
    for text in texts:
        if set(_PLACEHOLDER.findall(full)) != set(_PLACEHOLDER.findall(str(text))):
            yield f"placeholders differ: {_first(message.id)!r} -> {text!r}"


def _same_shape(known: Message, found: Found) -> bool:
    return isinstance(known.id, str) == isinstance(found.id, str)


def _first(id: str | tuple[str, ...] | list[str]) -> str:
    return id if isinstance(id, str) else id[0]


def _blank() -> Catalog:
    return Catalog(locale="zh_Hans", header_comment=_HEADER, project="changke", fuzzy=False)


def _read(po: Path) -> Catalog:
    if not po.exists():
        return _blank()
    with po.open("rb") as file:
        return read_po(file, locale="zh_Hans")
