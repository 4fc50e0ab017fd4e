"""A toy operation through the whole API layer."""

import pytest

from config.kernel import api
from tests.factories.api import api_client
from tests.factories.programmes import make_shop


def test_a_shop_and_its_client_can_be_made(db):
    shop = make_shop()

    client = api_client(shop)

    assert client.get("nothing-here").status_code == 404


def test_contracts_take_required_after_optional_fields():
    class Toy(api.Body):
        note: str = ""
        points: int  # type: ignore[misc]  # a stricter view than the runtime's

    assert Toy(points=1).note == ""


def test_contracts_refuse_times_without_offset():
    from datetime import datetime

    class Toy(api.Body):
        at: datetime

    with pytest.raises(TypeError):
        api.operation(scope=None, summary="", tag="", body=Toy)
