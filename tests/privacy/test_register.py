"""The register of personal data is complete."""

from __future__ import annotations

import pytest
from django.apps import apps

from config.kernel import privacy
from config.kernel.fields import BlindIndexField, EncryptedTextField

STRICT = ["members", "messaging", "mall", "account", "mfa", "usersessions"]
# Apps that still owe their classification. This list may only shrink.
DEBTS = {
    "kernel",
    "programmes",
    "commerce",
    "points",
    "benefits",
    "loyalty",
    "earning",
    "settlement",
    "analytics",
    "campaigns",
    "pages",
}


def ours():
    roots = ("config.", "members", "points", "benefits", "loyalty", "messaging")
    return [c for c in apps.get_app_configs() if c.name.startswith((*roots, "analy", "camp"))]


def test_every_column_is_classified():
    assert privacy.unclassified(app_labels=STRICT) == []


def test_every_app_is_strict_or_a_known_debt():
    unknown = {c.label for c in ours()} - set(STRICT) - DEBTS

    assert unknown == set()


def test_debts_that_are_paid_leave_the_list():
    paid = [
        config.label
        for config in ours()
        if config.label in DEBTS
        and any(config.get_models())
        and not privacy.unclassified(app_labels=[config.label])
    ]

    assert paid == []


def test_nothing_is_classified_that_does_not_exist():
    assert privacy.obsolete() == []


@pytest.mark.parametrize("entry", privacy.entries(), ids=lambda e: f"{e.model}.{e.field}")
def test_what_points_to_a_person_is_encrypted(entry):
    if entry.grade is not privacy.Grade.DIRECT:
        return
    field = apps.get_model(entry.model)._meta.get_field(entry.field)

    assert isinstance(field, EncryptedTextField | BlindIndexField)


def test_encrypted_columns_are_graded_as_such():
    grades = {(e.model.lower(), e.field): e.grade for e in privacy.entries()}
    wrong = [
        f"{model._meta.label}.{field.name}"
        for label in STRICT
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedTextField)
        and grades.get((model._meta.label_lower, field.name), 0) < privacy.Grade.DIRECT
    ]

    assert wrong == []


def test_classifying_twice_is_an_error():
    with pytest.raises(privacy.ClassifiedTwiceError):
        privacy.impersonal("members.Member", "id")
