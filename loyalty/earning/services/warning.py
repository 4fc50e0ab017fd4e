"""What an operator should look at before publishing earn rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from loyalty.earning.types import Action, RuleSet
from loyalty.earning.validities import expires_at
from members.programmes import selectors as programmes_selectors

# More than so many points for a point of the usual rate is rarely meant.
_STEEP = 10


def warn_of_rules(*, rules: RuleSet, now: datetime) -> list[str]:
    """Return what is allowed but rarely meant, as sentences."""
    return list(_warnings(rules, now))


def _warnings(rules: RuleSet, now: datetime) -> Iterator[str]:
    programme = programmes_selectors.get_programme(rules.programme_id)
    window = timedelta(days=programme.settings.return_window_days)
    for rule in rules.rules:
        named = {"rule": rule.code, "days": window.days}
        if rule.ends_at is not None and rule.ends_at <= now:
            yield _("%(rule)s is over before it is published.") % named
        if rule.validity is not None:
            until = expires_at(rule.validity, earned_at=now, zone=programme.zone)
            if until <= now + window:
                yield (
                    _(
                        "Points of %(rule)s lapse within the return window of %(days)s days,"
                        " before anybody can use them."
                    )
                    % named
                )
        if rule.action is Action.FACTOR and rule.value >= _STEEP:
            yield _("%(rule)s gives ten times the points, or more.") % named
        if rule.action is Action.BONUS and not (rule.first_order or rule.minimum or rule.caps):
            yield _("%(rule)s gives points for an order of any size, without a cap.") % named
