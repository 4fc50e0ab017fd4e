"""Whatever members type: no file that is opened in a spreadsheet runs it."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta

import pytest

from config.kernel import clock
from config.kernel.cells import cell
from members import export_files
from points.admin import showing
from points.mall.admin import shipping
from points.mall.types import Address
from tests.factories.mall import Mall
from tests.factories.members import make_member
from tests.factories.programmes import make_shop

EVIL = [
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "＝1+1",
    "＠SUM(1)",
]


def is_run(shown: str) -> bool:
    """Tell whether a spreadsheet would run this cell."""
    return shown.lstrip(" ")[:1] in tuple("=+-@\t\r\n＝＋－＠")


@pytest.mark.parametrize("evil", EVIL)
def test_every_writer_of_rows_makes_text_of_it(evil):
    written = [
        export_files.as_text([[evil]]),
        "".join(showing._lines([[evil]])).removeprefix("\ufeff"),
    ]

    for text in written:
        [[shown]] = csv.reader(io.StringIO(text, newline=""))
        assert not is_run(shown)
        assert shown.removeprefix("'") == evil


@pytest.mark.parametrize("harmless", ["小李", "a=b", "a@b.example", "1-2", "", 0, -5, 12])
def test_what_is_no_formula_stays_as_it_is(harmless):
    assert cell(harmless) == harmless


@pytest.mark.django_db
def test_the_file_of_parcels_runs_nothing_and_keeps_phone_numbers():
    shop = make_shop()
    now = clock.now()
    mall = Mall(shop=shop)
    member = make_member(shop, now=now - timedelta(days=9))
    address = Address(
        recipient=EVIL[0], phone="+8613800138000", region="浙江省", street="@SUM(1+1)"
    )
    mall.give(member, 5000)
    order = mall.order(mall.item(), member, address=address, now=now)

    text = shipping._sheet([order]).content.decode("utf-8-sig")

    rows = list(csv.reader(io.StringIO(text)))
    assert "+8613800138000" in rows[1]
    assert [shown for shown in rows[1] if is_run(shown)] == ["+8613800138000"]


@pytest.mark.django_db
def test_a_members_own_copy_runs_nothing(tmp_path):
    from config.kernel.personal import Person
    from members import models, portable

    shop = make_shop()
    member = make_member(shop, nickname=EVIL[0])
    models.Member.objects.filter(pk=member).update(name=EVIL[3])
    path = tmp_path / "copy.zip"
    with path.open("wb") as file:
        portable.write(
            file,
            person=Person(member_ids=(member,)),
            number="1",
            locale="en",
            now=clock.now(),
            tell=lambda *_: None,
        )

    with zipfile.ZipFile(path) as bundle:
        sheets = [name for name in bundle.namelist() if name.endswith(".csv")]
        cells = [
            shown
            for name in sheets
            for row in csv.reader(io.StringIO(bundle.read(name).decode("utf-8-sig"), newline=""))
            for shown in row
        ]
    assert f"'{EVIL[0]}" in cells
    assert not any(is_run(shown) for shown in cells if not shown.lstrip("-+").isdecimal())
