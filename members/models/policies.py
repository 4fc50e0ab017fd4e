"""The policies in their versions, and the purposes somebody may agree to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Policy(models.Model):
    """A version of the terms or of the privacy policy. Published, it stays as it is."""

    programme_id = models.BigIntegerField(_("programme"))
    kind = models.CharField(_("kind"), max_length=8)
    version = models.CharField(_("version"), max_length=40)
    state = models.CharField(_("state"), max_length=9, default="draft")
    text_zh = models.TextField(_("Chinese text"))
    text_en = models.TextField(_("English text"))
    changes_zh = models.TextField(_("what changed, in Chinese"), default="", blank=True)
    changes_en = models.TextField(_("what changed, in English"), default="", blank=True)
    material = models.BooleanField(_("asks for consent again"), default=False)
    drafted_by = models.CharField(_("drafted by"), max_length=80)
    drafted_at = models.DateTimeField(_("drafted at"))
    published_by = models.CharField(_("published by"), max_length=80, default="")
    published_at = models.DateTimeField(_("published at"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme_id", "kind", "version"], name="members_policy_version_is_one"
            ),
            models.CheckConstraint(
                condition=Q(state="published") ^ Q(published_at__isnull=True),
                name="members_published_policy_says_when",
            ),
        ]

    def __str__(self) -> str:
        return self.version


class ConsentPurpose(models.Model):
    """What somebody may agree to apart from the membership itself, and take back.

    `initially` is how it stands before they said anything: what rests on a legitimate
    interest is on until objected to, everything else is off.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)
    words_zh = models.CharField(_("in Chinese words"), max_length=300)
    words_en = models.CharField(_("in English words"), max_length=300)
    initially = models.BooleanField(_("on until objected to"), default=False)
    sort = models.IntegerField(_("place"), default=0)
    in_use = models.BooleanField(_("in use"), default=True)

    def __str__(self) -> str:
        return self.code
