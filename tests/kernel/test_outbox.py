"""Publishing: in a transaction or not at all."""

import pytest
from django.db import connection

from config.kernel.models import OutboxEvent


@pytest.mark.django_db
def test_the_tests_act_as_the_application_role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("changke_app",)


@pytest.mark.django_db
def test_outbox_starts_empty():
    assert OutboxEvent.objects.count() == 0
