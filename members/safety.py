"""How safe an account is, 0 to 100, and what would raise it. Pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

from members.types import Safety


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Something that keeps an account safe; `code` names it, its words are the page's."""

    code: str
    points: int
    is_done: bool


def points_of(safety: Safety) -> list[Point]:
    """Return what makes up the score, in the order in which to do it."""
    has_second = safety.has_authenticator or bool(safety.passkeys)
    return [
        Point(code="phone", points=20, is_done=safety.phone is not None),
        Point(code="second_proof", points=30, is_done=has_second),
        Point(code="recovery", points=10, is_done=safety.recovery_codes_left >= 3),
        Point(code="email", points=15, is_done=safety.email is not None),
        Point(code="passkey", points=10, is_done=bool(safety.passkeys)),
        Point(code="real_name", points=10, is_done=safety.is_verified),
        Point(code="quiet", points=5, is_done=not safety.risky_lately),
    ]


def score_of(safety: Safety) -> int:
    """Return the sum of what is done; all of it is 100."""
    return sum(point.points for point in points_of(safety) if point.is_done)
