"""Console: sign-ins with how risky they looked, and why. Networks are shown without their end."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.utils.translation import gettext_lazy

from config.kernel import words
from config.kernel.console import (
    OfMembersAdmin,
    badge,
    by_word,
    when,
    word,
)
from members import agents, models, wording
from members.types import Outcome

words.call(models.SignInAttempt, gettext_lazy("sign-in attempt"), gettext_lazy("sign-in attempts"))
# The library's own screens would show secrets and whole networks.
for _model in (Authenticator, UserSession):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


@admin.register(models.SignInAttempt)
class SignInAttemptAdmin(OfMembersAdmin):
    """Sign-ins: who, how, from where, how risky it looked and why."""

    list_display = (
        "occurred_at",
        "member",
        "shown_way",
        "shown_outcome",
        "risk",
        "shown_reasons",
        "browser",
        "shown_network",
    )
    fields = (
        "occurred_at",
        "member",
        "shown_way",
        "outcome_word",
        "risk",
        "shown_reasons",
        "browser",
        "shown_network",
    )
    readonly_fields = fields
    list_filter = (by_word("outcome", wording.outcomes), by_word("by", wording.ways))
    ordering = ("-id",)

    shown_way = word("by", wording.ways, title=gettext_lazy("way in"))
    outcome_word = word("outcome", wording.outcomes, title=gettext_lazy("outcome"))

    def title_of(self, obj: models.SignInAttempt) -> str:
        return when(obj.occurred_at)

    @badge(
        title=gettext_lazy("outcome"),
        colors={
            Outcome.PASSED: "success",
            Outcome.TOLD: "warning",
            Outcome.CHALLENGED: "info",
            Outcome.REFUSED: "danger",
        },
    )
    def shown_outcome(self, obj: models.SignInAttempt) -> tuple[str, str]:
        return obj.outcome, wording.outcomes().get(obj.outcome, obj.outcome)

    @admin.display(description=gettext_lazy("reasons"))
    def shown_reasons(self, obj: models.SignInAttempt) -> str:
        names = wording.reasons()
        return ", ".join(names.get(reason, reason) for reason in obj.reasons)

    @admin.display(description=gettext_lazy("browser"))
    def browser(self, obj: models.SignInAttempt) -> str:
        return agents.name(obj.agent or "")

    @admin.display(description=gettext_lazy("network"))
    def shown_network(self, obj: models.SignInAttempt) -> str:
        return agents.mask_network(obj.ip or "")
