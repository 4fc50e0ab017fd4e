"""What a member keeps and asks for: profile, addresses, cards, titles, kinds, privacy."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from config.kernel import clock
from members import selectors as members_selectors
from members import services as members_services
from members.belongings import selectors as belongings_selectors
from members.models import Erasure, User
from tests.browser.conftest import VIEWS, Visit, prove, seat
from tests.factories.kinds import COMPANY, STUDENT, make_kinds
from tests.factories.members import make_member
from tests.factories.story import Story, make_user

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("view", VIEWS)]
Opens = Callable[..., Visit]
View = tuple[int, str]
PASTED = "收货人：李小花，手机 159 1234 5678，广东省深圳市南山区科技园南路5号A座 518057"


@pytest.fixture
def window(visit: Opens, view: View, story: Story) -> Visit:
    """Return the window of a member whose phone was proved when they joined."""
    User.objects.filter(pk=story.user.pk).update(phone_verified=True)
    return seat(visit(width=view[0], language=view[1]), story.user)


def picture() -> dict[str, object]:
    """Return a photograph, as a browser sends it."""
    file = io.BytesIO()
    Image.new("RGB", (900, 600), (180, 90, 60)).save(file, "JPEG")
    return {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def test_a_profile_gets_a_face(window: Visit, story: Story) -> None:
    page = window.open("/me/profile")
    wrong = {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
    page.set_input_files("[name=picture]", wrong)  # type: ignore[arg-type]
    page.click("form[action='/me/profile/avatar'] button >> nth=0")
    expect(page.locator("#picture-error")).to_be_visible()
    window.look()

    page.set_input_files("[name=picture]", picture())  # type: ignore[arg-type]
    page.click("form[action='/me/profile/avatar'] button >> nth=0")
    expect(page.locator("main img.avatar-face")).to_be_visible()
    page.select_option("[name=timezone]", "Europe/London")
    page.locator(".chips .choice").first.click()
    page.click("form[action='/me/profile'] button")

    expect(page.get_by_role("status")).to_be_visible()
    window.look()
    window.open("/me/profile/history")
    window.look()
    page = window.open("/me/profile")
    page.click("button[formaction='/me/profile/avatar/remove']")
    expect(page.locator("main img.avatar-face")).to_have_count(0)


def test_an_address_is_pasted_looked_over_and_kept(window: Visit, story: Story) -> None:
    page = window.open("/me/addresses")
    window.look()
    page.locator("a[href='/me/addresses/new']").first.click()
    page.fill("[name=pasted]", PASTED)
    page.click("button[name=fill]")
    expect(page.locator("[name=recipient]")).to_have_value("李小花")
    expect(page.locator("[name=county]")).to_have_value("440305")
    window.look()

    page.fill("[name=phone]", "12")
    page.click("main form button.btn-primary")
    expect(page.locator("#phone-error")).to_be_visible()
    expect(page.locator("[name=detail]")).to_have_value("科技园南路5号A座")
    window.look()
    page.fill("[name=phone]", "15912345678")
    page.select_option("[name=province]", "330000")
    expect(page.locator("[name=city] option[value='330100']")).to_have_count(1)
    window.calm()
    page.select_option("[name=city]", "330100")
    expect(page.locator("[name=county] option[value='330106']")).to_have_count(1)
    window.calm()
    page.select_option("[name=county]", "330106")
    page.click("main form button.btn-primary")

    page.wait_for_url("**/me/addresses")
    window.look()
    [kept] = belongings_selectors.list_addresses(member_ids=[story.member_id])
    assert (kept.recipient, kept.where) == ("李小花", "浙江省杭州市西湖区")


def test_a_card_is_bound_and_unbound_after_a_proof(window: Visit, story: Story) -> None:
    page = window.open("/me/cards")
    window.look()
    page.locator("a[href='/me/cards/new']").first.click()
    prove(window)
    page.fill("[name=number]", "6222021234567890129")
    page.click("form[action='/me/cards/new'] button")
    expect(page.locator("#number-error")).to_be_visible()
    window.look()
    page.fill("[name=number]", "6222021234567890128")
    page.click("form[action='/me/cards/new'] button")
    page.wait_for_url("**/me/cards")
    expect(page.locator(".bank-card p.font-mono")).to_contain_text("0128")
    window.look()

    page.locator("main [popovertarget]").first.click()
    window.look()
    page.locator("form[action$='/unbind'] button.btn-error").click()

    expect(page.locator(".bank-card")).to_have_count(0)
    assert belongings_selectors.list_cards(member_ids=[story.member_id]) == []


def test_a_companys_invoice_title_is_checked_and_kept(window: Visit, story: Story) -> None:
    page = window.open("/me/invoice-titles/new")
    window.look()
    page.locator(".choices .choice, .choices label").nth(1).click()
    page.fill("[name=name]", COMPANY.body)
    page.fill("[name=tax_number]", "123")
    page.click("main form button.btn-primary")
    expect(page.locator("#tax_number-error")).to_be_visible()
    expect(page.locator("[name=name]")).to_have_value(COMPANY.body)
    window.look()
    page.fill("[name=tax_number]", COMPANY.number)
    page.click("main form button.btn-primary")

    page.wait_for_url("**/me/invoice-titles")
    expect(page.get_by_role("heading", name=COMPANY.body)).to_be_visible()
    window.look()
    [kept] = belongings_selectors.list_titles(member_ids=[story.member_id])
    assert kept.tax_number == COMPANY.number


def test_the_member_code_is_there_and_is_drawn_anew(window: Visit) -> None:
    page = window.open("/code")

    expect(page.locator(".code-page svg, .code-page img").first).to_be_visible()
    window.look()


def test_a_student_applies_and_a_family_is_founded(window: Visit, story: Story) -> None:
    make_kinds(story.shop)
    page = window.open("/me/kinds")
    window.look()
    page = window.open("/me/kinds/of/student")
    page.fill("[name=holder]", STUDENT.holder)
    page.fill("[name=body]", STUDENT.body)
    page.fill("[name=number]", "?")
    page.click("form[action='/me/kinds/of/student/apply'] button")
    expect(page.locator("#number-error")).to_be_visible()
    expect(page.locator("[name=body]")).to_have_value(STUDENT.body)
    window.look()
    page.fill("[name=number]", STUDENT.number)
    page.click("form[action='/me/kinds/of/student/apply'] button")
    withdraw = page.locator("form[action$='/withdraw'] button")
    expect(withdraw).to_be_visible()
    window.look()
    withdraw.click()
    expect(page.locator("main a[href='/me/kinds/of/student']")).to_be_visible()

    page = window.open("/me/kinds/of/family")
    page.click("form[action='/me/kinds/of/family/found'] button")
    page.click("form[action='/me/kinds/of/family/invite'] button")

    expect(page.locator("p.font-mono.select-all")).to_have_count(1)
    window.look()


def test_a_consent_is_given_and_withdrawn(window: Visit, story: Story) -> None:
    page = window.open("/me/privacy")
    window.look()
    page.click("a[href='/me/privacy/consents']")
    window.look()
    purpose = page.locator("form:has([name=purpose])").first
    before = purpose.locator("[name=give]").get_attribute("value")
    code = purpose.locator("[name=purpose]").get_attribute("value")
    mine = page.locator(f"form:has([name=purpose][value='{code}'])")

    mine.locator("button").click()
    expect(mine.locator("[name=give]")).not_to_have_value(str(before))
    window.look()
    mine.locator("button").click()

    expect(mine.locator("[name=give]")).to_have_value(str(before))
    for path in ("/me/privacy/held", "/privacy/policies"):
        window.open(path)
        window.look()


def test_a_copy_is_asked_for_made_and_fetched(
    window: Visit, story: Story, settings: object, tmp_path: Path
) -> None:
    settings.EXPORT_FOLDER = tmp_path / "exports"  # type: ignore[attr-defined]
    page = window.open("/me/privacy/exports")
    window.look()
    page.click("form[action='/me/privacy/exports'] button")
    prove(window)
    page.wait_for_url("**/me/privacy/exports")
    page.click("form[action='/me/privacy/exports'] button")
    expect(page.locator("#exports li")).to_have_count(1)
    window.look()

    assert members_services.build_exports(now=clock.now()) == 1
    fetch = page.locator("#exports a[download]")
    # The page asks by itself every few seconds.
    expect(fetch).to_be_visible()
    window.look()
    with page.expect_download() as coming:
        fetch.click()

    names = zipfile.ZipFile(coming.value.path()).namelist()
    assert any(name.startswith("data/") for name in names)


def test_an_erasure_is_asked_for_and_withdrawn(visit: Opens, view: View, story: Story) -> None:
    # Nothing of this one is set aside or owed, which would have to be settled first.
    member_id = make_member(story.shop, phone="+8613733334444")
    user = make_user(member_id)
    User.objects.filter(pk=user.pk).update(phone_verified=True)
    window = seat(visit(width=view[0], language=view[1]), user)
    page = window.open("/me/privacy/erasure")
    window.look()
    page.click("main form:has([name=sure]) button")
    prove(window)
    page.click("main form:has([name=sure]) button")
    expect(page.locator("#sure-error")).to_be_visible()
    window.look()
    page.check("[name=sure]")
    page.click("main form:has([name=sure]) button")
    keep = page.locator("form[action='/me/privacy/keep'] button")
    expect(keep).to_be_visible()
    window.look()
    assert Erasure.objects.filter(member_id=member_id).exists()

    keep.click()

    expect(page.locator("form[action='/me/privacy/keep']")).to_have_count(0)
    window.look()
    assert members_selectors.get_member(member_id=member_id).phone
