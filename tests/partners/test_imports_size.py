"""Taking a list of partners costs the same questions however long it is."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from sapar.audit.queries import timeline
from sapar.directory.models import Organisation
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
        # Each fact asks for itself which programs want to hear of it.
        asked.append(len([one for one in queries.captured_queries if "interop_webhook" not in one["sql"]]))
        assert Partnership.objects.filter(imported_by=batch).count() == most
        made = Partnership.objects.filter(imported_by=batch).order_by("pk")
        told = [timeline(one).filter(action="partners.partnership.imported").get() for one in made]
        assert [one.position for one in told] == list(range(told[0].position, told[0].position + most))
    assert asked[0] == asked[1]
