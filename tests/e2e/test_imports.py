"""An officer brings a partner list, decides, imports and undoes it; a person and a faculty are looked after."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from sapar.directory.services.loading import load_shipped
from sapar.partners.import_tasks import compare
from sapar.partners.models import Agreement, PartnerImport, Partnership
from tests.cast import Cast
from tests.e2e.conftest import PHONE, WIDE
from tests.partners import messy_list, signed_list

if TYPE_CHECKING:
    from sapar.accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)
LIST = 24


def seen(page: Page, name: str, accessible: Callable[[Page], None], shoot: Callable[..., None]) -> None:
    """At both widths, without a violation that axe can find."""
    for width, viewport in (("390", PHONE), ("1280", WIDE)):
        page.set_viewport_size({"width": viewport["width"], "height": viewport["height"]})
        accessible(page)
        shoot(page, f"{name}-{width}")


def test_list_is_brought_decided_imported_and_undone(
    page: Page,
    cast: Cast,
    sign_in: Callable[[User], None],
    accessible: Callable[[Page], None],
    shoot: Callable[..., None],
    tmp_path: Path,
) -> None:
    load_shipped()
    file = tmp_path / "partners.xlsx"
    file.write_bytes(messy_list.as_xlsx(messy_list.rows()[:LIST]))
    sign_in(cast.officer)
    page.goto("/o/alatoo/imports/")
    page.get_by_role("link", name="Bring a list").click()
    seen(page, "import-new", accessible, shoot)
    page.get_by_label("Your list").set_input_files(file)
    page.get_by_role("button", name="Read the list").click()
    expect(page.get_by_label("Наименование партнёра")).to_have_value("name")
    seen(page, "import-columns", accessible, shoot)
    page.get_by_role("button", name="Compare with the directory").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    seen(page, "import-work", accessible, shoot)
    compare.call(PartnerImport.objects.get().pk)
    page.get_by_role("link", name=re.compile(r"^Decide \d")).click(timeout=15_000)
    seen(page, "import-row", accessible, shoot)
    while page.get_by_role("button", name="Leave out").count() and "/rows/" in page.url:
        same = page.get_by_role("button", name="This is the same")
        (same.first if same.count() else page.get_by_role("button", name="Leave out")).click()
    seen(page, "import-ready", accessible, shoot)
    page.locator("summary", has_text="Import").click()
    page.locator(".asks-sheet").get_by_role("button", name="Import").click()
    expect(page.get_by_role("heading", name="partners.xlsx")).to_contain_text("imported")
    assert Partnership.objects.count() > 10
    page.get_by_label("More actions").click()
    page.locator("summary", has_text="Undo the import").click()
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_role("heading", name="partners.xlsx")).to_contain_text("undone")
    assert Partnership.objects.count() == 0


def test_signed_agreements_are_brought_looked_over_put_on_record_and_undone(
    page: Page,
    cast: Cast,
    sign_in: Callable[[User], None],
    accessible: Callable[[Page], None],
    shoot: Callable[..., None],
    tmp_path: Path,
) -> None:
    signed_list.partners(cast)
    bad = [
        line for line, _column, reason in signed_list.BAD if reason in ("partner_open", "kind_open", "no_end")
    ]
    file = tmp_path / "договоры.xlsx"
    file.write_bytes(signed_list.workbook([*signed_list.TIDY, *bad]))
    sign_in(cast.officer)
    page.goto("/o/alatoo/agreements/")
    page.get_by_role("link", name="Bring the list of agreements").click()
    seen(page, "signed-new", accessible, shoot)
    page.get_by_label("Your list of agreements").set_input_files(file)
    page.get_by_role("button", name="Read the list").click()
    expect(page.get_by_label("Вид договора", exact=True)).to_have_value("kind")
    expect(page.get_by_label("outgoing")).to_be_checked()
    seen(page, "signed-columns", accessible, shoot)
    page.get_by_role("button", name="Read the rows").click()
    seen(page, "signed-names", accessible, shoot)
    page.get_by_label(re.compile("^акт")).select_option("research")
    page.get_by_role("button", name="Keep the choice").click()
    expect(page.get_by_role("heading", name="договоры.xlsx")).to_be_visible()
    seen(page, "signed-list", accessible, shoot)
    page.locator("summary", has_text="Put 9 agreements on record").click()
    page.get_by_role("button", name="Put 9 agreements on record").click()
    expect(page.get_by_text("9 agreements are on record.", exact=True)).to_be_visible()
    assert Agreement.objects.count() == 9
    page.get_by_label("More actions").click()
    page.locator("summary", has_text="Undo the import").click()
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_role("heading", name="договоры.xlsx")).to_contain_text("undone")
    assert not Agreement.objects.exists()


def test_person_is_added_and_the_directory_looked_at(
    page: Page,
    cast: Cast,
    sign_in: Callable[[User], None],
    accessible: Callable[[Page], None],
    shoot: Callable[..., None],
) -> None:
    load_shipped()
    sign_in(cast.officer)
    page.goto("/o/alatoo/people/new/")
    seen(page, "person-new", accessible, shoot)
    page.get_by_label("Surname, or the only name").fill("Dzhumagulov")
    page.get_by_label("Given names").first.fill("Khamid")
    page.get_by_label("Passport number").fill("AC1234567")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Dzhumagulov Khamid")).to_be_visible()
    page.get_by_role("button", name="Show the number").click()
    expect(page.get_by_text("AC1234567")).to_be_visible()
    seen(page, "person", accessible, shoot)
    page.goto("/o/alatoo/organisations/?q=Ошский")
    seen(page, "organisations", accessible, shoot)
    page.get_by_role("link", name="Osh State University", exact=True).click()
    expect(page.get_by_text("Ош мамлекеттик университети")).to_be_visible()
    seen(page, "organisation", accessible, shoot)
    page.goto("/o/alatoo/units/")
    page.get_by_role("link", name="Faculty of Medicine").click()
    seen(page, "unit", accessible, shoot)
    page.get_by_role("link", name="Bring a list of courses").click()
    page.get_by_label("Programme").fill("General medicine")
    courses = {
        "name": "courses.csv",
        "mimeType": "text/csv",
        "buffer": b"code,title,credits\nANA1,Anatomy,none\n",
    }
    page.get_by_label("List of courses").set_input_files(courses)  # type: ignore[arg-type]
    page.get_by_role("button", name="Take the courses").click()
    expect(page.get_by_role("alert")).to_contain_text("is not a number")
    seen(page, "courses-refused", accessible, shoot)
