"""The member center: every state of kinds, in both languages; bad input; other people's."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from config.kernel import clock, ids
from members import selectors as members_selectors
from members.kinds import selectors, services
from members.kinds.models import Application, Invitation, Membership
from members.kinds.types import Why
from members.models import Member
from tests.factories.kinds import STUDENT, make_family, make_kinds
from tests.factories.members import make_member
from tests.factories.story import Story, make_story, make_user
from tests.pages.conftest import browse

PROOF = STUDENT.as_values()


@pytest.fixture(params=("zh-hans", "en"))
def language(request: Any) -> str:
    return str(request.param)


@pytest.fixture
def story(db: None) -> Story:
    made = make_story(full=False)
    make_kinds(made.shop)
    return made


def page(client: Any, path: str = "/me/kinds", status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return str(answer.content.decode())


def test_an_ordinary_member_sees_what_there_is(story, language):
    html = page(browse(story.user, language))

    said = ("您目前是普通会员", "学生会员") if language != "en" else ("ordinary member", "Student")
    assert all(words in html for words in said)


def test_a_student_applies_waits_and_withdraws(story, language):
    client = browse(story.user, language)
    answer = client.post("/me/kinds/of/student/apply", PROOF, follow=True)
    html = answer.content.decode()
    assert ("审核中" if language != "en" else "We are looking at it") in html
    assert STUDENT.number not in html

    path = re.search(r'action="(/me/kinds/applications/[^"]+)"', html)
    assert path is not None
    client.post(path.group(1))

    assert Application.objects.get().state == "withdrawn"
    assert 'name="number"' in page(client, "/me/kinds/of/student")


def test_a_bad_proof_is_said_at_its_field_and_kept(story):
    answer = browse(story.user).post("/me/kinds/of/student/apply", {**PROOF, "number": "?"})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="number-error"' in html
    assert 'value="浙江大学"' in html
    assert not Application.objects.exists()


@pytest.mark.parametrize("bad", ["\x00", "x" * 5000, "<script>", "\ud800x"])
def test_hostile_proofs_are_refused_without_an_error(story, bad):
    raw = urlencode({name: bad.encode("utf-8", "surrogatepass") for name in PROOF})

    answer = browse(story.user).post(
        "/me/kinds/of/student/apply", raw, content_type="application/x-www-form-urlencoded"
    )

    assert answer.status_code == 422
    assert not Application.objects.exists()


def test_the_reason_of_a_refusal_is_read(story):
    client = browse(story.user)
    client.post("/me/kinds/of/student/apply", PROOF)
    row = Application.objects.get()
    services.refuse(
        member_id=story.member_id,
        application_id=row.pk,
        actor="staff:1",
        reason="照片看不清",
        now=clock.now(),
    )

    assert "照片看不清" in page(client, "/me/kinds/of/student")


def test_a_kind_near_its_end_offers_another_term(story, language):
    client = browse(story.user, language)
    services.enter_kind(
        member_id=story.member_id, kind="student", why=Why.GRANTED, actor="s", now=clock.now()
    )
    assert 'name="number"' not in page(client, "/me/kinds/of/student")
    Membership.objects.update(until=clock.now() + timedelta(days=20))

    assert ("去续期" if language != "en" else "Renew") in page(client)
    assert 'name="number"' in page(client, "/me/kinds/of/student")


def test_what_has_run_out_is_past_before_anything_swept_it(story, language):
    services.enter_kind(
        member_id=story.member_id, kind="student", why=Why.GRANTED, actor="s", now=clock.now()
    )
    Membership.objects.update(
        since=clock.now() - timedelta(days=9), until=clock.now() - timedelta(days=1)
    )

    html = page(browse(story.user, language))

    assert ("已到期" if language != "en" else "Ran out") in html


def test_a_family_from_its_founding_to_its_end(story, language):
    client = browse(story.user, language)
    client.post("/me/kinds/of/family/found", {"name": "林家"})
    client.post("/me/kinds/of/family/invite")
    html = page(client, "/me/kinds/of/family")
    code = Invitation.objects.get().code
    assert "林家" in html
    assert f"/me/kinds/join/{code}" in html

    child = make_member(story.shop, nickname="小满")
    guest = browse(make_user(child), language)
    assert "林家" in page(guest, f"/me/kinds/join/{code}")
    assert guest.post(f"/me/kinds/join/{code}").status_code == 302
    assert "小满" in page(client, "/me/kinds/of/family")

    public = members_selectors.public_id(child)
    client.post(f"/me/kinds/of/family/remove/{public}")
    assert Member.objects.get(pk=child).kind == "ordinary"
    client.post("/me/kinds/of/family/dissolve")
    assert not Membership.objects.filter(ended_at__isnull=True).exists()


def test_a_code_can_be_typed_and_a_wrong_one_is_said(story):
    owner = make_member(story.shop)
    make_family(owner)
    code = services.invite(member_id=owner, kind="family", now=clock.now()).code
    client = browse(story.user)

    assert client.post("/me/kinds/join", {"code": "WRONG"}).status_code == 422
    answer = client.post("/me/kinds/join", {"code": f"{code[:6]} {code[6:]}".lower()})

    assert answer.headers["Location"].lower() == f"/me/kinds/join/{code}".lower()
    assert page(client, "/me/kinds/join/" + "A" * 12, 422)


def test_others_groups_and_applications_are_out_of_reach(story):
    owner, child = make_member(story.shop), make_member(story.shop)
    make_family(owner, child)
    invitation = services.invite(member_id=owner, kind="family", now=clock.now())
    application = services.apply(
        member_id=owner, kind="student", given=STUDENT, actor="m", now=clock.now()
    )
    client = browse(story.user)
    public = ids.encode("kap", member_id=owner, row_id=application.id)

    for path in (
        f"of/family/remove/{members_selectors.public_id(child)}",
        f"of/family/revoke/{invitation.id}",
        "of/family/invite",
        "of/family/dissolve",
        f"applications/{public}/withdraw",
        "of/nothing/leave",
    ):
        assert client.post(f"/me/kinds/{path}").status_code == 404, path

    group = selectors.find_group(member_id=owner, kind="family", at=clock.now())
    assert group is not None
    assert group.taken == 2
    assert Application.objects.get().state == "waiting"


def test_the_room_says_what_one_is(story):
    services.enter_kind(
        member_id=story.member_id, kind="vip", why=Why.GRANTED, actor="s", now=clock.now()
    )

    assert "VIP 会员" in page(browse(story.user), "/me")


def test_the_payer_cannot_simply_leave(story, language):
    make_family(story.member_id)
    client = browse(story.user, language)

    answer = client.post("/me/kinds/of/family/leave", follow=True)

    assert ("只能解散" if language != "en" else "dissolve it instead") in answer.content.decode()


def test_the_page_costs_the_same_whatever_happened(story, django_assert_max_num_queries):
    make_family(story.member_id, *[make_member(story.shop) for _ in range(4)])
    client = browse(story.user)
    page(client)

    with django_assert_max_num_queries(8):
        page(client)
    with django_assert_max_num_queries(12):
        page(client, "/me/kinds/of/family")
