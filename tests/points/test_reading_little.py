"""A posting asks for its own rows by index, whatever the planner believed about the table."""

from django.db import connection

from points import services
from tests.factories.points import NOON, Book
from tests.statistics import analyze

# A function's plan is general after five calls; what it was made from stays in it.
WARM_UP = 8
FULL = 5_000


def rows_scanned(table: str) -> int:
    """Return how many rows this transaction has read from the table without an index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = %s", [table]
        )
        return int(cursor.fetchone()[0])


def fill(book: Book) -> None:
    """Add many entries of one other member."""
    other = Book(book.programme_id, member_id=2)
    for _ in range(FULL // 1_000):
        services.post_batch(commands=[other.command("earn", 1) for _ in range(1_000)], now=NOON)


def test_a_plan_made_on_a_small_ledger_does_not_read_a_large_one(book):
    for _ in range(WARM_UP):
        services.post_batch(commands=[book.command("earn", 10)], now=NOON)
        services.post_batch(commands=[book.command("spend", 1)], now=NOON)
    fill(book)
    analyze("points_entry", "points_lot", "points_account")
    before = {table: rows_scanned(table) for table in ("points_entry", "points_lot")}

    services.post_batch(commands=[book.command("earn", 10)], now=NOON)
    services.post_batch(commands=[book.command("spend", 1)], now=NOON)

    for table, count in before.items():
        assert rows_scanned(table) - count < FULL, table
