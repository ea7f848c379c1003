"""How many rows of a messy list are understood. Run with `-s` to see the figures."""

from __future__ import annotations

import sys
from collections import Counter

import pytest

from sapar.directory.models import Organisation
from sapar.directory.services.loading import load_institutions
from sapar.partners.models import PartnerImport, PartnerImportRow
from sapar.partners.queries.imports import counts_of
from sapar.partners.services.imports.bringing import bring_list, choose_columns
from sapar.partners.services.imports.comparing import compare_rows
from sapar.partners.states import RowDecision
from tests.cast import NOW, Cast
from tests.partners import messy_list


def compared(cast: Cast, content: bytes) -> PartnerImport:
    batch = bring_list(content, "messy.xlsx", office=cast.office, by=cast.officer, at=NOW)
    choose_columns(batch, batch.mapping, by=cast.officer, at=NOW)
    return compare_rows(PartnerImport.objects.select_related("office").get(pk=batch.pk), at=NOW)


@pytest.mark.slow
def test_messy_list_is_understood_and_nothing_is_merged_wrongly(cast: Cast) -> None:
    load_institutions(messy_list.directory(), source="test")
    messy = messy_list.rows()
    assert len(messy) == messy_list.ROWS
    batch = compared(cast, messy_list.as_xlsx(messy))
    names = dict(Organisation.objects.values_list("pk", "name"))
    outcome: Counter[tuple[str, str]] = Counter()
    wrong, lost = [], []
    for given, row in zip(
        messy, PartnerImportRow.objects.filter(batch=batch).order_by("number"), strict=True
    ):
        first = row.candidates[0].get("organisation") if row.candidates else None
        if row.decision == RowDecision.MATCH:
            assert row.organisation_id is not None
            outcome["known" if given.means else "unknown", "automatic"] += 1
            if names[row.organisation_id] != given.means:
                wrong.append((given.name, names[row.organisation_id]))
        elif given.means:
            right = first is not None and names[first] == given.means
            outcome["known", "asked, right one first" if right else "lost"] += 1
            if not right:
                lost.append((given.change, given.name, names.get(first or 0, "")))
        else:
            outcome["unknown", "asked" if row.decision == RowDecision.ASK else "new"] += 1
    figures = "; ".join(f"{who} {what}: {count}" for (who, what), count in sorted(outcome.items()))
    sys.stdout.write(f"{figures}\nlost: {lost}\n")
    assert wrong == []
    assert len(messy) - len(lost) >= 0.95 * len(messy)
    assert outcome["known", "automatic"] >= 0.85 * sum(1 for given in messy if given.means)
    assert counts_of(batch).reject == 0
