"""The register of personal data is complete."""

from __future__ import annotations

import pytest
from django.apps import apps

from config.kernel import privacy
from config.kernel.fields import BlindIndexField, EncryptedTextField

# Libraries' tables that hold what is as personal as ours.
LIBRARIES = ["account", "mfa", "usersessions", "allauth_idp_oidc", "sessions", "admin"]


def ours():
    roots = ("config.", "members", "points", "benefits", "loyalty", "messaging")
    return [c for c in apps.get_app_configs() if c.name.startswith((*roots, "analy", "camp"))]


def strict():
    return [*(config.label for config in ours()), *LIBRARIES]


def test_every_column_is_classified():
    assert privacy.unclassified(app_labels=strict()) == []


def test_a_column_that_nobody_classified_is_found(monkeypatch):
    known = dict(privacy._entries)
    known.pop(("members.member", "nickname"))
    monkeypatch.setattr(privacy, "_entries", known)

    assert privacy.unclassified(app_labels=strict()) == ["members.Member.nickname"]


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
        for label in strict()
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedTextField)
        and grades.get((model._meta.label_lower, field.name), 0) < privacy.Grade.DIRECT
    ]

    assert wrong == []


def test_classifying_twice_is_an_error():
    with pytest.raises(privacy.ClassifiedTwiceError):
        privacy.impersonal("members.Member", "id")
