"""Console: the proofs of the ledger, what differed, and a button to prove it now."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action as unfold_action

from config.kernel import words, workers
from config.kernel.console import (
    Link,
    ReadOnlyAdmin,
    Table,
    actor,
    ask,
    badge,
    by_word,
    name_actors,
    name_members,
    programme_name,
)
from points import models
from points.admin.wording import currency_words

State = models.Proof.State
words.call(models.Proof, gettext_lazy("proof of the ledger"), gettext_lazy("proofs"))


def state_words() -> dict[str, str]:
    """Return how a proof can stand."""
    return {
        State.RUNNING: _("Running"),
        State.CLEAN: _("Adds up"),
        State.DIFFERS: _("Differs"),
        State.FAILED: _("Broken off"),
        State.MISSED: _("Did not run"),
        State.BEGAN: _("Watch began"),
    }


def check_words() -> dict[str, str]:
    """Return what the checks compare."""
    return {
        "account and its lots": _("account and its lots"),
        "account and its entries": _("account and its entries"),
        "lot and its entries": _("lot and its entries"),
        "lot and its expiry": _("lot and its expiry"),
        "lot and its reservations": _("lot and its reservations"),
        "entry and the balance before it": _("entry and the balance before it"),
        "entry and its reversals": _("entry and its reversals"),
        "members and counter-accounts": _("members and counter-accounts"),
    }


@admin.register(models.Proof)
class ProofAdmin(ReadOnlyAdmin):
    """Proofs of the ledger, newest first."""

    list_display = (
        "started_at",
        "shown_state",
        "progress",
        "shown_differences",
        "shown_entries",
        "shown_lots",
        "shown_accounts",
        "took",
        "asked_by",
    )
    list_filter = (by_word("state", state_words),)
    ordering = ("-id",)
    fields = (
        "state_word",
        "started_at",
        "progress",
        "took",
        "asked_by",
        "shown_differences",
        "shown_entries",
        "shown_lots",
        "shown_accounts",
        "problem",
    )
    readonly_fields = fields
    actions_list = ("prove_now",)

    def attach(self, rows: list[Any]) -> None:
        super().attach(rows)
        names = name_actors([row.started_by for row in rows])
        for row in rows:
            row.asked = names.get(row.started_by, row.started_by)

    @badge(
        title=gettext_lazy("state"),
        colors={
            "clean": "success",
            "differs": "danger",
            "failed": "danger",
            "missed": "danger",
            "running": "info",
        },
    )
    def shown_state(self, obj: models.Proof) -> tuple[str, str]:
        return obj.state, state_words().get(obj.state, obj.state)

    @admin.display(description=gettext_lazy("state"))
    def state_word(self, obj: models.Proof) -> str:
        return self.shown_state(obj)[1]

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, obj: models.Proof) -> str:
        if obj.state != State.RUNNING:
            return "–"
        percent = obj.done * 100 // obj.total if obj.total else 0
        return format_html(
            '<progress class="ck-progress" max="100" value="{0}" aria-label="{1}"></progress>'
            ' <span class="ck-number">{0} %</span>',
            percent,
            _("progress"),
        )

    @admin.display(description=gettext_lazy("differences"))
    def shown_differences(self, obj: models.Proof) -> str:
        return f"{obj.differences:,}" if obj.state in (State.CLEAN, State.DIFFERS) else "–"

    @admin.display(description=gettext_lazy("entries"))
    def shown_entries(self, obj: models.Proof) -> str:
        return f"{obj.entries:,}"

    @admin.display(description=gettext_lazy("lots"))
    def shown_lots(self, obj: models.Proof) -> str:
        return f"{obj.lots:,}"

    @admin.display(description=gettext_lazy("accounts"))
    def shown_accounts(self, obj: models.Proof) -> str:
        return f"{obj.accounts:,}"

    @admin.display(description=gettext_lazy("took"))
    def took(self, obj: models.Proof) -> str:
        return _("%(seconds)s s") % {"seconds": f"{obj.milliseconds / 1000:,.1f}"}

    @admin.display(description=gettext_lazy("asked for by"))
    def asked_by(self, obj: Any) -> str:
        return _("the night") if obj.started_by == "system" else str(obj.asked)

    def has_prove_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Tell whether this operator may start one."""
        return self.has_operate_permission(request)

    @unfold_action(  # type: ignore[untyped-decorator]
        description=gettext_lazy("Prove now"),
        url_path="prove",
        icon="verified",
        permissions=["prove"],
    )
    def prove_now(self, request: HttpRequest) -> HttpResponse:
        def act(values: dict[str, Any]) -> str:
            asked = {"started_by": actor(request)}
            workers.ask("points.reconcile", queue="bulk", kwargs=asked)
            return _("A worker is asked for it. The list shows how far it is once it begins.")

        return ask(
            self,
            request,
            title=_("Prove the ledger now"),
            form_class=forms.Form,
            act=act,
            done=reverse("admin:points_proof_changelist"),
            explain=_(
                "Compares entries, lots, reservations and accounts of every member,"
                " while the shop is open. It changes nothing."
            ),
            button=_("Prove now"),
        )

    def tables(self, request: HttpRequest, obj: models.Proof) -> list[Table]:
        return [self._differing(obj), self._figures(obj)]

    def _differing(self, obj: models.Proof) -> Table:
        members = name_members([example["member_id"] for example in obj.examples])
        checks = check_words()
        rows: list[list[object]] = []
        for example in obj.examples:
            number, url = members.get(example["member_id"], ("–", ""))
            rows.append(
                [
                    checks.get(example["check"], example["check"]),
                    Link(number, url) if url else number,
                    _row_link(example),
                    example["detail"],
                ]
            )
        return Table(
            title=_("What differs"),
            headers=[_("Check"), _("Member"), _("Row"), _("Detail")],
            rows=rows,
            empty=_("Nothing: entries, lots, reservations and accounts tell the same."),
            note=_("The first %(count)s of %(all)s.")
            % {"count": f"{len(rows):,}", "all": f"{obj.differences:,}"}
            if obj.differences > len(rows)
            else "",
        )

    def _figures(self, obj: models.Proof) -> Table:
        currencies = currency_words()
        return Table(
            title=_("What accounts held"),
            headers=[
                _("Programme"),
                _("Currency"),
                _("Accounts"),
                _("Available"),
                _("Pending"),
                _("Set aside"),
                _("Owed"),
            ],
            rows=[
                [
                    programme_name(figure["programme_id"]),
                    currencies.get(figure["currency"], figure["currency"]),
                    *(
                        f"{figure[name]:,}"
                        for name in ("accounts", "available", "pending", "held", "debt")
                    ),
                ]
                for figure in obj.figures
            ],
        )


def _row_link(example: dict[str, Any]) -> object:
    """Lead to the account, lot or entry that differs."""
    place = example["check"].split(" ")[0]
    model = {"account": "account", "lot": "lot", "entry": "entry"}.get(place)
    if model is None or not example["row_id"]:
        return "–"
    key = f"{example['member_id']}-{example['row_id']}"
    return Link(str(example["row_id"]), reverse(f"admin:points_{model}_change", args=[key]))
