"""The Celery application: worker, beat, and everything that sends a task."""

import os
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("changke")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.worker_init.connect
def _refuse_other_keys(**_: Any) -> None:
    from django.conf import settings

    from config.kernel import keyring

    keyring.refuse_other_keys(url=settings.DATABASE_URL)
