"""Who works here: invited, given roles by a second person, shut out, never by their own hand."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from allauth.mfa.models import Authenticator
from django.db import connections

from config.kernel import approvals, clock
from config.kernel.models import Approval, AuditRecord
from members import services
from members.models import User
from members.programmes import selectors as programmes_selectors
from tests.console import walking
from tests.console.people import browser, open_store, staff
from tests.factories.programmes import make_shop

LIST = "/ops/members/user/"


@pytest.fixture
def chief(db) -> User:
    return staff("chief", "administrator")


def roles_of(user: User) -> set[str]:
    return set(user.groups.values_list("name", flat=True))


def test_somebody_new_is_invited_and_chooses_a_password_before_anything_else(chief):
    shop = make_shop()
    store = open_store(shop, "here")
    form = {"username": "Mei", "roles": "store_manager", "stores": str(store), "reason": "new"}

    told = browser(chief).post(f"{LIST}invite/", form)

    password = told.context["password"]
    assert "no-store" in told.headers["Cache-Control"]
    mei = User.objects.get(staff_name="mei")
    assert roles_of(mei) == {"store_manager"}
    assert programmes_selectors.list_stores_served(user=mei) == [store]
    newcomer = browser(mei)
    assert newcomer.get("/ops/")["Location"].startswith("/staff/password")
    for wrong in (password, "short", ""):
        refused = newcomer.post("/staff/password", {"password": wrong})
        assert refused.status_code == 422
    assert newcomer.get("/ops/")["Location"].startswith("/staff/password")
    chosen = newcomer.post("/staff/password", {"password": "a quite long one", "next": "/ops/"})
    assert chosen["Location"] == "/ops/"
    assert newcomer.get("/ops/").status_code == 200


@pytest.mark.parametrize("name", ["", "a", "Ünï", "a b", "x" * 41, "chief", "<script>"])
def test_a_name_that_cannot_be_is_refused_at_its_field(chief, name):
    answer = browser(chief).post(f"{LIST}invite/", {"username": name, "reason": "new"})

    assert answer.context["form"].errors["username"]
    assert User.objects.count() == 1


def test_a_guarded_role_waits_for_somebody_else_and_a_plain_one_does_not(chief):
    other, sue = staff("other", "administrator"), staff("sue", "support")
    page = f"{LIST}{sue.pk}/roles/"

    browser(chief).post(page, {"roles": ["support", "operations"], "reason": "more"})
    assert roles_of(sue) == {"support", "operations"}
    browser(chief).post(page, {"roles": ["finance"], "reason": "moves"})
    assert roles_of(sue) == {"support", "operations"}

    asked = Approval.objects.get(kind="members.staff_roles")
    with pytest.raises(approvals.OwnApprovalError):
        _decide(asked, chief)
    shown = browser(other).get(f"/ops/kernel/approval/{asked.pk}/change/").content.decode()
    assert "sue" in shown
    _decide(asked, other)
    assert roles_of(sue) == {"finance"}
    kept = AuditRecord.objects.filter(action="staff.roles_changed").order_by("id").last()
    assert kept.after["roles"] == ["finance"]


def test_nobody_decides_about_their_own_roles_whoever_asked(chief):
    other = staff("other", "administrator")
    services.change_roles(
        user_id=other.pk,
        roles=["administrator", "finance"],
        store_ids=[],
        actor=f"staff:{chief.pk}",
        reason="both",
        now=clock.now(),
    )

    with pytest.raises(approvals.OwnApprovalError):
        _decide(Approval.objects.get(), other)
    assert roles_of(other) == {"administrator"}


@pytest.mark.parametrize(
    "act", ["roles", "deactivate", "reactivate", "new-password", "reset-proof", "require-password"]
)
def test_nobody_touches_their_own_account(chief, act):
    form = {"roles": ["administrator", "finance"], "reason": "me"}

    assert browser(chief).post(f"{LIST}{chief.pk}/{act}/", form).status_code == 403
    assert roles_of(chief) == {"administrator"}
    with pytest.raises(services.OwnAccountError):
        services.deactivate_staff(
            user_id=chief.pk, actor=f"staff:{chief.pk}", reason="x", now=clock.now()
        )


def test_the_last_administrator_stays(chief):
    ops = staff("ops", "operations")
    for act in (services.deactivate_staff, _to_support):
        with pytest.raises(services.LastAdministratorError):
            act(user_id=chief.pk, actor=f"staff:{ops.pk}", reason="x", now=clock.now())
    assert User.objects.get(pk=chief.pk).is_active


def _to_support(**values):
    return services.change_roles(roles=["support"], store_ids=[], **values)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_shut_each_other_out_at_once():
    pair = [staff("ann", "administrator"), staff("ben", "administrator")]
    start = Barrier(2)

    def shut(which: int) -> str:
        try:
            start.wait()
            services.deactivate_staff(
                user_id=pair[which].pk,
                actor=f"staff:{pair[1 - which].pk}",
                reason="x",
                now=clock.now(),
            )
        except services.LastAdministratorError:
            return "kept"
        finally:
            connections.close_all()
        return "gone"

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(shut, (0, 1))) == ["gone", "kept"]
    assert User.objects.filter(is_active=True).count() == 1


def test_whoever_is_shut_out_is_out_at_once(chief):
    sue = staff("sue", "support")
    at_work = browser(sue)
    assert at_work.get("/ops/").status_code == 200

    browser(chief).post(f"{LIST}{sue.pk}/deactivate/", {"reason": "left"})

    assert at_work.get("/ops/").status_code == 302
    browser(chief).post(f"{LIST}{sue.pk}/reactivate/", {"reason": "back"})
    assert User.objects.get(pk=sue.pk).must_change_password


def test_nobody_gets_at_guarded_roles_by_a_password_or_a_lost_proof(chief):
    fay, other = staff("fay", "finance"), staff("other", "administrator")
    Authenticator.objects.create(user=fay, type=Authenticator.Type.TOTP, data={})

    refused = browser(chief).post(f"{LIST}{fay.pk}/new-password/", {"reason": "forgot"})
    assert "take them away first" in refused.content.decode()
    browser(chief).post(f"{LIST}{fay.pk}/reset-proof/", {"reason": "lost phone"})
    assert Authenticator.objects.filter(user=fay).exists()

    _decide(Approval.objects.get(kind="members.staff_reset"), other)
    assert not Authenticator.objects.filter(user=fay).exists()


def test_a_plain_roles_proof_is_reset_at_once(chief):
    sue = staff("sue", "support")
    Authenticator.objects.create(user=sue, type=Authenticator.Type.TOTP, data={})

    browser(chief).post(f"{LIST}{sue.pk}/reset-proof/", {"reason": "lost phone"})

    assert not Authenticator.objects.filter(user=sue).exists()


def test_no_page_of_the_console_opens_without_a_second_proof(chief, settings):
    settings.STAFF_SECOND_PROOF = True
    root = browser(User.objects.create_superuser("root"))

    opened = [
        path
        for path in walking.addresses().values()
        if not root.get(path).headers.get("Location", "").startswith("/staff/authenticator")
    ]

    assert opened == []


def _decide(asked: Approval, by: User) -> None:
    approvals.decide(approval_id=asked.pk, approver=f"staff:{by.pk}", approve=True, now=clock.now())
