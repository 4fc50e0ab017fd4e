"""What programmes do by the clock."""

from datetime import timedelta

from allauth.idp.oidc.models import Token

from config.kernel import clock
from members.programmes import tasks
from tests.factories.api import api_client
from tests.factories.programmes import make_shop


def test_clear_tokens_deletes_the_expired_alone(db):
    shop = make_shop()
    good = api_client(shop)
    api_client(shop, expires_at=clock.now() - timedelta(seconds=1))

    assert tasks.clear_tokens() == 1
    assert Token.objects.get().client_id == good.client_id
