"""The WSGI entry of the web process."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.wsgi import get_wsgi_application

import config.celery  # noqa: F401  (the app must exist before a task is sent)

application = get_wsgi_application()
