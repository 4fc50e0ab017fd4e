"""What `/_ui/` shows: made-up members, entries and messages, one for each state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from fractions import Fraction

from django.urls import reverse
from django.utils.translation import gettext as _

from config.pages import codes, formats, progress, samples_forms, wording
from config.pages.sampling import Sample
from loyalty.types import Measure, Standing, Tier
from points.types import Balance, Expiring, Kind

# Components that are items of a list.
LISTED = {"entry", "figure", "row", "product"}
NUMBER = "674620596896"
CODE = "280123456789012349"
_DAY = datetime(2026, 11, 20, 4, 30, tzinfo=UTC)
_END = datetime(2026, 12, 31, 16, tzinfo=UTC)
_NAMES = (
    ("普通", "Ordinary"),
    ("铜", "Bronze"),
    ("银", "Silver"),
    ("金", "Gold"),
    ("钻", "Diamond"),
)
_THRESHOLDS = (0, 300_000, 800_000, 2_000_000, 5_000_000)
TIERS = [
    Tier(
        code=english.lower(),
        rank=rank,
        name_zh=chinese,
        name_en=english,
        threshold=_THRESHOLDS[rank],
        multiplier=Fraction(1),
    )
    for rank, (chinese, english) in enumerate(_NAMES)
]


def components() -> list[str]:
    """Return the names of the components there are samples of."""
    return list(dict.fromkeys(sample.component for sample in all_samples()))


def all_samples() -> list[Sample]:
    """Return every sample, by component."""
    return [
        *_cards(),
        *_bars(),
        *_entries(),
        *_parts(),
        *_empties(),
        *_toasts(),
        *samples_forms.all_samples(),
    ]


def _standing(rank: int, *, amount: int, missing: int = 0, ends: bool = True) -> Standing:
    tier = TIERS[rank]
    above = TIERS[rank + 1] if rank + 1 < len(TIERS) else None
    return Standing(
        member_id=0,
        measure=Measure.ROLLING_SPEND,
        tier=tier,
        since=_DAY,
        until=_END if ends and rank else None,
        protected=False,
        amount=amount,
        next_tier=above,
        to_next=above.threshold - amount if above else None,
        to_stay=missing,
    )


def _cards() -> list[Sample]:
    def card(standing: Standing, name: str) -> Callable[[], Mapping[str, object]]:
        return lambda: {
            "face": progress.face(standing.tier),
            "standing": standing,
            "progress": progress.of(standing, currency="CNY"),
            "name": name,
            "number": NUMBER,
        }

    amounts = (0, 412_000, 1_210_050, 4_999_900, 8_000_000)
    samples = [
        Sample(
            component="card",
            state=f"{tier.name_en}, rank {tier.rank}",
            values=card(_standing(tier.rank, amount=amounts[tier.rank]), "林小雨"),
        )
        for tier in TIERS
    ]
    long_name = "A name of sixty-four characters that no card was ever made for, ok"
    return [
        *samples,
        Sample(
            component="card",
            state="must do something to stay, long name",
            values=card(_standing(3, amount=1_970_000, missing=30_000), long_name),
        ),
        Sample(
            component="card", state="without a name", values=card(_standing(0, amount=129_900), "")
        ),
        Sample(
            component="member_code",
            state="for a minute",
            values=lambda: {"code": codes.of(CODE), "number": NUMBER},
        ),
    ]


def _bars() -> list[Sample]:
    cases = {
        "nothing yet": _standing(0, amount=0),
        "nearly there": _standing(2, amount=1_999_900),
        "must do something to stay": _standing(3, amount=1_970_000, missing=30_000),
        "at the top, safe": _standing(4, amount=6_000_000),
        "at the top, not safe": _standing(4, amount=4_000_000, missing=1_000_000),
        "at the top without an end": _standing(4, amount=6_000_000, ends=False),
    }
    return [
        Sample(
            component="progress",
            state=state,
            values=lambda standing=standing: {"progress": progress.of(standing, currency="CNY")},
        )
        for state, standing in cases.items()
    ]


def _entries() -> list[Sample]:
    kinds = ((kind, 1250) for kind in Kind)
    losing = {Kind.SPEND, Kind.EXPIRE, Kind.REVERSE, Kind.EXCHANGE_OUT}
    moving = {Kind.HOLD, Kind.RELEASE, Kind.ACTIVATE}

    def line(kind: Kind, points: int) -> Mapping[str, object]:
        return {
            "line": wording.EntryLine(
                public_id="ent_sample",
                kind=kind,
                title=wording.kind_titles().get(kind, kind),
                why=_("For order %(order)s.") % {"order": "SO-1001"},
                points=-points if kind in losing else points,
                moves_only=kind in moving,
                balance_after=None,
                occurred_at=_DAY,
            )
        }

    return [
        Sample(
            component="entry",
            state=str(kind),
            values=lambda kind=kind, points=points: line(kind, points),
        )
        for kind, points in kinds
    ]


def _parts() -> list[Sample]:
    balance = Balance(
        member_id=0,
        as_of=_DAY,
        expiring=(Expiring(points=300, at=_END), Expiring(points=1200, at=_END.replace(year=2027))),
    )
    return [
        Sample(
            component="figure",
            state="a number in words",
            values=lambda: {
                "title": _("Owed after a refund"),
                "why": _(
                    "They were spent before the order came back. The next points settle this first."
                ),
                "points": 1250,
            },
        ),
        Sample(
            component="sheet",
            state="opens from below",
            values=lambda: {
                "opener": _("All dates"),
                "title": _("When they expire"),
                "body": "pages/components/expiry.html",
                "balance": balance,
            },
        ),
        Sample(
            component="holdings",
            state="on their way, set aside, owed",
            values=lambda: {
                "balance": Balance(member_id=0, as_of=_DAY, pending=120, held=80, debt=300),
                "arrives": _("Yours to spend from %(day)s.") % {"day": formats.day(_END)},
            },
        ),
        Sample(component="skeleton", state="still loading", values=dict),
    ]


def _empties() -> list[Sample]:
    return [
        Sample(
            component="empty",
            state="nothing yet",
            values=lambda: {
                "words": _(
                    "Nothing yet. What you earn and spend will be listed here, "
                    "each with its reason."
                )
            },
        ),
        Sample(
            component="empty",
            state="nothing of this kind, with a way out",
            values=lambda: {
                "words": _("No entries of this kind."),
                "url": reverse("pages:statement"),
                "action": _("Show all"),
            },
        ),
        Sample(
            component="empty",
            state="not found",
            values=lambda: {
                "icon": "pages/icons/lost.html",
                "title": _("This page does not exist"),
                "words": _("The address may have a typing error, or what it showed is gone."),
                "url": "/",
                "action": _("Back to home"),
            },
        ),
    ]


def _toasts() -> list[Sample]:
    words = {
        "success": lambda: _("Saved."),
        "info": lambda: _("A new code can be sent in"),
        "warning": lambda: _("You are offline. What you see may be older; nothing is lost."),
        "error": lambda: _("That did not work. Please try again in a moment; nothing was changed."),
    }
    return [
        Sample(
            component="toast",
            state=level,
            values=lambda level=level, say=say: {"level": level, "words": say()},
        )
        for level, say in words.items()
    ]
