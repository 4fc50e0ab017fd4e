"""What members may enjoy: catalogue, packages, coupons, the quote."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BenefitsConfig(AppConfig):
    name = "benefits"
    label = "benefits"
    verbose_name = _("Benefits")
