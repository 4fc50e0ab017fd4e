"""Forms that act: with a reason, into one service; what is refused is said on the form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextareaWidget

from config.kernel import clock
from config.kernel.console import rows
from config.kernel.console.tables import Table
from config.kernel.errors import DomainError, FieldError

Preview = Callable[[dict[str, Any]], Sequence[Table]]


class ReasonForm(forms.Form):
    """Why this is done: kept in the audit trail."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=gettext_lazy("Kept in the audit log with your name."),
    )


def actor(request: HttpRequest) -> str:
    """Return who acts, as the audit trail names them."""
    return f"staff:{request.user.pk}"


def ask(
    screen: ModelAdmin,
    request: HttpRequest,
    *,
    title: str,
    form_class: Callable[..., forms.Form],
    act: Callable[[dict[str, Any]], HttpResponse | str],
    done: str,
    initial: dict[str, Any] | None = None,
    explain: str = "",
    button: str = "",
    allowed: bool = True,
    preview: Preview | None = None,
    tables: Sequence[Table] = (),
    dangerous: bool = False,
) -> HttpResponse:
    """Show a form, and hand what it holds to `act`; what the domain refuses is said on it.

    `act` returns the page to show, or the sentence to say on the way back to `done`.
    `preview` tells what the form as it stands would do, each time it changes and at the
    press of a button; it is given the fields that are right so far. `tables` stand below
    the form whatever is typed: what it is about, what it would change.
    """
    if not allowed:
        raise PermissionDenied
    form, only_shown = _opened(request, form_class, initial)
    if request.method == "POST" and not only_shown and form.is_valid():
        try:
            answer = act(form.cleaned_data)
        except DomainError as error:
            say(form, error)
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
        "dangerous": dangerous,
        "tables": tables,
        "previewed": _preview(form, form_class, preview, initial or {}) if preview else [],
        # Django's calendar speaks the words that this catalog brings.
        "dated": "calendar.js" in str(form.media),
        "wide": any(isinstance(field, rows.RowsField) for field in form.fields.values()),
    }
    return render(request, "admin/ask.html", values)


def change(
    screen: Any,
    request: HttpRequest,
    obj: Any,
    *,
    title: str,
    run: Callable[..., Any],
    said: str | Callable[[Any], str],
    form_class: Callable[..., forms.Form] = ReasonForm,
    **asked: Any,
) -> HttpResponse:
    """Ask a form about a record, hand what it holds to one service, and say what came of it.

    `run` is the service with what names the record filled in (`partial(services.end_item,
    item_id=item.pk)`); it is given the form's values, who acts and now. `said` is the sentence,
    or makes it of what the service returned. Whatever else is told goes to `ask`; the way back
    is the record unless `done` names another.
    """

    def act(values: dict[str, Any]) -> str:
        came = run(**values, actor=actor(request), now=clock.now())
        return said(came) if callable(said) else said

    return ask(
        screen,
        request,
        title=title,
        form_class=form_class,
        act=act,
        **{"done": screen.url_of(obj), **asked},
    )


def _opened(
    request: HttpRequest, form_class: Callable[..., forms.Form], initial: dict[str, Any] | None
) -> tuple[forms.Form, bool]:
    """Return the form, and whether it was sent only to be looked at."""
    if request.method != "POST":
        return form_class(initial=initial), False
    files = request.FILES or None
    moved = rows.rearranged(request.POST, form_class(initial=initial).fields)
    if moved is not None:
        form = form_class(moved, files, initial=initial)
        rows.quieten(form)
        return form, True
    form = form_class(request.POST, files, initial=initial)
    if "preview" in request.POST:
        # Why it is done is asked when it is done.
        form.errors.pop("reason", None)
        return form, True
    return form, False


def _preview(
    form: forms.Form,
    form_class: Callable[..., forms.Form],
    preview: Preview,
    initial: dict[str, Any],
) -> Sequence[Table]:
    """Preview what is typed, or what the form opens with."""
    data = form.data if isinstance(form.data, QueryDict) else rows.as_data(form, initial)
    shown = form_class(data, initial=initial)
    shown.is_valid()
    if set(shown.errors) - {"reason"}:
        return []
    return preview(dict(shown.cleaned_data))


def say(form: forms.Form, error: DomainError) -> None:
    """Say what the domain refuses: at the field or cell it names, else above the form."""
    placed = [_at_its_field(form, wrong) for wrong in error.errors]
    if not any(placed):
        form.add_error(None, refusal(error))


def _at_its_field(form: forms.Form, wrong: FieldError) -> bool:
    name, _slash, rest = wrong.pointer.lstrip("/").partition("/")
    field = form.fields.get(name)
    if field is None:
        return False
    place, _slash, cell = rest.partition("/")
    if not isinstance(field, rows.RowsField):
        form.add_error(name, _(wrong.detail))
        return True
    filled = field.rows.filled()
    if place.isdecimal() and int(place) < len(filled):
        row = filled[int(place)][1]
        row.add_error(cell if cell in row.fields else None, _(wrong.detail))
        if not form.has_error(name):
            form.add_error(name, _("Look at the rows that are marked."))
    else:
        form.add_error(name, _(wrong.detail))
    return True


def refusal(error: DomainError) -> str:
    """Return what was refused and why, in the operator's language where there are words."""
    title = _(error.title)
    return title if error.detail == error.title else f"{title} ({_(error.detail)})"


def found_or_404(screen: ModelAdmin, request: HttpRequest, object_id: str) -> Any:
    """Return the record an action is about."""
    obj = screen.get_object(request, unquote(str(object_id)))
    if obj is None:
        raise Http404
    return obj
