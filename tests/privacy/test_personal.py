"""Every table that holds personal data leads to its person, and can be emptied of it."""

from __future__ import annotations

import pytest
from django.apps import apps

from config.kernel import personal, privacy
from config.kernel.privacy import Erase, Grade


@pytest.fixture
def classified(monkeypatch):
    """Classify a column anew, for this test alone."""
    known = dict(privacy._entries)
    monkeypatch.setattr(privacy, "_entries", known)

    def change(model, field, **values):
        known.pop((model.lower(), field))
        privacy.classify(
            model,
            field,
            grade=Grade.PERSONAL,
            purpose="a test",
            retention="never",
            **{"erase": Erase.CLEAR, **values},
        )

    return change


def test_every_table_with_personal_data_leads_to_its_person():
    assert personal.lost() == []


def test_a_table_that_leads_to_nobody_is_found(classified):
    classified("programmes.Store", "name")

    assert personal.lost() == ["programmes.Store"]


def test_every_look_up_is_one_the_table_answers():
    person = personal.Person(member_ids=(1,), user_ids=(1,))

    for model in personal.holdings():
        assert str(personal.rows_of(model, person).query)


def test_every_step_that_a_table_names_is_there():
    named = {lead.step for model in personal.holdings() if (lead := personal.lead_of(model))}

    assert named - {""} <= {step.slug for step in personal.list_steps()}


def test_every_column_that_is_cleared_has_something_empty_to_hold():
    for entry in privacy.entries():
        if entry.erase is Erase.CLEAR:
            personal.blank_of(apps.get_model(entry.model)._meta.get_field(entry.field))


def test_a_column_that_can_hold_nothing_empty_is_refused(classified):
    classified("members.Member", "joined_at")

    with pytest.raises(personal.NoBlankError):
        personal.blank_of(apps.get_model("members.Member")._meta.get_field("joined_at"))


def test_no_secret_is_ever_exported():
    told = {
        f"{entry.model}.{entry.field}"
        for entry in privacy.entries()
        if entry.exported and entry.grade in (Grade.SECRET, Grade.NONE)
    }

    assert told == set()


def test_nothing_direct_is_kept_by_an_erasure():
    kept = [
        f"{entry.model}.{entry.field}"
        for entry in privacy.entries()
        if entry.grade is Grade.DIRECT and entry.erase is Erase.KEEP
    ]

    assert kept == []
