"""What members' columns hold, why, how long, and what an erasure does to them."""

from __future__ import annotations

from members.privacy import (
    access,
    merging,
    openid,
    people,
    policies,
    proofs,
    reach,
    requests,
    signing_in,
)


def declare() -> None:
    """Fill the register."""
    for subject in (access, people, reach, signing_in, openid, proofs, requests, merging, policies):
        subject.declare()
