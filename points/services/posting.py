"""Post commands to the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from points.types import Command, Outcome


def post(*, command: Command, now: datetime, announce: bool = True) -> Outcome:
    """Post one command in one round trip; joins the caller's transaction if there is one.

    Raises:
        InsufficientPointsError, SourceConflictError, KeyReusedError, … : see points.errors;
        what is raised moved nothing.
    """
    raise NotImplementedError


def post_batch(
    *, commands: Sequence[Command], now: datetime, announce: bool = True
) -> list[Outcome]:
    """Post many commands in one round trip; answers stand in the order of the commands.

    Commands of one member apply in the order given. A refused command carries its error
    in `problem`, moves nothing and stops nothing.
    """
    raise NotImplementedError
