"""What all screens of the operations console share.

Screens read; whatever an operator changes goes through a form with a reason into a service.
Tables of millions of rows are listed without counting them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold import decorators as unfold_decorators
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator
from unfold.widgets import UnfoldAdminTextareaWidget

from config.kernel import clock, explain
from config.kernel.errors import DomainError

F = TypeVar("F", bound=Callable[..., Any])


def action(*, title: Any, path: str, icon: str) -> Callable[[F], F]:
    """Make a method of a screen a button; only those who may operate the screen see it."""
    decorator: Callable[[F], F] = unfold_decorators.action(
        description=title, permissions=["operate"], url_path=path, icon=icon
    )
    return decorator


def badge(*, title: Any, colors: Mapping[str, str]) -> Callable[[F], F]:
    """Show a column as a colored word; the method returns (code, word)."""
    decorator: Callable[[F], F] = unfold_decorators.display(description=title, label=dict(colors))
    return decorator


Words = Callable[[], Mapping[str, str]]


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
        return words().get(code, code)

    return shown


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads somewhere."""

    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table below a record. A cell is text, a number or a `Link`."""

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[object]]
    empty: str = ""
    more: Link | None = None


class ReasonForm(forms.Form):
    """Why this is done: kept in the audit trail."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=gettext_lazy("Kept in the audit log with your name."),
    )


class _AttachingChangeList(ChangeList):
    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
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

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return _AttachingChangeList

    def tables(self, request: HttpRequest, obj: Any) -> list[Table]:
        """Return what to show below a record."""
        return []

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


class _SpreadChangeList(_AttachingChangeList):
    def url_for_result(self, result: Any) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(name, args=[spread_key(result)])


class SpreadAdmin(ReadOnlyAdmin):
    """A screen over a table spread by member: a record's address names member and row."""

    ordering: Sequence[str] = ("-id",)
    search_fields = ("member_id",)
    search_help_text = gettext_lazy("Member number, mem_ id, phone or e-mail")

    # How to order while the table is small enough to sort; by key when it is not.
    newest_first: Sequence[str] = ("-id",)

    def get_ordering(self, request: HttpRequest) -> Sequence[str]:
        small = is_small(self.model) or "member_id" in request.GET
        return self.newest_first if small else ("-member_id", "-id")

    @admin.display(description=gettext_lazy("member"))
    def member(self, obj: Any) -> str:
        """Show the member's number as a link."""
        number, url = obj.member_name or (str(obj.member_id), "")
        return format_html('<a href="{}">{}</a>', url, number) if url else number

    def attach(self, rows: list[Any]) -> None:
        names = name_members([row.member_id for row in rows])
        for row in rows:
            row.member_name = names.get(row.member_id)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(member_id__in=find_members(search_term)), False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return _SpreadChangeList

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        # By (member, row): the row's number alone would ask every place there is.
        member, _dash, row = object_id.partition("-")
        if not (member.isdecimal() and row.isdecimal()):
            return None
        found = self.get_queryset(request).filter(member_id=int(member), id=int(row)).first()
        if found is not None:
            self.attach([found])
        return found


_namers: list[Callable[[Sequence[int]], dict[int, tuple[str, str]]]] = []


def names_members(
    namer: Callable[[Sequence[int]], dict[int, tuple[str, str]]],
) -> Callable[[Sequence[int]], dict[int, tuple[str, str]]]:
    """Register how the console names members: number and address of the screen, by id."""
    _namers.append(namer)
    return namer


def name_members(member_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return the number and the address of members."""
    return {key: name for namer in _namers for key, name in namer(member_ids).items()}


_finders: list[Callable[[str], list[int]]] = []


def finds_members(finder: Callable[[str], list[int]]) -> Callable[[str], list[int]]:
    """Register how the console finds members by what an operator types."""
    _finders.append(finder)
    return finder


def find_members(text: str) -> list[int]:
    """Return the members that a number, id, phone or address names."""
    return [member for finder in _finders for member in finder(text.strip())]


def spread_key(row: Any) -> str:
    """Return the address part of a row of a spread table."""
    return f"{row.member_id}-{row.pk}"


_SORTABLE = 200_000


def is_small(model: type[Model]) -> bool:
    """Tell whether a table can be sorted while an operator waits, by the planner's estimate."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table]
        )
        return bool(cursor.fetchone()[0] < _SORTABLE)


def newest(rows: QuerySet[Any], *, field: str, enough: int = 200) -> QuerySet[Any]:
    """Narrow a huge table to its newest stretch: an hour, a day, a month, a year, or all.

    A list of everything by time would sort it all. The stretch is the shortest that holds
    `enough` rows.
    """
    now: datetime = clock.now()
    for stretch in (timedelta(hours=1), timedelta(days=1), timedelta(days=31), timedelta(days=366)):
        part = rows.filter(**{f"{field}__gte": now - stretch})
        if part.values("pk")[:enough].count() >= enough:
            return part
    return rows


def actor(request: HttpRequest) -> str:
    """Return who acts, as the audit trail names them."""
    return f"staff:{request.user.pk}"


def ask(
    screen: ModelAdmin,
    request: HttpRequest,
    *,
    title: str,
    form_class: type[forms.Form],
    act: Callable[[dict[str, Any]], HttpResponse | str],
    done: str,
    initial: dict[str, Any] | None = None,
    explain: str = "",
    button: str = "",
    allowed: bool = True,
    preview: Callable[[dict[str, Any]], Sequence[Table]] | None = None,
) -> HttpResponse:
    """Show a form, and hand what it holds to `act`; what the domain refuses is said on it.

    `act` returns the page to show, or the sentence to say on the way back to `done`.
    `preview` tells what the form as it stands would do, each time it changes and at the
    press of a button; it is given the fields that are right so far.
    """
    if not allowed:
        raise PermissionDenied
    form = form_class(request.POST or None, request.FILES or None, initial=initial)
    looks = preview is not None and "preview" in request.POST
    if request.method == "POST" and not looks and form.is_valid():
        try:
            answer = act(form.cleaned_data)
        except DomainError as error:
            form.add_error(None, refusal(error))
        else:
            if isinstance(answer, HttpResponse):
                return answer
            messages.success(request, answer)
            return HttpResponseRedirect(done)
    values = {
        **screen.admin_site.each_context(request),
        "opts": screen.model._meta,
        "title": title,
        "form": form,
        "explain": explain,
        "button": button or _("Confirm"),
        "done": done,
        "media": screen.media + form.media,
        "previewable": preview is not None,
        "tables": _preview(form, preview, looks=looks, initial=initial or {}) if preview else [],
    }
    return render(request, "admin/ask.html", values)


def _preview(
    form: forms.Form,
    preview: Callable[[dict[str, Any]], Sequence[Table]],
    *,
    looks: bool,
    initial: dict[str, Any],
) -> Sequence[Table]:
    """Preview what is typed, or what the form opens with."""
    shown = form if form.is_bound else type(form)(initial)
    shown.is_valid()
    if looks:
        # Why it is done is asked when it is done.
        form.errors.pop("reason", None)
    if set(shown.errors) - {"reason"}:
        return []
    return preview(dict(shown.cleaned_data))


def why_table(*, member_id: int, source: str) -> list[Table]:
    """Return the decision behind what a source earned, line by line; nothing if none is kept."""
    found = explain.explain(member_id=member_id, source=source)
    if found is None:
        return []
    return [
        Table(
            title=_("Why: by %(rule)s, rounded down once") % {"rule": found.rule_version},
            headers=[
                _("Line"),
                _("Base, minor units"),
                _("Points for each"),
                _("Multiplier"),
                _("Points"),
            ],
            rows=[
                [
                    step.get("line_no"),
                    step.get("base"),
                    step.get("rate"),
                    f"× {step.get('multiplier')}",
                    step.get("points"),
                ]
                for step in found.arithmetic
            ],
        )
    ]


def when(moment: datetime) -> str:
    """Return a time in the console's zone and the operator's format."""
    return str(date_format(timezone.localtime(moment), "DATETIME_FORMAT"))


def refusal(error: DomainError) -> str:
    """Return what was refused and why, in the operator's language where there are words."""
    title = _(error.title)
    return title if error.detail == error.title else f"{title} ({error.detail})"


def record_url(model: type[Model], key: object) -> str:
    """Return the address of a record's screen."""
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[key])


def found_or_404(screen: ModelAdmin, request: HttpRequest, object_id: str) -> Any:
    """Return the record an action is about."""
    obj = screen.get_object(request, unquote(str(object_id)))
    if obj is None:
        raise Http404
    return obj
