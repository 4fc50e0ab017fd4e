"""Console: what members have, by currency, and its correction by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.kernel import clock
from config.kernel.console import (
    Link,
    SpreadAdmin,
    Table,
    action,
    actor,
    ask,
    by_word,
    figure,
    found_or_404,
    look,
    name_members,
    name_sources,
    programme_name,
    programme_words,
    record_url,
    require,
    spread_key,
    when,
    word,
)
from members import selectors as members_selectors
from points import models, services
from points.admin import correcting, looking_back
from points.admin.wording import currency_words, kind_words
from points.selectors.corrections import has_corrected
from points.types import POINTS, Rehearsal


@admin.register(models.Account)
class AccountAdmin(SpreadAdmin):
    """What members have, by currency."""

    list_display = (
        "id",
        "member",
        "shown_currency",
        "shown_available",
        "shown_pending",
        "shown_held",
        "shown_debt",
        "shown_lifetime_earned",
    )
    list_filter = (by_word("currency", currency_words), by_word("programme_id", programme_words))
    shown_currency = word("currency", currency_words, title=gettext_lazy("currency"))
    fields = (
        "member",
        "shown_programme",
        "shown_currency",
        "shown_available",
        "shown_pending",
        "shown_held",
        "shown_debt",
        "shown_lifetime_earned",
        "shown_lifetime_spent",
        "shown_lifetime_expired",
        "next_due_at",
    )
    readonly_fields = fields
    shown_available = figure("available")
    shown_pending = figure("pending")
    shown_held = figure("held")
    shown_debt = figure("debt")
    shown_lifetime_earned = figure("lifetime_earned")
    shown_lifetime_spent = figure("lifetime_spent")
    shown_lifetime_expired = figure("lifetime_expired")
    actions_detail = ("adjust",)

    def title_of(self, obj: models.Account) -> str:
        return currency_words().get(obj.currency, obj.currency)

    @admin.display(description=gettext_lazy("programme"))
    def shown_programme(self, obj: models.Account) -> str:
        return programme_name(obj.programme_id)

    @action(title=gettext_lazy("Correct by hand"), path="adjust", icon="exposure")
    def adjust(self, request: HttpRequest, object_id: str) -> HttpResponse:
        account = found_or_404(self, request, object_id)
        return self._correct(
            request,
            member_id=account.member_id,
            programme_id=account.programme_id,
            currency=account.currency,
            done=record_url(models.Account, spread_key(account)),
        )

    def get_urls(self) -> list[URLPattern]:
        mine = path(
            "of/<int:member_id>/correct",
            self.admin_site.admin_view(self.correct_member),
            name="points_account_correct",
        )
        then = path(
            "of/<int:member_id>/as-of",
            self.admin_site.admin_view(self.as_of),
            name="points_account_as_of",
        )
        return [mine, then, *super().get_urls()]

    def as_of(self, request: HttpRequest, member_id: int) -> HttpResponse:
        """Show what a member had at an instant, in every currency."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        require(request, member_id)
        look(request, [member_id], page="points.account")
        return looking_back.show(self, request, member_id)

    def correct_member(self, request: HttpRequest, member_id: int) -> HttpResponse:
        """Correct a member's points from their page, whether they have an account yet or not."""
        if not self.has_operate_permission(request, member_id):
            raise PermissionDenied
        require(request, member_id)
        member = members_selectors.get_member(member_id=member_id)
        return self._correct(
            request,
            member_id=member_id,
            programme_id=member.programme_id,
            currency=None,
            done=reverse("admin:members_member_change", args=[member_id]),
        )

    def _correct(
        self,
        request: HttpRequest,
        *,
        member_id: int,
        programme_id: int,
        currency: str | None,
        done: str,
    ) -> HttpResponse:
        where: dict[str, Any] = {
            "member_id": member_id,
            "programme_id": programme_id,
            "actor": actor(request),
        }

        def rehearse(values: dict[str, Any]) -> Rehearsal | None:
            if has_corrected(member_id=member_id, key=values["key"]):
                return None
            return services.rehearse_correction(
                points=values["points"],
                currency=currency or values.get("currency", POINTS),
                now=clock.now(),
                **where,
            )

        def act(values: dict[str, Any]) -> str:
            chosen = currency or values["currency"]
            return correcting.correct(values, currency=chosen, now=clock.now(), **where)

        form = correcting.CorrectionForm if currency else correcting.MemberCorrectionForm
        number = name_members([member_id]).get(member_id, (str(member_id),))[0]
        return ask(
            self,
            request,
            title=_("Correct the account of member %(member)s") % {"member": number},
            form_class=correcting.with_rehearsal(form, rehearse),
            initial=correcting.fresh(currency=currency or POINTS),
            act=act,
            done=done,
            explain=self._stands(member_id, programme_id, currency),
            preview=correcting.previewed,
        )

    def _stands(self, member_id: int, programme_id: int, currency: str | None) -> str:
        rows = models.Account.objects.filter(member_id=member_id, programme_id=programme_id)
        if currency:
            rows = rows.filter(currency=currency)
        words = currency_words()
        found = [f"{words.get(r.currency, r.currency)} {r.available:,}" for r in rows]
        return _("Available now: %(points)s") % {"points": " · ".join(found) or "0"}

    def tables(self, request: HttpRequest, obj: models.Account) -> list[Table]:
        entries = models.Entry.objects.filter(member_id=obj.member_id, account_id=obj.pk)
        newest = list(entries.order_by("-id")[:20])
        names = name_sources([entry.source for entry in newest])
        return [
            Table(
                title=_("Newest entries"),
                headers=[_("When"), _("Kind"), _("Points"), _("Balance"), _("Source")],
                rows=[
                    [
                        Link(when(e.occurred_at), record_url(models.Entry, spread_key(e))),
                        kind_words().get(e.kind, e.kind),
                        f"{e.points:+,}" if e.points else "0",
                        "–" if e.balance_after is None else f"{e.balance_after:,}",
                        _from(e.source, names),
                    ]
                    for e in newest
                ],
                more=Link(
                    _("All entries"),
                    reverse("admin:points_entry_changelist") + f"?member_id={obj.member_id}",
                ),
            )
        ]


def _from(source: str, names: dict[str, tuple[str, str]]) -> object:
    said, url = names.get(source, (source, ""))
    return Link(said, url) if url else said
