"""March: the office's own list becomes partners; one of them gets an agreement with places."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from playwright.sync_api import expect

from sapar.directory.models import Organisation
from sapar.directory.services.organisations import NameEntry, add_organisation
from sapar.directory.states import NameKind
from sapar.partners.models import Agreement, Contact, PartnerImport, Partnership
from sapar.partners.states import AgreementState, ImportState
from tests.e2e.story.walk import Walk, written

# The list of the tutorial, which its readers can bring as well.
SHEET = Path(__file__).parents[3] / "examples" / "partners" / "list.csv"
ANKARA = "Ankara Demo University"


def shared_directory(walk: Walk) -> None:
    """One university that everybody knows; the office's list names it in Russian."""
    ankara = add_organisation(
        office=walk.cast.office,
        name=ANKARA,
        country_code="TR",
        city="Ankara",
        names=[
            NameEntry(NameKind.LABEL, "Анкарский демо-университет", "ru"),
            NameEntry(NameKind.LABEL, "Ankara Demo Üniversitesi", "tr"),
        ],
        by=walk.cast.officer,
        at=walk.calendar.now(),
    )
    Organisation.objects.filter(pk=ankara.pk).update(office=None)


def import_list(walk: Walk) -> None:
    shared_directory(walk)
    walk.be(walk.cast.officer)
    walk.picture("desk-empty")
    walk.go("imports/")
    walk.press("Bring a list")
    walk.fill(file=SHEET)
    walk.press("Read the list")
    walk.titled("What do the columns mean?")
    expect(walk.main.get_by_label("Вуз-партнёр")).to_have_value("name")
    expect(walk.main.get_by_label("Контактное лицо")).to_have_value("contact_name")
    walk.picture("import-columns")
    walk.press("Compare with the directory")
    assert "compare" in walk.work()
    walk.page.reload()
    walk.read("2 rows are in the directory.")
    walk.picture("import-rows", full=True)
    walk.open(re.compile("Анкарский"))
    walk.read(f"This is {ANKARA}.")
    walk.page.go_back()
    walk.agree("Import 2 partners")
    assert PartnerImport.objects.get().state == ImportState.TAKEN
    found = Partnership.objects.filter(office=walk.cast.office)
    assert set(found.values_list("organisation__country_code", flat=True)) == {"TR", "UZ"}
    assert found.get(organisation__name=ANKARA).contacts.get().email == "deniz@ankara-demo.example"
    assert Contact.objects.count() == 2


def draft(walk: Walk) -> Agreement:
    walk.calendar.turn_to(date(2026, 3, 10))
    walk.be(walk.cast.officer, "partners/")
    walk.picture("partners")
    walk.open(ANKARA)
    walk.press("New agreement")
    walk.fill(
        kind="exchange",
        title="Exchange of students with Ankara",
        first_language="ru",
        second_language="en",
        starts_on="01.09.2026",
        ends_on="31.08.2029",
    )
    walk.press("Make the draft")
    walk.press("Add a row")
    walk.fill(
        **{
            "row-0-academic_year": "2026",
            "row-0-direction": "out",
            "row-0-places": "2",
            "row-0-months": "5",
            "row-0-level": "bachelor",
        }
    )
    walk.press("Add a row")
    walk.fill(**{"row-1-direction": "in"})
    walk.picture("agreement-places", full=True)
    walk.press("Save the places")
    agreement = Agreement.objects.get()
    walk.titled("Exchange of students with Ankara")
    return agreement


def approve(walk: Walk, agreement: Agreement) -> None:
    page = f"agreements/{agreement.pk}/"
    walk.press("Send for approval")
    walk.press("Freeze and send")
    for number, who in enumerate((walk.cast.lawyer, walk.cast.vice_rector, walk.cast.rector)):
        walk.calendar.turn_to(date(2026, 3, 11 + number))
        walk.be(who)
        if number == 1:
            walk.picture("desk-vice-rector")
        walk.press("Read and answer")
        walk.press("Approve this version")
        walk.read("You approved it.")
    walk.calendar.turn_to(date(2026, 3, 16))
    walk.be(walk.cast.officer, page)
    walk.press("Invite the partner to answer")
    walk.fill(name="Deniz Yilmaz", email="deniz@ankara-demo.example", language="en")
    walk.press("Make the link and send it")
    walk.shown_link()
    assert "invite" in walk.work()
    walk.calendar.turn_to(date(2026, 3, 20))
    walk.follow(walk.link_in_mail("deniz@ankara-demo.example"))
    walk.titled("Exchange of students with Ankara")
    walk.picture("partner-answers")
    walk.press("Approve this version")
    walk.read(re.compile("Approved on"))
    agreement.refresh_from_db()
    assert agreement.state == AgreementState.APPROVED


def sign(walk: Walk, agreement: Agreement) -> None:
    signed = date(2026, 4, 1)
    walk.calendar.turn_to(signed)
    walk.be(walk.cast.officer, f"agreements/{agreement.pk}/")
    walk.press("Make the PDF to sign")
    walk.press("Bring into force")
    walk.fill(
        home_signer="Elmira Sydykova",
        home_signer_post="Rector",
        home_authority="Charter",
        partner_signer="Deniz Yilmaz",
        partner_signer_post="Vice-Rector",
        signed_on=written(signed),
    )
    expect(walk.main.locator("[name=starts_on]")).to_have_value("01.09.2026")
    walk.press("Put the signing on record")
    agreement.refresh_from_db()
    assert (agreement.state, agreement.number) == (AgreementState.IN_FORCE, "2026-001")
    walk.picture("agreement")


def partners_and_agreement(walk: Walk) -> Agreement:
    import_list(walk)
    agreement = draft(walk)
    approve(walk, agreement)
    sign(walk, agreement)
    return agreement
