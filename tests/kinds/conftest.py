"""A shop with the usual kinds of member."""

from __future__ import annotations

import pytest

from tests.factories.kinds import make_kinds
from tests.factories.programmes import Shop, make_shop


@pytest.fixture
def shop(db: None) -> Shop:
    made = make_shop()
    make_kinds(made)
    return made
