"""The kernel: outbox, idempotency, audit, encryption, clock, ids, errors. It knows no domain."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    name = "config.kernel"
    label = "kernel"
    verbose_name = _("Kernel")

    def ready(self) -> None:
        from config.kernel import grants

        grants.append_only("kernel_auditrecord")
        post_migrate.connect(grants.renew, dispatch_uid="kernel.grants")
