"""Contact sheets: many pictures on one, each under its name, so that all can be looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

# For a width of the window: pictures side by side, how wide each, how tall a strip of it.
_LAYOUTS = {390: (6, 230, 820), 1280: (2, 700, 405)}
_TALLEST = 870
_GAP, _TITLE = 6, 16


def lay_out(pictures: Sequence[Path], *, width: int, target: Path, name: str) -> int:
    """Put pictures of windows of `width` on sheets in `target`; return how many sheets."""
    columns, across, strip = _LAYOUTS[width]
    cells = [cell for picture in pictures for cell in _cells(picture, across, strip)]
    sheets = list(_sheets(cells, columns))
    for number, rows in enumerate(sheets, 1):
        height = sum(_row_height(row) for row in rows)
        sheet = Image.new("RGB", (columns * (across + _GAP), height), (120, 120, 130))
        pen, font, top = ImageDraw.Draw(sheet), ImageFont.load_default(11), 0
        for row in rows:
            for place, (title, image) in enumerate(row):
                left = place * (across + _GAP)
                pen.text(
                    (left + 2, top + 1), title[-across // 6 :], fill=(255, 255, 255), font=font
                )
                sheet.paste(image, (left, top + _TITLE))
            top += _row_height(row)
        sheet.save(target / f"{name}-{number:02}.png")
    return len(sheets)


Cell = tuple[str, Image.Image]


def _cells(picture: Path, across: int, strip: int) -> Iterator[Cell]:
    """Cut a page into strips that a sheet has room for; at most three, the rest is more of it."""
    with Image.open(picture) as opened:
        page = opened.convert("RGB")
    page = page.resize((across, max(1, page.height * across // page.width)))
    for number, top in enumerate(range(0, page.height, strip)):
        if number == 3:
            return
        part = page.crop((0, top, across, min(page.height, top + strip)))
        if number and part.height < 40:
            return
        yield (f"{picture.name.split('.')[0]}{f' ({number + 1})' if number else ''}", part)


def _row_height(row: Sequence[Cell]) -> int:
    return max(image.height for _title, image in row) + _TITLE + _GAP


def _sheets(cells: Sequence[Cell], columns: int) -> Iterator[list[Sequence[Cell]]]:
    rows = [cells[first : first + columns] for first in range(0, len(cells), columns)]
    sheet: list[Sequence[Cell]] = []
    for row in rows:
        if sheet and sum(map(_row_height, sheet)) + _row_height(row) > _TALLEST:
            yield sheet
            sheet = []
        sheet.append(row)
    if sheet:
        yield sheet
