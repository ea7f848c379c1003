"""Questions about imports of partner lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from sapar.accounts.models import Office
from sapar.partners.columns import checked, guess, signature
from sapar.partners.models import ImportMapping, PartnerImport, PartnerImportRow
from sapar.partners.states import RowDecision

# Rows that nobody has decided: asked ones, and matched ones whose organisation went away meanwhile.
UNDECIDED = Q(decision=RowDecision.ASK) | Q(decision=RowDecision.MATCH, organisation=None)


@dataclass(frozen=True)
class ImportCounts:
    """How the rows of one list are decided; `joined` rows name an organisation that an earlier row names too."""

    match: int
    new: int
    ask: int
    skip: int
    reject: int
    joined: int

    @property
    def total(self) -> int:
        return self.match + self.new + self.ask + self.skip + self.reject

    @property
    def partners(self) -> int:
        """Different organisations that will be partners."""
        return self.match + self.new - self.joined


def imports_of(office: Office) -> QuerySet[PartnerImport]:
    return PartnerImport.objects.filter(office=office).select_related("file", "made_by", "office")


def import_rows_of(office: Office) -> QuerySet[PartnerImportRow]:
    return PartnerImportRow.objects.filter(office=office).select_related(
        "batch", "organisation", "same_as", "decided_by", "partnership"
    )


def undecided_rows(batch: PartnerImport) -> QuerySet[PartnerImportRow]:
    return PartnerImportRow.objects.filter(UNDECIDED, batch=batch).order_by("number")


def counts_of(batch: PartnerImport) -> ImportCounts:
    rows = PartnerImportRow.objects.filter(batch=batch)
    by = dict(rows.order_by().values_list("decision").annotate(Count("pk")))
    undecided = rows.filter(decision=RowDecision.MATCH, organisation=None).count()
    matched = rows.filter(decision=RowDecision.MATCH, organisation__isnull=False)
    joined = matched.count() - matched.order_by().values("organisation").distinct().count()
    joined += rows.filter(decision=RowDecision.NEW, same_as__isnull=False).count()
    return ImportCounts(
        match=by.get(RowDecision.MATCH, 0) - undecided,
        new=by.get(RowDecision.NEW, 0),
        ask=by.get(RowDecision.ASK, 0) + undecided,
        skip=by.get(RowDecision.SKIP, 0),
        reject=by.get(RowDecision.REJECT, 0),
        joined=joined,
    )


def columns_remembered(office: Office, columns: Sequence[str]) -> bool:
    """Whether the office has said before what these columns mean."""
    return _remembered(office, columns).exists()


def _remembered(office: Office, columns: Sequence[str]) -> QuerySet[ImportMapping]:
    return ImportMapping.objects.filter(office=office, signature=signature(columns))


def mapping_for(office: Office, columns: Sequence[str]) -> Mapping[str, str]:
    """As the office read a list with these columns the last time; else what their names suggest."""
    known = _remembered(office, columns).first()
    return (checked(known.mapping, columns) if known else {}) or guess(columns)
