"""A merged organisation's partnership, agreements, stays and lists follow to the surviving name, and find back."""

from __future__ import annotations

from datetime import date

import pytest

from sapar.audit.queries import breaks_in
from sapar.directory.models import Merger, Organisation
from sapar.directory.services.organisations import add_organisation, merge_organisation, separate_organisation
from sapar.mobility.models import CallPlace, Exchange
from sapar.mobility.papers.learning import learning_agreement_paper
from sapar.mobility.services.calls import prepare_call, take_places
from sapar.partners.models import Agreement, Partnership
from sapar.partners.papers import agreement_paper
from sapar.partners.queries import current_version
from sapar.partners.services.partnerships import add_contact, note_contact
from sapar.reporting.services import make_report
from tests.cast import NOW, Cast, signed_in
from tests.mobility.stays import accepted_stay, signed_agreement
from tests.mobility.test_calls import ENTRY
from tests.story import Partner, draft, partner_in_force

OLD, NEW = "Ankara Demo University", "Capital University of Ankara"


def new_name(cast: Cast) -> Organisation:
    return add_organisation(
        office=cast.office, name=NEW, country_code="TR", city="Ankara", by=cast.officer, at=NOW
    )


def merge(cast: Cast, old: Organisation, new: Organisation) -> None:
    merge_organisation(old, into=new, by=cast.officer, at=NOW)


def count(cast: Cast, room: str, text: str) -> int:
    number: int = signed_in(cast.officer).get(f"/o/alatoo/{room}/", {"q": text}).context["list"].count
    return number


@pytest.fixture
def partner(cast: Cast) -> Partner:
    return partner_in_force(cast, OLD, places=9)


def test_everything_follows_to_the_new_name_and_is_found_by_the_old_one(cast: Cast, partner: Partner) -> None:
    call = prepare_call(ENTRY, office=cast.office, by=cast.officer, at=NOW)
    take_places(call, partner.outgoing, seats=2, by=cast.officer, at=NOW)
    exchange = accepted_stay(cast, partner)
    new = new_name(cast)
    merge(cast, partner.organisation, new)
    partnership = Partnership.objects.get()
    exchange.refresh_from_db()
    assert (partnership.organisation, exchange.partner, CallPlace.objects.get().host) == (new, new, new)
    client = signed_in(cast.officer)
    for room in ("partners", "agreements", "stays"):
        for text in ("Capital", "Ankara Demo"):
            assert count(cast, room, text) == 1, (room, text)
    page = client.get("/o/alatoo/partners/").content.decode()
    assert (NEW in page, OLD in page) == (True, False)
    page = client.get(f"/o/alatoo/partners/{partnership.pk}/").content.decode()
    assert (NEW in page, "Merged into it" in page) == (True, True)
    assert list(breaks_in(cast.office)) == []


def test_papers_keep_the_name_of_the_day_they_were_signed(cast: Cast, partner: Partner) -> None:
    exchange = accepted_stay(cast, partner)
    version = signed_agreement(exchange, cast)
    merge(cast, partner.organisation, new_name(cast))
    version.refresh_from_db()
    version.exchange.refresh_from_db()
    said = str(learning_agreement_paper(version, version.signatures.all(), on=date(2027, 3, 1)).blocks)
    assert (OLD in said, NEW in said) == (True, False)
    frozen = current_version(Agreement.objects.get())
    assert frozen.snapshot is not None
    said = str(agreement_paper(frozen.snapshot, on=date(2026, 9, 1)).blocks)
    assert (OLD in said, NEW in said) == (True, False)


def test_two_partnerships_become_one_and_two_again(cast: Cast, partner: Partner) -> None:
    other = draft(cast, NEW)
    survivor = other.partnership
    first = Partnership.objects.get(organisation=partner.organisation)
    add_contact(first, name="Deniz", email="deniz@example.org", by=cast.officer, at=NOW)
    add_contact(survivor, name="Emre", email="emre@example.org", by=cast.officer, at=NOW)
    note_contact(first, on=date(2026, 9, 20), by=cast.officer, at=NOW)
    merge(cast, partner.organisation, survivor.organisation)
    survivor.refresh_from_db()
    assert survivor.agreements.count() == 2
    assert sorted(survivor.contacts.values_list("name", "is_main")) == [("Deniz", False), ("Emre", True)]
    assert survivor.last_contact_on == date(2026, 9, 20)
    client = signed_in(cast.officer)
    assert count(cast, "partners", "Ankara") == 1
    assert client.get(f"/o/alatoo/partners/{first.pk}/")["Location"] == f"/o/alatoo/partners/{survivor.pk}/"
    report = make_report(cast.office, 2026, by=cast.officer, at=NOW)
    assert report.figures.get(code="partners.active", row="").value == 1

    separate_organisation(partner.organisation, by=cast.officer, at=NOW)
    first.refresh_from_db()
    assert (first.agreements.get().pk, survivor.agreements.get().pk) == (partner.agreement.pk, other.pk)
    assert list(first.contacts.values_list("name", "is_main")) == [("Deniz", True)]
    assert count(cast, "partners", "Ankara") == 2


def test_what_came_after_the_merger_stays_with_the_heir(cast: Cast, partner: Partner) -> None:
    before = accepted_stay(cast, partner)
    new = new_name(cast)
    merge(cast, partner.organisation, new)
    partner.agreement.refresh_from_db()
    after = accepted_stay(cast, partner, given="Bermet")
    separate_organisation(partner.organisation, by=cast.officer, at=NOW)
    hosts = dict(Exchange.objects.values_list("pk", "partner"))
    assert hosts == {before.pk: partner.organisation.pk, after.pk: new.pk}
    assert Partnership.objects.get().organisation == partner.organisation


def test_chain_of_mergers_is_taken_back_from_its_middle(cast: Cast, partner: Partner) -> None:
    exchange = accepted_stay(cast, partner)
    middle = new_name(cast)
    last = add_organisation(
        office=cast.office, name="United Universities", country_code="TR", by=cast.officer, at=NOW
    )
    merge(cast, partner.organisation, middle)
    merge(cast, middle, last)
    exchange.refresh_from_db()
    assert exchange.partner == last
    separate_organisation(partner.organisation, by=cast.officer, at=NOW)
    exchange.refresh_from_db()
    assert exchange.partner == partner.organisation
    assert Partnership.objects.get().organisation == partner.organisation
    assert Merger.objects.filter(undone_at=None).count() == 1


def test_other_office_notices_nothing(cast: Cast, partner: Partner) -> None:
    theirs = add_organisation(
        office=cast.other_office, name=OLD, country_code="TR", by=cast.other_officer, at=NOW
    )
    kept = Partnership.objects.create(office=cast.other_office, organisation=theirs, added_at=NOW)
    merge(cast, partner.organisation, new_name(cast))
    kept.refresh_from_db()
    assert (kept.organisation, kept.merged_into) == (theirs, None)
