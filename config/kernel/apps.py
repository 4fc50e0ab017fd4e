"""The kernel: outbox, idempotency, audit, encryption, clock, ids, errors. It knows no domain."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    name = "config.kernel"
    label = "kernel"
    verbose_name = _("System")

    def ready(self) -> None:
        from config.kernel import fingerprints, grants, heartbeat, keeping, schedule  # noqa: F401

        keeping.declare()
        grants.append_only("kernel_auditrecord")
        pre_migrate.connect(fingerprints.compare, sender=self, dispatch_uid="kernel.keys")
        post_migrate.connect(fingerprints.remember, sender=self, dispatch_uid="kernel.keys")
        post_migrate.connect(grants.renew, dispatch_uid="kernel.grants")
        post_migrate.connect(schedule.sync, sender=self, dispatch_uid="kernel.schedule")
        # Reactions and schedules are declared in these modules of the apps.
        autodiscover_modules("handlers", "tasks")
