"""Purposes and retentions that several registers name."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

MEMBERSHIP = _("while the person is a member")
REACH = _("to recognize the member, and to reach and sign in them")
SERVE = _("to serve the member as a person")
