"""Screens: lists without totals, records with tables below them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator

from config.kernel import numerals
from config.kernel.console import reach
from config.kernel.console.large import is_small
from config.kernel.console.names import find_members, name_members, name_sources
from config.kernel.console.places import record_url
from config.kernel.console.tables import Table


class _AttachingChangeList(ChangeList):
    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        shared: dict[Any, Any] = {}
        for row in self.result_list:
            row.console_words = shared
        cast(ConsoleAdmin, self.model_admin).attach(self.result_list)


class ConsoleAdmin(ModelAdmin):  # type: ignore[misc]
    """A screen of the console: lists without totals, records with tables below them."""

    list_per_page = 50
    show_full_result_count = False
    # Counting what each filter would leave reads the whole table.
    show_facets = admin.ShowFacets.NEVER
    paginator = InfinitePaginator
    change_form_outer_after_template = "admin/_tables.html"
    actions_selection_counter = False
    list_fullwidth = True

    def attach(self, rows: list[Any]) -> None:
        """Read what the shown rows need from other tables, once for the whole page."""

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            self.attach([found])
            found.console_title = self.title_of(found)
        return found

    def title_of(self, obj: Any) -> str:
        """Return what a record is called above its page."""
        # What has no name of its own is called by its number.
        name = str(obj)
        return f"#{obj.pk}" if name == f"{type(obj).__name__} object ({obj.pk})" else name

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return _AttachingChangeList

    def url_of(self, obj: Any) -> str:
        """Return the address of a record of this screen."""
        return record_url(self.model, obj.pk)

    def tables(self, request: HttpRequest, obj: Any) -> list[Table]:
        """Return what to show below a record."""
        return []

    list_before_template = "admin/_list_tables.html"

    # What an empty list says, where the usual words do not help.
    nothing_yet: Any = ""

    # What stands before its name in the navigation, where that names no icon for it.
    icon = "table_rows"

    def waiting(self, request: HttpRequest) -> int:
        """Return how many things wait for somebody here: a badge in the navigation."""
        return 0

    def list_tables(self, request: HttpRequest) -> list[Table]:
        """Return what to show above the list: what it comes to, what can be done at once."""
        return []

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        context = dict(extra_context or {})
        if request.method == "GET" and self.has_view_permission(request):
            context["list_tables"] = self.list_tables(request)
        return super().changelist_view(request, context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        context = dict(extra_context or {})
        if object_id and request.method == "GET":
            obj = self.get_object(request, unquote(object_id))
            if obj is not None and self.has_view_permission(request, obj):
                context["tables"] = self.tables(request, obj)
        return super().changeform_view(request, object_id, form_url, context)


class ReadOnlyAdmin(ConsoleAdmin):
    """A screen that only shows."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_operate_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Tell whether this operator may press the buttons: Django's change permission."""
        meta = self.model._meta
        return bool(request.user.has_perm(f"{meta.app_label}.change_{meta.model_name}"))


class OfMembersAdmin(ReadOnlyAdmin):
    """A screen of rows that are about members: named by their number, found by any name."""

    search_fields: Sequence[str] = ("member_id",)
    search_help_text = gettext_lazy("Member number, mem_ id, phone or e-mail")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return reach.narrow(super().get_queryset(request), request)

    @admin.display(description=gettext_lazy("member"))
    def member(self, obj: Any) -> str:
        """Show the member's number as a link."""
        number, url = obj.member_name or (str(obj.member_id or "–"), "")
        return format_html('<a href="{}">{}</a>', url, number) if url else number

    def attach(self, rows: list[Any]) -> None:
        names = name_members([row.member_id for row in rows if row.member_id])
        for row in rows:
            row.member_name = names.get(row.member_id)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(member_id__in=find_members(search_term)), False


class _SpreadChangeList(_AttachingChangeList):
    def url_for_result(self, result: Any) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(name, args=[spread_key(result)])


class SpreadAdmin(OfMembersAdmin):
    """A screen over a table spread by member: a record's address names member and row."""

    # Whether looking here is kept in the access log; the log itself is looked at without.
    leaves_trace = True
    ordering: Sequence[str] = ("-id",)

    def url_of(self, obj: Any) -> str:
        return record_url(self.model, spread_key(obj))

    # How to order while the table is small enough to sort; by key when it is not.
    newest_first: Sequence[str] = ("-id",)

    def get_ordering(self, request: HttpRequest) -> Sequence[str]:
        small = is_small(self.model) or "member_id" in request.GET
        return self.newest_first if small else ("-member_id", "-id")

    def has_operate_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Tell whether buttons may be pressed; what touches a whole list, only by who sees it."""
        may = super().has_operate_permission(request, object_id)
        return may and (object_id is not None or reach.sees_all(request))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        answer = super().changelist_view(request, extra_context)
        asked = numerals.read(request.GET.get("member_id"))
        if self.leaves_trace and answer.status_code == 200 and asked is not None:
            reach.look(request, [asked], page=self.model._meta.label_lower)
        return answer

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        answer = super().changeform_view(request, object_id, form_url, extra_context)
        read = request.method == "GET" and answer.status_code == 200
        if self.leaves_trace and object_id and read:
            member = int(unquote(object_id).partition("-")[0])
            reach.look(request, [member], page=self.model._meta.label_lower)
        return answer

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return _SpreadChangeList

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        # By (member, row): the row's number alone would ask every place there is.
        told, _dash, number = object_id.partition("-")
        member, row = numerals.read(told), numerals.read(number)
        if member is None or row is None:
            return None
        found = self.get_queryset(request).filter(member_id=member, id=row).first()
        if found is not None:
            self.attach([found])
            found.console_title = self.title_of(found)
        return found


class SourcedAdmin(SpreadAdmin):
    """A screen of rows that came from something: an order by its number, with the way to it."""

    def attach(self, rows: list[Any]) -> None:
        super().attach(rows)
        names = name_sources([row.source for row in rows])
        for row in rows:
            row.source_name = names.get(row.source)

    @admin.display(description=gettext_lazy("source"), ordering="source")
    def shown_source(self, obj: Any) -> str:
        """Show what it came from, as a link where there is a page of it."""
        said, url = obj.source_name or (obj.source or "–", "")
        return format_html('<a href="{}">{}</a>', url, said) if url else said


def spread_key(row: Any) -> str:
    """Return the address part of a row of a spread table."""
    return f"{row.member_id}-{row.pk}"
