"""Celery entries of the settlement."""

from __future__ import annotations

import logging

from celery import shared_task

from config.kernel import clock
from config.kernel.errors import DomainError
from loyalty.settlement import uploads

logger = logging.getLogger(__name__)


@shared_task(name="settlement.import_file", acks_late=True)
def import_file(*, run_id: int, **_: object) -> bool:
    """Work on an uploaded import for a turn, and send the next; return whether it is done."""
    try:
        done = uploads.work(run_id=run_id, clock=clock.now)
    except DomainError as refused:
        # Cancelled, or the file is not here: the console tells, another try would not help.
        logger.warning("import %s stopped: %s", run_id, refused)
        return False
    if not done:
        send(run_id)
    return done


def send(run_id: int) -> None:
    """Ask a worker to go on with an import."""
    import_file.apply_async(kwargs={"run_id": run_id}, queue="bulk", countdown=1)
