"""What members keep with the shop, spread by member.

Each row stands in a slot of its member's: `slot` runs from 1 to the most there may be and is
unique, so that the database itself refuses one too many, however many ask at once.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from config.kernel.fields import EncryptedTextField
from config.kernel.sealed import BlindOf, SealedTextField
from members.belongings.types import MOST_ADDRESSES, MOST_CARDS, MOST_TITLES


class Address(models.Model):
    """Where parcels go. The region is a code and stands plain; the rest is encrypted."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    slot = models.PositiveSmallIntegerField()
    recipient = EncryptedTextField()
    phone = EncryptedTextField()
    country = models.CharField(max_length=2, default="CN")
    region = models.CharField(max_length=6, default="", blank=True)
    area = EncryptedTextField(null=True)
    detail = EncryptedTextField()
    postcode = EncryptedTextField(null=True)
    label = models.CharField(max_length=8, default="", blank=True)
    label_text = EncryptedTextField(null=True)
    is_default = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "slot"], name="belongings_address_has_a_slot"
            ),
            models.CheckConstraint(
                condition=Q(slot__gte=1, slot__lte=MOST_ADDRESSES),
                name="belongings_addresses_at_most",
            ),
            models.UniqueConstraint(
                fields=["member_id"],
                condition=Q(is_default=True),
                name="belongings_one_default_address",
            ),
            models.CheckConstraint(
                condition=Q(country="CN") ^ Q(region=""), name="belongings_region_in_china"
            ),
        ]


class Card(models.Model):
    """A bank card: the number sealed, found by its blind index, shown by its last four."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    slot = models.PositiveSmallIntegerField()
    number = SealedTextField(kind="card")
    last_four = models.CharField(max_length=4)
    brand = models.CharField(max_length=12, default="", blank=True)
    holder = EncryptedTextField(null=True)
    bound_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "slot"], name="belongings_card_has_a_slot"
            ),
            models.CheckConstraint(
                condition=Q(slot__gte=1, slot__lte=MOST_CARDS), name="belongings_cards_at_most"
            ),
            models.UniqueConstraint(
                models.F("member_id"), BlindOf("number"), name="belongings_card_is_bound_once"
            ),
        ]


class InvoiceTitle(models.Model):
    """Whom invoices are made out to. A company's name and tax number are public facts, but
    whose member they are is not: they are encrypted as a person's are."""

    id = models.BigAutoField(primary_key=True)
    member_id = models.BigIntegerField()
    slot = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8)
    name = EncryptedTextField()
    tax_number = EncryptedTextField(null=True)
    bank = EncryptedTextField(null=True)
    bank_account = EncryptedTextField(null=True)
    address = EncryptedTextField(null=True)
    phone = EncryptedTextField(null=True)
    is_default = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "slot"], name="belongings_title_has_a_slot"
            ),
            models.CheckConstraint(
                condition=Q(slot__gte=1, slot__lte=MOST_TITLES), name="belongings_titles_at_most"
            ),
            models.UniqueConstraint(
                fields=["member_id"],
                condition=Q(is_default=True),
                name="belongings_one_default_title",
            ),
            models.CheckConstraint(
                condition=Q(kind="personal", tax_number__isnull=True)
                | Q(kind="company", tax_number__isnull=False),
                name="belongings_company_has_a_tax_number",
            ),
        ]
