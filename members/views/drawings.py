"""The square that an authenticator app scans."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import segno


def authenticator_link(*, secret: str, label: str, issuer: str) -> str:
    """Return the otpauth link of a secret; it names the member by their number alone."""
    query = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(label)}?{query}"


def square(text: str) -> str:
    """Return a QR code as a data address, dark on white in every theme."""
    return segno.make_qr(text, error="m").svg_data_uri(dark="#1a1c20", light="#ffffff", border=3)
