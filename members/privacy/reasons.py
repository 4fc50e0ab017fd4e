"""Purposes and retentions that several registers name."""

from __future__ import annotations

MEMBERSHIP = "while the person is a member"
REACH = "to recognize the member, and to reach and sign in them"
SERVE = "to serve the member as a person"
