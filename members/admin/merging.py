"""Console: merge cases. Two members side by side, what would stay, and who decided."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from config.kernel import clock, merging, numerals, sheets, words
from config.kernel.console import (
    Link,
    ReadOnlyAdmin,
    ReasonForm,
    Table,
    action,
    actor,
    ask,
    badge,
    by_word,
    find_members,
    found_or_404,
    name_actors,
    name_members,
    programme_words,
    record_url,
    when,
    word,
)
from config.kernel.errors import DomainError
from config.kernel.panels import Subject
from config.kernel.sheets import Body, Sheet
from members import models, selectors, services, wording
from members.admin.accounts import store_choices
from members.errors import MemberNotFoundError
from members.types import MergeLine

words.call(models.MergeCase)
_COLORS = {
    "open": "warning",
    "waiting": "info",
    "merged": "success",
    "undone": "danger",
    "rejected": "danger",
}


class PairForm(ReasonForm):
    """Which two, and which of them stays."""

    survivor = forms.CharField(
        label=gettext_lazy("Member who stays"),
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Member number, mem_ id, phone or e-mail"),
    )
    duplicate = forms.CharField(
        label=gettext_lazy("Member who goes into it"), widget=UnfoldAdminTextInputWidget
    )
    field_order = ("survivor", "duplicate", "reason")

    def clean_survivor(self) -> int:
        return _read(self.cleaned_data["survivor"])

    def clean_duplicate(self) -> int:
        return _read(self.cleaned_data["duplicate"])


def _read(text: str) -> int:
    found = find_members(text)
    if len(found) != 1:
        raise forms.ValidationError(_("This names no member, or several."))
    return found[0]


@admin.register(models.MergeCase)
class MergeCaseAdmin(ReadOnlyAdmin):
    """Two members who may be one: looked at side by side, merged, rejected, undone."""

    icon = "merge"
    nothing_yet = gettext_lazy(
        "Nobody seems to be two members. A storefront that attaches an id which belongs to "
        "another member opens a case here."
    )
    list_display = (
        "opened_at",
        "survivor",
        "duplicate",
        "shown_found",
        "shown_state",
        "shown_reason",
    )
    fields = (
        "survivor",
        "duplicate",
        "shown_found",
        "state_word",
        "opened_at",
        "opener",
        "shown_reason",
        "decider",
        "decided_at",
        "decision",
        "undo_until",
        "undoer",
        "undone_at",
        "undo_reason",
    )
    readonly_fields = fields
    list_filter = (
        by_word("state", wording.merge_states),
        by_word("found", wording.merge_finds),
        by_word("programme_id", programme_words),
    )
    search_fields = ("id",)
    search_help_text = gettext_lazy("Member number, mem_ id, phone or e-mail")
    ordering = ("-id",)
    actions_list = ("start",)
    actions_detail = ("merge", "swap", "reject", "undo")
    shown_found = word("found", wording.merge_finds, title=gettext_lazy("found"))
    state_word = word("state", wording.merge_states, title=gettext_lazy("state"))

    def waiting(self, request: HttpRequest) -> int:
        return models.MergeCase.objects.filter(state="open").count()

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        if not search_term.strip():
            return queryset, False
        found = find_members(search_term)
        return queryset.filter(survivor_id__in=found) | queryset.filter(
            duplicate_id__in=found
        ), False

    def attach(self, rows: list[Any]) -> None:
        names = name_members([pk for row in rows for pk in (row.survivor_id, row.duplicate_id)])
        acted = {by for row in rows for by in (row.opened_by, row.decided_by, row.undone_by)}
        actors = name_actors(sorted(by for by in acted if by))
        for row in rows:
            row.names, row.actors = names, actors

    @admin.display(description=gettext_lazy("stays"))
    def survivor(self, obj: Any) -> str:
        return _linked(obj, obj.survivor_id)

    @admin.display(description=gettext_lazy("goes into it"))
    def duplicate(self, obj: Any) -> str:
        return _linked(obj, obj.duplicate_id)

    @badge(title=gettext_lazy("state"), colors=_COLORS)
    def shown_state(self, obj: Any) -> tuple[str, str]:
        return obj.state, self.state_word(obj)

    @admin.display(description=gettext_lazy("reason"))
    def shown_reason(self, obj: Any) -> str:
        kind, _colon, channel = obj.reason.partition(":")
        if kind == "identity" and channel:
            return _("An id of %(channel)s names the other") % {"channel": channel}
        return str(obj.reason)

    @admin.display(description=gettext_lazy("opened by"))
    def opener(self, obj: Any) -> str:
        return str(obj.actors.get(obj.opened_by, obj.opened_by))

    @admin.display(description=gettext_lazy("decided by"))
    def decider(self, obj: Any) -> str:
        return str(obj.actors.get(obj.decided_by, obj.decided_by))

    @admin.display(description=gettext_lazy("undone by"))
    def undoer(self, obj: Any) -> str:
        return str(obj.actors.get(obj.undone_by, obj.undone_by))

    def tables(self, request: HttpRequest, obj: Any) -> list[Table]:
        return _side_by_side(obj)

    # --- Buttons ---------------------------------------------------------------------------

    def _may(self, request: HttpRequest, object_id: Any, *states: str) -> bool:
        key = numerals.read(object_id)
        if key is None or not self.has_operate_permission(request):
            return False
        return models.MergeCase.objects.filter(pk=key, state__in=states).exists()

    def has_decide_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may(request, object_id, "open")

    def has_undo_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may(request, object_id, "merged")

    @action(title=gettext_lazy("Compare two members"), path="start", icon="compare_arrows")
    def start(self, request: HttpRequest) -> HttpResponse:
        """Choose two members; what a merge would make of them is shown as it is typed."""
        chosen = request.GET.get("member", "")
        key = numerals.read(chosen)
        if key is not None:
            chosen = name_members([key]).get(key, ("", ""))[0]

        def act(values: dict[str, Any]) -> HttpResponse:
            case_id = services.open_case(
                survivor_id=values["survivor"],
                duplicate_id=values["duplicate"],
                found="operator",
                actor=actor(request),
                reason=values["reason"],
                now=clock.now(),
            )
            return HttpResponseRedirect(record_url(models.MergeCase, case_id))

        return ask(
            self,
            request,
            title=_("Compare two members"),
            form_class=PairForm,
            act=act,
            done=reverse("admin:members_mergecase_changelist"),
            initial={"survivor": chosen, "duplicate": request.GET.get("other", "")},
            explain=_("Nothing is merged yet: a case is opened, and decided on its own page."),
            button=_("Open a case"),
            preview=_preview,
            tables=_likely(chosen),
        )

    @action(title=gettext_lazy("Merge"), path="merge", icon="merge", permission="decide")
    def merge(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Merge at once, or ask a second person when much moves."""
        case = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            report = services.decide_merge(
                case_id=case.pk, actor=actor(request), reason=values["reason"], now=clock.now()
            )
            if report is None:
                return _("So many points move that a second person has to agree.")
            return _("The two are one member now. It can be undone for 30 days.")

        return self._ask(
            request,
            case,
            act,
            title=_("Merge two members"),
            explain=_(
                "Points move lot by lot, with their dates. Orders and messages stay, and are read "
                "under both numbers. The old number, phone and ids keep answering."
            ),
            button=_("Merge"),
            tables=_side_by_side(case),
        )

    @action(
        title=gettext_lazy("The other stays"), path="swap", icon="swap_horiz", permission="decide"
    )
    def swap(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let the other of the two stay."""
        case = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            services.swap(case_id=case.pk, actor=actor(request), now=clock.now())
            return _("Now the other stays.")

        return self._ask(request, case, act, title=_("Let the other stay"), button=_("Swap"))

    @action(title=gettext_lazy("Reject"), path="reject", icon="block", permission="decide")
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say that the two are two people."""
        case = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            services.reject(
                case_id=case.pk, actor=actor(request), reason=values["reason"], now=clock.now()
            )
            return _("The two stay two members.")

        return self._ask(request, case, act, title=_("Keep the two apart"), button=_("Keep apart"))

    @action(title=gettext_lazy("Undo"), path="undo", icon="undo", permission="undo")
    def undo(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make two members of one again."""
        case = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            services.undo(
                case_id=case.pk, actor=actor(request), reason=values["reason"], now=clock.now()
            )
            return _("They are two members again.")

        return self._ask(
            request,
            case,
            act,
            title=_("Undo the merge"),
            explain=_(
                "Each gets back what was theirs. Points that came with the merge and were spent "
                "since are made up from the other points of who stays; where these do not "
                "suffice, nothing is undone."
            ),
            button=_("Undo the merge"),
            dangerous=True,
        )

    def _ask(self, request: HttpRequest, case: Any, act: Any, **told: Any) -> HttpResponse:
        done = record_url(models.MergeCase, case.pk)
        return ask(self, request, form_class=ReasonForm, act=act, done=done, **told)


def _linked(obj: Any, member_id: int) -> str:
    number, url = obj.names.get(member_id, (str(member_id), ""))
    return format_html('<a href="{}">{}</a>', url, number) if url else str(number)


def _side_by_side(case: Any) -> list[Table]:
    """Return the report of a merged case, else what a merge would make of the two now."""
    try:
        lines = services.list_merge_lines(case_id=case.pk, now=clock.now())
    except DomainError as error:
        lines = []
        note = _(error.title)
    else:
        note = ""
    names = name_members([case.survivor_id, case.duplicate_id])
    heads = [names.get(pk, (str(pk), ""))[0] for pk in (case.survivor_id, case.duplicate_id)]
    return _tables(lines, heads) or [
        Table(title=_("Side by side"), headers=[], rows=[], empty=note)
    ]


def _preview(values: dict[str, Any]) -> list[Table]:
    if "survivor" not in values or "duplicate" not in values:
        return []
    pair = [values["survivor"], values["duplicate"]]
    names = name_members(pair)
    try:
        lines = services.preview_merge(survivor_id=pair[0], duplicate_id=pair[1], now=clock.now())
    except DomainError as error:
        return [Table(title=_("Cannot be merged"), headers=[], rows=[], empty=_(error.title))]
    return _tables(lines, [names.get(pk, (str(pk), ""))[0] for pk in pair])


def _tables(lines: list[MergeLine], heads: list[str]) -> list[Table]:
    """Return one table for each part; rows on which the two differ are marked."""
    tables = []
    for part in merging.parts():
        mine = [line for line in lines if line.part == part.slug]
        if mine:
            tables.append(
                Table(
                    title=str(part.title),
                    headers=["", *heads, _("What stays")],
                    rows=[
                        [
                            wording.merge_line(line),
                            *(
                                _shown(line, text)
                                for text in (line.survivor, line.duplicate, line.result)
                            ),
                        ]
                        for line in mine
                    ],
                    marked=[n for n, x in enumerate(mine) if x.survivor != x.duplicate],
                )
            )
    return tables


def _shown(line: MergeLine, text: str) -> str:
    if not text:
        return "–"
    if line.part == "loyalty" and line.what == "amount":
        return f"{int(text) / 100:,.2f}"
    if line.what == "home_store_id":
        return dict(store_choices()).get(text, text)
    if text.isdecimal():
        return f"{int(text):,}"
    return wording.of_words(text) if line.what in ("until", "joined_at", "membership") else text


def _likely(number: str) -> list[Table]:
    """Return who may be the same person as the member one came from."""
    found = find_members(number) if number else []
    if len(found) != 1:
        return []
    try:
        likely = selectors.list_likely(member_id=found[0], now=clock.now())
    except MemberNotFoundError:
        return []
    names = name_members(likely)
    here = reverse("admin:members_mergecase_start")
    return [
        Table(
            title=_("May be the same person"),
            note=_("They signed in on the same device, or have the same birthday and nickname."),
            headers=[_("Member"), ""],
            rows=[
                [
                    Link(*names[pk]),
                    Link(_("Compare"), f"{here}?member={found[0]}&other={names[pk][0]}"),
                ]
                for pk in likely
            ],
            empty=_("Nobody looks like this member."),
        )
    ]


def _sheet(subject: Subject) -> Body:
    others = [pk for pk in subject.member_ids if pk != subject.member_id]
    cases = selectors.list_cases_of(member_ids=[subject.member_id])
    named = [*others, *(pk for case in cases for pk in (case.survivor_id, case.duplicate_id))]
    names = name_members(named) if named else {}
    start = Link(
        _("Merge with…"), f"{reverse('admin:members_mergecase_start')}?member={subject.member_id}"
    )
    tables = []
    if cases:
        tables.append(
            Table(
                title=_("Merge cases"),
                headers=[_("Opened"), _("Stays"), _("Goes into it"), _("State")],
                rows=[
                    [
                        Link(when(case.opened_at), record_url(models.MergeCase, case.pk)),
                        names.get(case.survivor_id, ("–", ""))[0],
                        names.get(case.duplicate_id, ("–", ""))[0],
                        wording.merge_states()[case.state],
                    ]
                    for case in cases
                ],
            )
        )
    return Body(
        say="" if others else _("No other account was merged into this one."),
        facts=[(_("Also answers as"), ", ".join(names[pk][0] for pk in others))] if others else [],
        tables=tables,
        actions=[(start, "members.change_mergecase")],
    )


def register_sheet() -> None:
    """Put what was merged into a member on the member's page."""
    sheets.register(
        Sheet(
            slug="merges",
            title=gettext_lazy("One member everywhere"),
            order=70,
            permission="members.view_mergecase",
            read=_sheet,
        )
    )


register_sheet()
