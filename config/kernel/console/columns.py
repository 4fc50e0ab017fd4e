"""Columns, filters and buttons of screens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.utils.translation import gettext as _
from unfold import decorators as unfold_decorators

from config.kernel.words import column

F = TypeVar("F", bound=Callable[..., Any])
Words = Callable[[], Mapping[str, str]]


def action(*, title: Any, path: str, icon: str, permission: str = "operate") -> Callable[[F], F]:
    """Make a method of a screen a button; only those who may operate the screen see it.

    Another `permission` asks `has_<permission>_permission(request, object_id)`.
    """
    decorator: Callable[[F], F] = unfold_decorators.action(
        description=title, permissions=[permission], url_path=path, icon=icon
    )
    return decorator


class _Colors(dict[str, str]):
    """Colors by code; a code without one is shown plainly, by its word all the same."""

    def __missing__(self, code: str) -> str:
        return "default"


def badge(*, title: Any, colors: Mapping[str, str]) -> Callable[[F], F]:
    """Show a column as a colored word; the method returns (code, word)."""
    label = _Colors(colors)
    decorator: Callable[[F], F] = unfold_decorators.display(description=title, label=label)
    return decorator


def by_word(field: str, words: Words) -> tuple[str, type[admin.FieldListFilter]]:
    """Filter a list by a column of codes, shown as the words operators know."""

    class Filter(admin.ChoicesFieldListFilter):
        def choices(self, changelist: ChangeList) -> Iterator[Any]:
            chosen = [str(value) for value in self.lookup_val or ()]
            remove = [self.lookup_kwarg, self.lookup_kwarg_isnull]
            everything = changelist.get_query_string(remove=remove)
            yield {"selected": not chosen, "query_string": everything, "display": _("All")}
            for code, word in words().items():
                query = changelist.get_query_string({self.lookup_kwarg: code})
                yield {"selected": code in chosen, "query_string": query, "display": word}

    return field, Filter


def word(field: str, words: Words, *, title: Any) -> Callable[[Any, Any], str]:
    """Make a column of codes that reads as words."""

    @admin.display(description=title, ordering=field)
    def shown(screen: Any, obj: Any) -> str:
        code = getattr(obj, field)
        # Words may be rows of a table: the rows of a list share what was read for the first.
        read: dict[Words, Mapping[str, str]] = getattr(obj, "console_words", {})
        if words not in read:
            read[words] = words()
        return read[words].get(code, code)

    return shown


def figure(field: str) -> Callable[[Any, Any], str]:
    """Make a column of whole numbers that is read at a glance: 1,234,567."""

    @admin.display(description=column(field), ordering=field)
    def shown(screen: Any, obj: Any) -> str:
        value = getattr(obj, field)
        return "–" if value is None else f"{value:,}"

    return shown
