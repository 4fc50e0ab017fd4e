"""The Celery application: worker, beat, and everything that sends a task."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("changke")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
