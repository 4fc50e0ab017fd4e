"""Which addresses can be written to."""

import pytest

from members import contacts
from members.errors import InvalidEmailError


@pytest.mark.parametrize(
    "text",
    ["Lin@Example.com", "lin+x@mail.example.co.uk", "林@例子.中国", "a@xn--fiq.xn--p1ai"],
)
def test_addresses_of_named_hosts_are_taken(text):
    assert contacts.parse_email(text) == text.lower()


@pytest.mark.parametrize(
    "text",
    [
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@localhost",
        "a@-x.com",
        "a@x-.com",
        "a@x..com",
        "a@x_y.1",
        "a@b@c.com",
        "a b@x.com",
    ],
)
def test_literals_and_broken_hosts_are_refused(text):
    with pytest.raises(InvalidEmailError):
        contacts.parse_email(text)
