"""The register as a paper, and that its promises are kept by tasks that run."""

from __future__ import annotations

from pathlib import Path

from django.core.management import call_command

from config.kernel import printing, privacy, retention, schedule

PAPER = Path(__file__).resolve().parents[2] / "docs" / "privacy-register.md"


def test_the_printed_register_is_up_to_date(capsys):
    call_command("privacy_register")

    assert PAPER.read_text() == capsys.readouterr().out, (
        "manage.py privacy_register > docs/privacy-register.md"
    )


def test_the_register_as_csv_holds_every_column():
    assert printing.as_csv().count("\n") == len(privacy.entries()) + 1


def test_every_retention_is_brought_about_by_something():
    assert retention.unexplained() == []


def test_every_task_that_ends_a_retention_is_scheduled():
    scheduled = {entry.task for entry in schedule.entries()}
    named = {task for ending in retention.ENDINGS.values() for task in ending.tasks}

    assert named - scheduled == set()
