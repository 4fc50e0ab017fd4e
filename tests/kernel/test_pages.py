"""A refusal behind a page is a clear page with the right status."""

import pytest
from django.test import Client
from django.urls import path

from config.kernel.errors import ConflictError
from config.urls import urlpatterns as real
from members.models import User


class CupboardBareError(ConflictError):
    code = "cupboard.bare"
    title = "The cupboard is bare"


def _open_cupboard(request):
    raise CupboardBareError("there is no bone in it")


def _burn_down(request):
    raise RuntimeError("a secret")


def _look_up(request):
    User.objects.filter(staff_name=request.GET["name"]).exists()


urlpatterns = [
    path("look", _look_up),
    path("cupboard", _open_cupboard),
    path("fire", _burn_down),
    *real,
]


@pytest.fixture(autouse=True)
def _urls(settings):
    settings.ROOT_URLCONF = __name__


def test_a_domain_error_becomes_a_page_with_its_status(db):
    response = Client().get("/cupboard")

    assert response.status_code == 409
    assert "The cupboard is bare" in response.content.decode()


def test_an_unexpected_error_stays_a_500_without_detail(db):
    response = Client(raise_request_exception=False).get("/fire")

    assert response.status_code == 500
    assert b"a secret" not in response.content


def test_what_the_database_cannot_hold_is_a_400_and_no_500(db):
    response = Client(raise_request_exception=False).get("/look", {"name": "a\0b"})

    assert response.status_code == 400


def test_a_program_is_told_in_json_what_it_cannot_send(db):
    response = Client(raise_request_exception=False).post(
        "/oauth/token",
        {"grant_type": "client_credentials", "client_id": "\0", "client_secret": "x"},
    )

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "request.malformed"
