"""Questions about lists of stays of earlier years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet

from sapar.accounts.models import Office
from sapar.formats.tables import Table
from sapar.mobility.earlier.columns import CALLED
from sapar.mobility.models import StayImport
from sapar.mobility.sheets.columns import find_columns
from sapar.mobility.states import StayListState
from sapar.partners.columns import signature


def stay_lists_of(office: Office) -> QuerySet[StayImport]:
    return StayImport.objects.filter(office=office).select_related("office", "file", "made_by")


def mapping_for(office: Office, table: Table) -> Mapping[str, str]:
    """As the office answered for its last list with these columns, else guessed from their names."""
    before = (
        StayImport.objects.filter(office=office, signature=signature(table.columns))
        .exclude(state=StayListState.MAPPED)
        .order_by("-pk")
        .first()
    )
    return before.mapping if before else find_columns(table, CALLED, required=())


def hosts_to_choose(batch: StayImport) -> Sequence[str]:
    """Names of universities in the list that nobody has put down to an organisation, in order of the list."""
    return [name for name, pk in batch.hosts.items() if not pk]


def faculties_to_choose(batch: StayImport) -> Sequence[str]:
    """Faculties of the list that the university does not have under that name, in order of the list."""
    return [name for name, pk in batch.faculties.items() if not pk]
