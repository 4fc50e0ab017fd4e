"""Addresses, cards and invoice titles, spread by member."""

from django.db import migrations, models

import config.kernel.fields
import config.kernel.sealed
from config.kernel.spread import CreateSpreadModel


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateSpreadModel(
            name="Address",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("member_id", models.BigIntegerField()),
                ("slot", models.PositiveSmallIntegerField()),
                ("recipient", config.kernel.fields.EncryptedTextField()),
                ("phone", config.kernel.fields.EncryptedTextField()),
                ("country", models.CharField(default="CN", max_length=2)),
                ("region", models.CharField(blank=True, default="", max_length=6)),
                ("area", config.kernel.fields.EncryptedTextField(null=True)),
                ("detail", config.kernel.fields.EncryptedTextField()),
                ("postcode", config.kernel.fields.EncryptedTextField(null=True)),
                ("label", models.CharField(blank=True, default="", max_length=8)),
                ("label_text", config.kernel.fields.EncryptedTextField(null=True)),
                ("is_default", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member_id", "slot"), name="belongings_address_has_a_slot"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("slot__gte", 1), ("slot__lte", 20)),
                        name="belongings_addresses_at_most",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("member_id",),
                        name="belongings_one_default_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("country", "CN"), ("region", ""), _connector="XOR"),
                        name="belongings_region_in_china",
                    ),
                ],
            },
        ),
        CreateSpreadModel(
            name="Card",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("member_id", models.BigIntegerField()),
                ("slot", models.PositiveSmallIntegerField()),
                ("number", config.kernel.sealed.SealedTextField(kind="card")),
                ("last_four", models.CharField(max_length=4)),
                ("brand", models.CharField(blank=True, default="", max_length=12)),
                ("holder", config.kernel.fields.EncryptedTextField(null=True)),
                ("bound_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member_id", "slot"), name="belongings_card_has_a_slot"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("slot__gte", 1), ("slot__lte", 10)),
                        name="belongings_cards_at_most",
                    ),
                    models.UniqueConstraint(
                        models.F("member_id"),
                        config.kernel.sealed.BlindOf("number"),
                        name="belongings_card_is_bound_once",
                    ),
                ],
            },
        ),
        CreateSpreadModel(
            name="InvoiceTitle",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("member_id", models.BigIntegerField()),
                ("slot", models.PositiveSmallIntegerField()),
                ("kind", models.CharField(max_length=8)),
                ("name", config.kernel.fields.EncryptedTextField()),
                ("tax_number", config.kernel.fields.EncryptedTextField(null=True)),
                ("bank", config.kernel.fields.EncryptedTextField(null=True)),
                ("bank_account", config.kernel.fields.EncryptedTextField(null=True)),
                ("address", config.kernel.fields.EncryptedTextField(null=True)),
                ("phone", config.kernel.fields.EncryptedTextField(null=True)),
                ("is_default", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member_id", "slot"), name="belongings_title_has_a_slot"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("slot__gte", 1), ("slot__lte", 10)),
                        name="belongings_titles_at_most",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("member_id",),
                        name="belongings_one_default_title",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "personal"), ("tax_number__isnull", True)),
                            models.Q(("kind", "company"), ("tax_number__isnull", False)),
                            _connector="OR",
                        ),
                        name="belongings_company_has_a_tax_number",
                    ),
                ],
            },
        ),
    ]
