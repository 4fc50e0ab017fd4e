"""Console: the buttons that decide what waits: approve, refuse, withdraw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget

from config.kernel import approvals, clock, numerals
from config.kernel.approvals.telling import in_words, summary_of
from config.kernel.console import ReadOnlyAdmin, action, actor, ask, found_or_404
from config.kernel.models import Approval

State = Approval.State


def decidable(user: Any) -> list[str]:
    """Return the names of the kinds that a member of staff may decide."""
    return [kind.name for kind in approvals.kinds() if user.has_perm(kind.permission)]


class NoteForm(forms.Form):
    """What the one who decides wants to say."""

    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=500,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=gettext_lazy("Whoever asked reads it. Kept in the audit log with your name."),
    )


class RefusalForm(NoteForm):
    """Why it is refused."""

    note = forms.CharField(
        label=gettext_lazy("Why it is refused"),
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=gettext_lazy("Whoever asked reads it. Kept in the audit log with your name."),
    )


class DecidingAdmin(ReadOnlyAdmin):
    """A screen of requests that somebody decides: not whoever asked."""

    actions_detail = ("approve", "refuse", "withdraw")

    def has_decide_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Tell whether the buttons to decide are shown: not to whoever asked."""
        approval = self._open(request, object_id)
        own = (
            (approval.requested_by, f"staff:{approval.payload.get('user_id')}") if approval else ()
        )
        if approval is None or actor(request) in own:
            return False
        kind = approvals.find(approval.kind)
        return kind is not None and request.user.has_perm(kind.permission)

    def has_withdraw_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Tell whether it is theirs to take back."""
        approval = self._open(request, object_id)
        return approval is not None and approval.requested_by == actor(request)

    def _open(self, request: HttpRequest, object_id: Any) -> Approval | None:
        key = numerals.read(object_id)
        if key is None:
            return None
        rows = self.get_queryset(request).filter(pk=key, state=State.WAITING)
        found: Approval | None = rows.filter(expires_at__gt=clock.now()).first()
        return found

    @action(title=gettext_lazy("Approve"), path="approve", icon="check", permission="decide")
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(
            request, object_id, approve=True, said=_("Approved and done."), form_class=NoteForm
        )

    @action(title=gettext_lazy("Refuse"), path="refuse", icon="block", permission="decide")
    def refuse(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._decide(
            request, object_id, approve=False, said=_("Refused."), form_class=RefusalForm
        )

    @action(title=gettext_lazy("Withdraw"), path="withdraw", icon="undo", permission="withdraw")
    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        approval = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            approvals.withdraw(
                approval_id=approval.pk,
                requester=actor(request),
                note=values["note"],
                now=clock.now(),
            )
            return _("Withdrawn.")

        return self._ask(request, approval, _("Withdraw the request"), NoteForm, act)

    def _decide(
        self,
        request: HttpRequest,
        object_id: str,
        *,
        approve: bool,
        said: str,
        form_class: type[forms.Form],
    ) -> HttpResponse:
        approval = found_or_404(self, request, object_id)

        def act(values: dict[str, Any]) -> str:
            approvals.decide(
                approval_id=approval.pk,
                approver=actor(request),
                approve=approve,
                note=values["note"],
                now=clock.now(),
            )
            return said

        title = _("Approve the change") if approve else _("Refuse the change")
        return self._ask(request, approval, title, form_class, act)

    def _ask(
        self,
        request: HttpRequest,
        approval: Approval,
        title: str,
        form_class: type[forms.Form],
        act: Callable[[dict[str, Any]], str],
    ) -> HttpResponse:
        return ask(
            self,
            request,
            title=title,
            form_class=form_class,
            act=act,
            done=reverse("admin:kernel_approval_changelist"),
            explain=in_words(summary_of(approval)),
        )
