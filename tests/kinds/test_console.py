"""The console: kinds as versions, the inbox of applications, giving and taking."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from config.kernel import clock
from config.kernel.models import AuditRecord
from members.kinds import selectors, services
from members.kinds.models import Application, KindsVersion, Membership
from members.models import Member, User
from tests.console.conftest import opened, operator, sent
from tests.factories.kinds import STUDENT, make_kinds
from tests.factories.members import make_member
from tests.factories.programmes import make_shop
from tests.factories.story import Story, make_story

VERSIONS, INBOX = "/ops/kinds/kindsversion", "/ops/kinds/application"
HELD = "/ops/kinds/membership"


@pytest.fixture
def story(db: None) -> Story:
    made = make_story(full=False)
    make_kinds(made.shop)
    return made


@pytest.fixture(params=("zh-hans", "en"))
def language(request) -> str:
    return str(request.param)


def _row(**changes: str) -> dict[str, str]:
    return {
        "code": "friend",
        "name_zh": "好友会员",
        "name_en": "Friend",
        "entry": "spend",
        "threshold": "150.50",
        "validity_months": "6",
        "proof": "",
        "service_level": "standard",
        "group_size": "0",
        **changes,
    }


def test_a_version_is_drafted_compared_and_published(story, language):
    client = operator(language)
    base = KindsVersion.objects.get(state="published")
    data = {**sent("kinds", [_row()]), "reason": "simpler"}

    answer = client.post(f"{VERSIONS}/{base.pk}/draft/", data)

    assert answer.status_code == 302, answer.content
    draft = KindsVersion.objects.get(state="draft")
    html = client.get(f"{VERSIONS}/{draft.pk}/change/").content.decode()
    assert ("好友会员" if language != "en" else "Friend") in html
    page = client.get(f"{VERSIONS}/{draft.pk}/publish/").content.decode()
    assert ("将被移除的类型" if language != "en" else "taken out") in page
    client.post(f"{VERSIONS}/{draft.pk}/publish/", {"reason": "go"})
    (kind,) = selectors.get_kinds(programme_id=story.shop.programme.id).kinds
    assert (kind.code, kind.threshold, kind.validity_months) == ("friend", 15050, 6)


def test_the_editor_opens_with_what_is_in_force_and_keeps_it(story):
    client = operator()
    base = KindsVersion.objects.get(state="published")
    path = f"{VERSIONS}/{base.pk}/draft/"

    client.post(path, {**opened(client.get(path)), "reason": "the same"})

    draft = KindsVersion.objects.get(state="draft")
    before, after = (
        [
            row.values()
            for row in [
                dict(one)
                for one in version.rows.order_by("rank").values(
                    "code", "entry", "threshold", "proof", "by_operator", "group_size"
                )
            ]
        ]
        for version in (base, draft)
    )
    assert [list(row) for row in before] == [list(row) for row in after]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"threshold": ""}, "threshold"),
        ({"code": "Bad Code"}, "code"),
        ({"code": "ordinary"}, "code"),
        ({"group_size": "5"}, "group_size"),
        ({"proof": "student"}, "proof"),
        ({"validity_months": "-1"}, "validity_months"),
    ],
)
def test_bad_rows_are_said_at_their_cell(story, changes, field):
    base = KindsVersion.objects.get(state="published")
    data = {**sent("kinds", [_row(**changes)]), "reason": "x"}

    answer = operator().post(f"{VERSIONS}/{base.pk}/draft/", data)

    assert answer.status_code == 200
    (row,) = answer.context["form"]["kinds"].value().forms
    assert field in row.errors
    assert not KindsVersion.objects.filter(state="draft").exists()


def test_a_programme_without_kinds_begins_with_the_usual_ones(story):
    bare = make_shop("bare")

    operator().post(
        reverse("admin:kinds_kindsversion_begin"),
        {"programme": str(bare.programme.id), "reason": "start"},
    )

    assert selectors.get_kinds(programme_id=bare.programme.id).find("vip")


def _apply(story: Story) -> Application:
    services.apply(
        member_id=story.member_id, kind="student", given=STUDENT, actor="m", now=clock.now()
    )
    return Application.objects.get()


def test_an_application_is_looked_at_and_approved(story, language):
    row = _apply(story)
    client = operator(language)
    listing = client.get(f"{INBOX}/").content.decode()
    assert STUDENT.number not in listing
    path = f"{INBOX}/{story.member_id}-{row.pk}/approve/"

    assert STUDENT.number in client.get(path).content.decode()
    client.post(path, {"reason": "card seen"})

    assert Member.objects.get(pk=story.member_id).kind == "student"
    actions = AuditRecord.objects.filter(action__startswith="kinds.")
    told = set(actions.values_list("action", flat=True))
    assert {"kinds.proof_looked_at", "kinds.application_approved"} <= told


def test_a_refusal_needs_its_reason(story):
    row = _apply(story)
    client = operator()
    path = f"{INBOX}/{story.member_id}-{row.pk}/refuse/"

    assert client.post(path, {"reason": ""}).status_code == 200
    assert Application.objects.get().state == "waiting"
    client.post(path, {"reason": "看不清"})

    assert Application.objects.get().state == "refused"


def test_who_may_only_look_neither_sees_proofs_nor_decides(story):
    row = _apply(story)
    client = operator(superuser=False)
    user = User.objects.get(staff_name="lin")
    looking = ("view_application", "view_membership", "view_kindsversion", "see_all_stores")
    for name in looking:
        user.user_permissions.add(Permission.objects.get(codename=name))
    path = f"{INBOX}/{story.member_id}-{row.pk}"

    assert client.get(f"{path}/change/").status_code == 200
    for act in ("approve", "refuse"):
        assert client.get(f"{path}/{act}/").status_code == 403
        assert client.post(f"{path}/{act}/", {"reason": "x"}).status_code == 403
    assert client.get(f"{HELD}/of/{story.member_id}/give").status_code == 403
    assert Application.objects.get().state == "waiting"


def test_a_kind_is_given_from_the_members_page_and_taken_away(story, language):
    client = operator(language)
    page = client.get(f"/ops/members/member/{story.member_id}/change/").content.decode()
    assert f"{HELD}/of/{story.member_id}/give" in page

    client.post(f"{HELD}/of/{story.member_id}/give", {"kind": "vip", "reason": "guest"})

    row = Membership.objects.get()
    assert Member.objects.get(pk=story.member_id).kind == "vip"
    assert client.get(f"{HELD}/").status_code == 200
    client.post(f"{HELD}/{story.member_id}-{row.pk}/take/", {"reason": "over"})
    assert Member.objects.get(pk=story.member_id).kind == "ordinary"


def test_members_are_filtered_by_kind(story):
    make_member(story.shop)
    client = operator()
    client.post(f"{HELD}/of/{story.member_id}/give", {"kind": "vip", "reason": "guest"})

    page = client.get("/ops/members/member/?kind=vip")

    assert [row.pk for row in page.context["cl"].result_list] == [story.member_id]
    assert "VIP 会员" in page.content.decode()
