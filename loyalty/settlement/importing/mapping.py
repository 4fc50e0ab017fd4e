"""Which column of a file means what. Mappings are files (TOML or JSON), not code."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loyalty.settlement.importing.errors import MappingInvalidError

_HERE = Path(__file__).parent / "mappings"
DEFAULT = _HERE / "online_retail.toml"
COLUMNS = ("order_no", "sku", "quantity", "at", "unit_price", "customer")
OPTIONAL = ("name", "category", "brand")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """How to read a file of order lines.

    `columns` says which column holds what. `goods` is what the code of real goods matches
    (anything else is an adjustment), `cancels` what the number of a cancelling invoice
    matches; both are optional. `attributes` are columns kept with the order.
    """

    columns: Dict[str, str]
    attributes: Dict[str, str] = field(default_factory=dict)
    storefront: str = ""
    date_format: str = ""
    delimiter: str = ","
    goods: str = ""
    cancels: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the mapping as plain values, equal when it means the same."""
        return {
            "columns": dict(sorted(self.columns.items())),
            "attributes": dict(sorted(self.attributes.items())),
            "storefront": self.storefront,
            "date_format": self.date_format,
            "delimiter": self.delimiter,
            "goods": self.goods,
            "cancels": self.cancels,
        }


def load(path: Path) -> Mapping:
    """Read a mapping from a .toml or .json file.

    Raises:
        MappingInvalidError: it cannot be read, or lacks a column.
    """
    try:
        text = path.read_text(encoding="utf-8")
        values = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as wrong:
        raise MappingInvalidError(f"{path.name}: {wrong}") from wrong
    if not isinstance(values, dict):
        raise MappingInvalidError(f"{path.name}: a mapping is a table of names")
    return of(values, name=path.name)


def of(values: dict[str, Any], *, name: str = "mapping") -> Mapping:
    """Check a mapping given as plain values.

    Raises:
        MappingInvalidError: a column is missing, a setting unknown, a pattern broken.
    """
    unknown = sorted(set(values) - set(Mapping.__dataclass_fields__))
    columns, attributes = values.get("columns", {}), values.get("attributes", {})
    if unknown:
        raise MappingInvalidError(f"{name}: unknown setting {unknown[0]!r}")
    if not _is_texts(columns) or not _is_texts(attributes):
        raise MappingInvalidError(f"{name}: [columns] and [attributes] name columns")
    missing = [column for column in COLUMNS if column not in columns]
    surplus = sorted(set(columns) - {*COLUMNS, *OPTIONAL})
    if missing or surplus:
        what = f"lacks {missing[0]!r}" if missing else f"has an unknown {surplus[0]!r}"
        raise MappingInvalidError(f"{name}: [columns] {what}")
    others = {key: value for key, value in values.items() if key not in ("columns", "attributes")}
    if not _is_texts(others) or len(others.get("delimiter", ",")) != 1:
        raise MappingInvalidError(f"{name}: settings are texts, the delimiter one character")
    for key in ("goods", "cancels"):
        try:
            re.compile(others.get(key, ""))
        except re.error as wrong:
            raise MappingInvalidError(f"{name}: {key}: {wrong}") from wrong
    return Mapping(columns=columns, attributes=attributes, **others)


def _is_texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
