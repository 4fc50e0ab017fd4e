"""Each screen and action opens to the roles that docs/roles.md names, and to no other."""

from __future__ import annotations

import os

import pytest
from django.contrib.auth.models import Group, Permission

from config.kernel import roles
from config.kernel.roles import Role, UnknownPermissionError
from tests.console import walking
from tests.factories.programmes import make_shop

pytestmark = pytest.mark.django_db


def test_every_address_opens_to_the_roles_written_down_and_no_other(monkeypatch):
    make_shop()
    walking.draw_nothing(monkeypatch)
    found = walking.measured() | walking.deciders()
    if os.environ.get("CHANGKE_WRITE_ROLES"):
        walking.MATRIX.write_text(walking.as_markdown(found))

    written = walking.written()

    undecided = sorted(set(found) - set(written))
    gone = sorted(set(written) - set(found))
    differs = {
        name: (found[name], written[name]) for name in found if found[name] != written.get(name)
    }
    assert (undecided, gone, differs) == ([], [], {}), "see the head of docs/roles.md"


def test_the_walk_sees_the_whole_console():
    found = walking.addresses()

    assert len(found) > 100
    assert "members_member_reveal" in found
    assert "points_account_correct" in found


def test_groups_hold_what_the_table_says_whatever_was_put_into_them():
    group = Group.objects.get(name="auditor")
    group.permissions.add(Permission.objects.get(codename="change_clientbinding"))

    roles.renew()

    held = set(group.permissions.values_list("codename", flat=True))
    assert "change_clientbinding" not in held
    assert "view_auditrecord" in held


def test_an_auditor_may_change_nothing():
    held = Group.objects.get(name="auditor").permissions.values_list("codename", flat=True)

    assert {code for code in held if not code.startswith("view_")} == {"see_all_stores"}


def test_nobody_decides_what_their_own_role_asks_for_most():
    support = Group.objects.get(name="support").permissions.values_list("codename", flat=True)

    assert [code for code in support if code.startswith("approve_")] == []


def test_a_permission_that_does_not_exist_is_an_error_and_not_an_empty_promise():
    role = Role(code="x", title="", says="", permissions=("points.fly",))

    with pytest.raises(UnknownPermissionError):
        roles.granted(role, {"points.view_entry"})
