"""The WSGI entry of the web process."""

import atexit
import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

import config.celery  # noqa: F401  (the app must exist before a task is sent)
from config.kernel import keyring

application = get_wsgi_application()
keyring.refuse_other_keys(url=settings.DATABASE_URL)

# What is loaded by now stays. Without this every large request makes the collector walk
# through all of it.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
atexit.register(gc.unfreeze)
