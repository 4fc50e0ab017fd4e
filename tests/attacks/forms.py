"""The forms of a page as a browser sees them, and nonsense to send in each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

# What a person types or chooses; the rest a browser sends along by itself.
_WRITTEN = {"text", "tel", "email", "number", "search", "url", "date", "datetime-local", "time"}
_CHOSEN = {"radio", "checkbox", "select"}
# Never shown again, whatever was typed.
_SECRET = {"password", "file"}

NONSENSE = {
    "nothing": "",
    "nonsense": "no such thing ⁉",
    "markup": "'\"><script>alert(1)</script>{{7*7}}",
    "too long": "x" * 4000,
    "controls": "a\x00b\u202e\x1b",
    "numbers": "-99999999999999999999999999",
}


@dataclass(slots=True)
class Form:
    """A form: where it goes, what it carries, and what one writes into it."""

    action: str
    method: str
    carried: dict[str, str] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)

    @property
    def asks(self) -> bool:
        """Tell whether somebody types something here; else it is a button."""
        return self.method == "post" and any(kind not in _CHOSEN for kind in self.written.values())

    def filled(self, words: str) -> dict[str, str]:
        """Return what a browser sends when `words` stand wherever one can write."""
        return self.carried | {name: words for name, kind in self.written.items() if kind != "file"}

    def shown(self) -> list[str]:
        """Return the fields whose words come back when the form is refused."""
        return [name for name, kind in self.written.items() if kind in _WRITTEN | {"textarea"}]


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.forms = path, list[Form]()
        self.here: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = said.get("action") or self.path
            self.here = Form(action=action, method=said.get("method", "get").lower())
            self.forms.append(self.here)
        elif self.here is not None and said.get("name"):
            self._field(self.here, tag, said)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.here = None

    def _field(self, form: Form, tag: str, said: dict[str, str]) -> None:
        kind = said.get("type", "text") if tag == "input" else tag
        if said.get("autocomplete") == "one-time-code":
            kind = "password"
        if kind in _WRITTEN | _CHOSEN | _SECRET | {"textarea"}:
            form.written[said["name"]] = kind
        elif kind == "hidden":
            form.carried[said["name"]] = said.get("value", "")


def forms_of(path: str, page: str) -> list[Form]:
    """Return the forms of a page."""
    reader = _Reader(path)
    reader.feed(page)
    return reader.forms


def nonsense(form: Form) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return what to send, and what kind of nonsense it is."""
    for kind, words in NONSENSE.items():
        yield kind, form.filled(words)
