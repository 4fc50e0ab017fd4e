"""What policies and purposes hold: nothing of a person."""

from __future__ import annotations

from config.kernel.privacy import impersonal


def declare() -> None:
    """Classify these columns."""
    impersonal(
        "members.Policy",
        *("id", "programme_id", "kind", "version", "state", "text_zh", "text_en"),
        *("changes_zh", "changes_en", "material", "drafted_by", "drafted_at"),
        *("published_by", "published_at"),
    )
    impersonal(
        "members.ConsentPurpose",
        *("id", "code", "name_zh", "name_en", "words_zh", "words_en", "initially", "sort"),
        "in_use",
    )
