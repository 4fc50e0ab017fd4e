"""The only writers of ladders and standings."""

from loyalty.books import Books
from loyalty.errors import (
    AlreadyCountedError,
    LadderInvalidError,
    LadderNotFoundError,
    LadderPublishedError,
    NotCountedError,
)
from loyalty.services.booking import close_books, open_books
from loyalty.services.evaluating import evaluate_due, evaluate_programme
from loyalty.services.ladders import (
    draft_ladder,
    install_default_ladder,
    publish_ladder,
    warnings_of,
)

__all__ = [
    "AlreadyCountedError",
    "Books",
    "LadderInvalidError",
    "LadderNotFoundError",
    "LadderPublishedError",
    "NotCountedError",
    "close_books",
    "draft_ladder",
    "evaluate_due",
    "evaluate_programme",
    "install_default_ladder",
    "open_books",
    "publish_ladder",
    "warnings_of",
]
