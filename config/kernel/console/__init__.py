"""What all screens of the operations console share.

Screens read; whatever an operator changes goes through a form with a reason into a service.
Tables of millions of rows are listed without counting them.
"""

from config.kernel.console.asking import (
    ReasonForm,
    actor,
    ask,
    change,
    found_or_404,
    refusal,
)
from config.kernel.console.columns import action, badge, by_word, figure, word
from config.kernel.console.large import is_small, newest
from config.kernel.console.names import (
    code_words,
    find_members,
    finds_members,
    name_actors,
    name_members,
    name_sources,
    names_actors,
    names_codes,
    names_members,
    names_sources,
    names_things,
    programme_name,
    programme_words,
    storefront_name,
    storefront_words,
)
from config.kernel.console.places import record_url, when
from config.kernel.console.reach import look, narrow, require, sees_all, within
from config.kernel.console.rows import RowsField, give_rows, rows_of
from config.kernel.console.rules import RulesAdmin, Said
from config.kernel.console.screens import (
    ConsoleAdmin,
    OfMembersAdmin,
    ReadOnlyAdmin,
    SourcedAdmin,
    SpreadAdmin,
    spread_key,
)
from config.kernel.console.tables import Link, Table, why_table
from config.kernel.console.versions import Fact

__all__ = [
    "ConsoleAdmin",
    "Fact",
    "Link",
    "OfMembersAdmin",
    "ReadOnlyAdmin",
    "ReasonForm",
    "RowsField",
    "RulesAdmin",
    "Said",
    "SourcedAdmin",
    "SpreadAdmin",
    "Table",
    "action",
    "actor",
    "ask",
    "badge",
    "by_word",
    "change",
    "code_words",
    "figure",
    "find_members",
    "finds_members",
    "found_or_404",
    "give_rows",
    "is_small",
    "look",
    "name_actors",
    "name_members",
    "name_sources",
    "names_actors",
    "names_codes",
    "names_members",
    "names_sources",
    "names_things",
    "narrow",
    "newest",
    "programme_name",
    "programme_words",
    "record_url",
    "refusal",
    "require",
    "rows_of",
    "sees_all",
    "spread_key",
    "storefront_name",
    "storefront_words",
    "when",
    "why_table",
    "within",
    "word",
]
