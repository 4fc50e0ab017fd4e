"""Celery entries of the pages that mix apps."""

from __future__ import annotations

from celery import shared_task

from config.kernel import clock, schedule
from config.pages import rollups
from members.programmes import selectors as programmes_selectors


@shared_task(name="pages.roll_up_board", acks_late=True)
def roll_up_board(**_: object) -> int:
    """Read the board's figures of every programme; return how many programmes."""
    programmes = programmes_selectors.list_programmes()
    for programme in programmes:
        rollups.refresh(programme=programme, now=clock.now())
    return len(programmes)


schedule.every(task="pages.roll_up_board", seconds=300, queue="bulk")
