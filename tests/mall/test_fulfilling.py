"""Codes, parcels and stores: files with a reason per line, codes that work once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from config.kernel import clock
from config.kernel.models import AuditRecord
from points.mall import models, selectors, services, tasks
from points.mall.types import CODE_STOCK, Delivery, ItemKind, OrderStatus, Terms
from tests.factories.mall import ACTOR, HOME, NOON, REASON
from tests.mall.test_ordering import available, events
from tests.mall.test_taking_back import cancel, pay, refund, ship, stock

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def reasons(taken: Any) -> list[tuple[int, str]]:
    return [(one.line, one.reason) for one in taken.refused]


# --- Codes ------------------------------------------------------------------------------


def test_each_line_of_codes_is_taken_or_told_why_not(mall):
    item = mall.item(kind=ItemKind.VIRTUAL, stock=0)
    mall.codes(item, "OLD")

    taken = mall.codes(item, "code", "A1,extra", "", "A1", "OLD", "x" * 201, "a\u200bb", " B2 ")

    assert taken.accepted == 2
    assert reasons(taken) == [
        (3, "empty"),
        (4, "twice_in_file"),
        (5, "known"),
        (6, "too_long"),
        (7, "unprintable"),
    ]
    assert stock(item) == 3
    assert models.CodeUpload.objects.order_by("-id").first().refused[0] == [3, "empty"]


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe\x00\x01", b"a\0b", b'"unclosed', b"x\n" * 100_001],
    ids=["not utf-8", "nul", "broken quotes", "too many lines"],
)
def test_a_file_that_is_no_list_of_codes_is_refused_whole(mall, content):
    item = mall.item(kind=ItemKind.VIRTUAL, stock=0)

    try:
        taken = services.upload_codes(
            item_id=item.id, content=content, file_name="x", actor=ACTOR, reason=REASON, now=NOON
        )
    except services.FileRefusedError:
        assert stock(item) == 0
    else:
        # A quote that is never closed is one strange line, and no harm.
        assert content == b'"unclosed'
        assert taken.accepted == 1


def test_codes_are_not_in_the_tables(mall):
    from django.db import connection

    item = mall.item(kind=ItemKind.VIRTUAL, stock=0)
    mall.codes(item, "SECRET-1")

    with connection.cursor() as cursor:
        cursor.execute("SELECT mall_code::text FROM mall_code")
        told = cursor.fetchone()[0]
    assert "SECRET-1" not in told
    assert b"SECRET-1".hex() not in told


def test_stock_of_codes_is_not_moved_by_hand(mall):
    item = mall.item(kind=ItemKind.VIRTUAL, stock=1)
    ticket = mall.item(kind=ItemKind.TICKET)

    for one in (item, ticket):
        with pytest.raises(services.StockInvalidError):
            mall.stock(one, 5)
    with pytest.raises(services.StockInvalidError):
        mall.codes(mall.item(), "A")


def test_stock_goes_out_no_further_than_it_is_there(mall):
    item = mall.item(stock=3)

    assert mall.stock(item, -2) == 1
    for change in (-2, 0, 10**10):
        with pytest.raises(services.StockInvalidError):
            mall.stock(item, change)
    with pytest.raises(services.UnknownStoreError):
        mall.stock(item, 1, store_id=1)
    assert stock(item) == 1


def test_an_order_awaiting_payment_finds_its_code(mall):
    item = mall.item(kind=ItemKind.COUPON, issuer=CODE_STOCK, cash=100, stock=1)
    order = mall.order(item, mall.buyer())
    with pytest.raises(services.SoldOutError):
        mall.order(item, mall.buyer())

    paid = pay(order)

    assert paid.status is OrderStatus.DELIVERED
    assert len(selectors.list_codes(member_id=order.member_id, order_id=order.id)) == 1


# --- Parcels ----------------------------------------------------------------------------


def test_a_parcel_is_sent_once_and_its_number_can_be_put_right(mall):
    order = mall.order(mall.item(), mall.buyer())

    ship(order, tracking="SF1")
    mended = ship(order, tracking="SF2")

    assert (mended.status, mended.tracking) == (OrderStatus.SHIPPED, "SF2")
    assert events() == ["ordered", "shipped"]
    for wrong in ({"carrier": " "}, {"tracking": ""}, {"tracking": "x" * 61}):
        with pytest.raises(services.DeliveryInvalidError):
            ship(order, **wrong)


def test_a_file_ships_what_it_can(mall):
    item = mall.item()
    one, two, three = (mall.order(item, mall.buyer()) for _ in range(3))
    cancel(three)
    lines = [
        "number,carrier,tracking",
        f"{one.number},SF,SF1",
        f"{two.number},SF,",
        f"{three.number},SF,SF3",
        "M1,SF,SF4",
        "nonsense",
        "",
    ]

    def send() -> Any:
        return services.ship_many(
            programme_id=mall.shop.programme.id,
            content="\n".join(lines).encode(),
            actor=ACTOR,
            now=NOON,
        )

    first, again = send(), send()

    expected = [(3, "incomplete"), (4, "not_waiting"), (5, "unknown"), (6, "too_few_columns")]
    assert (first.accepted, reasons(first)) == (1, expected)
    assert (again.accepted, reasons(again)) == (1, expected)
    assert events().count("shipped") == 1


def test_the_member_says_that_it_has_come(mall):
    order = mall.order(mall.item(), mall.buyer())
    names = {"member_id": order.member_id, "order_id": order.id, "now": NOON}
    with pytest.raises(services.WrongStateError):
        services.receive_order(**names)
    ship(order)

    assert services.receive_order(**names).status is OrderStatus.DELIVERED
    assert services.receive_order(**names).status is OrderStatus.DELIVERED


def test_addresses_are_forgotten_in_time(mall):
    order = mall.order(mall.item(), mall.buyer())
    waiting = mall.order(mall.item(), mall.buyer())
    ship(order)

    assert services.forget_old(now=NOON + 179 * DAY) == 0
    assert services.forget_old(now=NOON + 181 * DAY) == 1

    row = selectors.get_order(member_id=order.member_id, order_id=order.id)
    assert (row.address, row.tracking) == (None, "")
    kept = selectors.get_order(member_id=waiting.member_id, order_id=waiting.id)
    assert kept.address == HOME


def test_an_address_is_revealed_with_a_trace(mall):
    order = mall.order(mall.item(), mall.buyer())

    services.reveal_address(
        member_id=order.member_id, order_id=order.id, actor=ACTOR, reason=REASON, now=NOON
    )

    assert AuditRecord.objects.get(action="mall.address_revealed").reason == REASON


# --- Stores -----------------------------------------------------------------------------


@pytest.fixture
def waiting(mall) -> Any:
    """Return an order that waits in a store."""
    item = mall.item(ships=False, collects=True)
    store = mall.store(item, "hz", 2)
    return mall.order(item, mall.buyer(), store_id=store)


def collect(order: Any, **more: Any) -> Any:
    values: dict[str, Any] = {"code": order.collect_code, "actor": ACTOR, "now": NOON} | more
    return services.collect_order(member_id=order.member_id, order_id=order.id, **values)


def undo(order: Any, now: Any = NOON) -> Any:
    return services.undo_collection(
        member_id=order.member_id, order_id=order.id, actor=ACTOR, reason=REASON, now=now
    )


def left_in_store(order: Any) -> int:
    return selectors.list_store_stock(item_ids=[order.item_id])[order.item_id][0].left


def test_a_collection_code_works_once(mall, waiting):
    assert left_in_store(waiting) == 1

    done = collect(waiting, store_id=waiting.store_id)

    assert done.status is OrderStatus.COLLECTED
    with pytest.raises(services.CollectedAlreadyError):
        collect(waiting)
    assert events() == ["ordered", "collected"]


def test_a_code_is_found_as_it_is_typed_and_is_not_in_the_table(mall, waiting):
    from django.db import connection

    code = waiting.collect_code
    typed = f" {code[:5].lower()}-{code[5:]} "
    programme = mall.shop.programme.id

    assert selectors.find_by_collect_code(code=typed, programme_id=programme).id == waiting.id
    assert selectors.find_by_collect_code(code=code, programme_id=programme + 1) is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT mall_order::text FROM mall_order")
        told = cursor.fetchone()[0]
    assert code not in told
    assert code.encode().hex() not in told


def test_wrong_codes_and_other_stores_collect_nothing(mall, waiting):
    with pytest.raises(services.CollectCodeError):
        collect(waiting, code="AAAAA22222")
    with pytest.raises(services.CollectCodeError):
        collect(waiting, store_id=waiting.store_id + 1)
    with pytest.raises(services.WrongStateError):
        collect(mall.order(mall.item(), mall.buyer()), code="")


def test_a_slip_is_taken_back_within_its_time(mall, waiting):
    services.set_terms(
        programme_id=mall.shop.programme.id,
        terms=Terms(pay_minutes=30, collect_days=14, undo_minutes=10),
        actor=ACTOR,
        reason=REASON,
        now=NOON,
    )
    with pytest.raises(services.WrongStateError):
        undo(waiting)
    collect(waiting)

    with pytest.raises(services.UndoTooLateError):
        undo(waiting, NOON + 10 * MINUTE + timedelta(microseconds=1))
    assert undo(waiting, NOON + 10 * MINUTE).status is OrderStatus.TO_COLLECT
    assert collect(waiting).status is OrderStatus.COLLECTED


def test_collection_codes_are_forgotten_in_time(mall, waiting):
    collect(waiting)

    assert services.forget_old(now=NOON + 181 * DAY) == 1
    assert services.forget_old(now=NOON + 181 * DAY) == 0

    programme = mall.shop.programme.id
    assert selectors.find_by_collect_code(code=waiting.collect_code, programme_id=programme) is None


def test_what_nobody_collects_goes_back(mall, waiting):
    ends = waiting.collect_by
    assert ends == NOON + 14 * DAY
    assert services.return_unclaimed(now=ends - timedelta(microseconds=1)) == 0

    assert services.return_unclaimed(now=ends) == 1
    assert services.return_unclaimed(now=ends) == 0

    assert left_in_store(waiting) == 2
    assert available(mall, waiting.member_id) == 1000
    row = models.Order.objects.get()
    assert (row.status, row.why) == (OrderStatus.CANCELLED, "unclaimed")
    with pytest.raises(services.WrongStateError):
        collect(waiting)


def test_a_store_runs_out_by_itself(mall):
    item = mall.item(ships=True, collects=True, stock=5)
    store = mall.store(item, "hz", 1)
    member = mall.buyer()
    mall.order(item, member, store_id=store, delivery=Delivery.COLLECT)

    with pytest.raises(services.SoldOutError):
        mall.order(item, member, store_id=store, delivery=Delivery.COLLECT)
    with pytest.raises(services.UnknownStoreError):
        mall.order(item, member, store_id=store + 1, delivery=Delivery.COLLECT)

    assert mall.order(item, member, address=HOME).status is OrderStatus.TO_SHIP
    assert stock(item) == 4


def test_a_collected_order_is_refunded_to_its_store(mall, waiting):
    collect(waiting)

    refund(waiting, restock=True)

    assert left_in_store(waiting) == 2
    assert available(mall, waiting.member_id) == 1000


# --- Tasks ------------------------------------------------------------------------------


def test_tasks_do_what_time_asks(mall):
    long_ago = NOON - 400 * DAY
    order = mall.order(mall.item(cash=100), mall.buyer(), now=clock.now() - DAY)
    sent = mall.order(mall.item(), mall.buyer())
    ship(sent)
    models.Order.objects.filter(id=sent.id).update(changed_at=long_ago)

    assert tasks.return_unpaid() == 1
    assert tasks.return_unclaimed() == 0
    assert tasks.forget_old() == 1
    assert tasks.reconcile() == 0
    assert models.Order.objects.get(id=order.id).status == OrderStatus.CANCELLED


def test_the_proof_finds_what_does_not_add_up(mall):
    item = mall.item(stock=5)
    models.Item.objects.filter(pk=item.id).update(left=4)

    found = selectors.list_differences()

    assert found == [f"stock of {item.code}: 5 expected, 4 found"]
    assert tasks.reconcile() == 1
    models.Item.objects.filter(pk=item.id).update(left=5)
