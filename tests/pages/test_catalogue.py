"""The catalogue is complete, and the check sees what is wrong."""

from __future__ import annotations

from pathlib import Path

from config.pages import catalogue


def test_every_string_has_its_chinese():
    assert catalogue.list_problems() == []


def test_extract_changes_nothing_on_a_second_run(tmp_path: Path):
    po = tmp_path / "django.po"
    po.write_text(catalogue.PO.read_text(encoding="utf-8"), encoding="utf-8")

    catalogue.update_catalogue(po=po)

    assert po.read_text(encoding="utf-8") == catalogue.PO.read_text(encoding="utf-8")


def test_check_tells_missing_stale_fuzzy_untranslated_and_placeholders(tmp_path: Path):
    po = tmp_path / "django.po"
    text = catalogue.PO.read_text(encoding="utf-8")
    text = text.replace('msgid "Skip to content"', 'msgid "Gone from the sources"')
    text = text.replace('msgid "Home"\n', '#, fuzzy\nmsgid "Home"\n')
    text = text.replace("用时 %(time)s 秒", "用时很短")
    text = text.replace('msgid "Orders"\nmsgstr "订单"', 'msgid "Orders"\nmsgstr ""')
    po.write_text(text, encoding="utf-8")

    problems = "\n".join(catalogue.list_problems(po=po))

    assert "missing: 'Skip to content'" in problems
    assert "stale: 'Gone from the sources'" in problems
    assert "fuzzy: 'Home'" in problems
    assert "placeholders differ" in problems
    assert "untranslated: 'Orders'" in problems
