"""Post histories: long lists of earnings and what reversals took of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from config.kernel import statements, wake
from points import rows as _rows
from points.types import Command, Outcome

_HISTORY = "SELECT item, problem, asked, had, uncovered, debt FROM points_history(%s, %s, %s)"


def post_history(
    *, commands: Sequence[Command], now: datetime, announce: bool = True
) -> list[Outcome]:
    """Post commands as `post_batch` does, for callers who do not ask what each entry says.

    Outcomes tell problems, what a policy left uncovered and debt, and no entries: a list of
    thousands is posted in one statement, and its entries cost more to read than to write.
    """
    outcomes = [Outcome(problem=_rows.refusal(command)) for command in commands]
    sent = [i for i, outcome in enumerate(outcomes) if outcome.problem is None]
    if not sent:
        return outcomes
    told = msgspec.json.encode([_told(commands[i], now=now) for i in sent]).decode()
    for item, code, asked, had, uncovered, debt in statements.ask(_HISTORY, [told, now, announce]):
        place = sent[item]
        if code is not None:
            outcomes[place] = Outcome(problem=_rows.to_error(code, asked=asked, had=had))
            continue
        # A reversal of several entries answers for each.
        before = outcomes[place]
        outcomes[place] = Outcome(uncovered=before.uncovered + uncovered, debt=before.debt + debt)
    if announce:
        wake.after_commit()
    return outcomes


def _told(command: Command, *, now: datetime) -> dict[str, Any]:
    row = _rows.to_row(command, now=now)
    row["fingerprint"] = "\\x" + row["fingerprint"].hex()
    return row
