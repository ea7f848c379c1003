"""Taking a list of partners costs the same questions however long it is."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from sapar.audit.models import Entry
from sapar.audit.queries import breaks_in, timeline
from sapar.directory.models import Organisation, OrganisationIdentifier
from sapar.partners.models import PartnerImportRow, Partnership
from sapar.partners.services.imports.taking import take_list
from sapar.partners.states import RowDecision
from tests.cast import NOW, Cast
from tests.partners.test_imports import compared, known, sheet


def test_taking_asks_the_same_questions_however_many_known_institutions_become_partners(cast: Cast) -> None:
    asked = []
    for most in (2, 7):
        names = [f"{word} Institute of list {most}" for word in ("A", "B", "C", "D", "E", "F", "G")[:most]]
        rows = [[str(at), known(cast, name, "TR").name, "TR", *[""] * 6] for at, name in enumerate(names, 1)]
        batch = compared(cast, sheet(rows))
        PartnerImportRow.objects.filter(batch=batch).update(decision=RowDecision.MATCH)
        for row in PartnerImportRow.objects.filter(batch=batch):
            row.organisation = Organisation.objects.get(name=row.fields["name"])
            row.save(update_fields=["organisation"])
        with CaptureQueriesContext(connection) as queries:
            take_list(batch, by=cast.officer, at=NOW)
        asked.append(len(queries))
        assert Partnership.objects.filter(imported_by=batch).count() == most
        made = Partnership.objects.filter(imported_by=batch).order_by("pk")
        told = [timeline(one).filter(action="partners.partnership.imported").get() for one in made]
        assert [one.position for one in told] == list(range(told[0].position, told[0].position + most))
    assert asked[0] == asked[1]


def test_taking_asks_the_same_questions_however_many_institutions_are_new(cast: Cast) -> None:
    """Each used to cost eight queries, and three thousand of them kept everybody else from writing for seconds."""
    asked = []
    for most in (2, 7):
        names = [f"{word} Institute of list {most}" for word in ("A", "B", "C", "D", "E", "F", "G")[:most]]
        columns = ["Partner", "Country", "Erasmus code", "E-mail"]
        rows = [[name, "TR", f"TR ANKARA{most}{at}", f"{at}@example.org"] for at, name in enumerate(names)]
        batch = compared(cast, sheet(rows, columns))
        PartnerImportRow.objects.filter(batch=batch).update(decision=RowDecision.NEW)
        with CaptureQueriesContext(connection) as queries:
            take_list(batch, by=cast.officer, at=NOW)
        asked.append(len(queries))
        taken = PartnerImportRow.objects.filter(batch=batch).select_related("organisation", "contact")
        assert [one.organisation.name for one in taken.order_by("number") if one.organisation] == names
        assert all(one.created_organisation and one.created_partnership and one.contact for one in taken)
        added = Entry.objects.filter(action="directory.organisation.added").order_by("-position")[:most]
        assert [one.data["name"] for one in reversed(added)] == names
        assert OrganisationIdentifier.objects.filter(value__startswith=f"TR ANKARA{most}").count() == most
    assert asked[0] == asked[1]
    assert list(breaks_in(cast.office)) == []


def test_a_code_of_two_rows_is_borne_by_the_first(cast: Cast) -> None:
    columns = ["Partner", "Country", "Erasmus code"]
    batch = compared(
        cast, sheet([["A Institute", "TR", "TR BOLU09"], ["Z College", "TR", "TR BOLU09"]], columns)
    )
    PartnerImportRow.objects.filter(batch=batch).update(
        decision=RowDecision.NEW, same_as=None, organisation=None
    )
    take_list(batch, by=cast.officer, at=NOW)
    borne = OrganisationIdentifier.objects.filter(value="TR BOLU09")
    assert [one.organisation.name for one in borne] == ["A Institute"]
