"""Read a page of the console as an operator does: what fields hold, what is said where."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class Page(HTMLParser):
    """Fields by name with their attributes, and the text of elements with an id."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self.fields: dict[str, dict[str, str]] = {}
        self.said: dict[str, str] = {}
        self._inside = ""
        self.feed(answer.content.decode())

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        found = {key: value or "" for key, value in attrs}
        if tag in ("input", "select", "textarea") and "name" in found:
            self.fields[found["name"]] = found
        self._inside = found.get("id", "") if tag == "p" else ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.said[self._inside] = self.said.get(self._inside, "") + data

    def value(self, name: str) -> str:
        """Return what a field holds."""
        return self.fields[name].get("value", "")

    def error(self, name: str) -> str:
        """Return what is said at a cell."""
        return self.said.get(f"id_{name}-error", "")
