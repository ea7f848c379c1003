"""Questions about lists of agreements that were signed before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet

from sapar.accounts.models import Office
from sapar.partners.columns import signature
from sapar.partners.models import AgreementImport
from sapar.partners.signed.columns import guess


def agreement_lists_of(office: Office) -> QuerySet[AgreementImport]:
    return AgreementImport.objects.filter(office=office).select_related("office", "file", "made_by")


def list_before(office: Office, columns: Sequence[str]) -> AgreementImport | None:
    """The office's last list with these columns whose meaning was chosen."""
    return (
        AgreementImport.objects.filter(office=office, signature=signature(columns))
        .exclude(settings={})
        .order_by("-pk")
        .first()
    )


def meaning_of(office: Office, columns: Sequence[str]) -> tuple[Mapping[str, str], Mapping[str, object]]:
    """What the columns and empty cells mean: as the office answered the last time, else guessed."""
    before = list_before(office, columns)
    return (before.mapping, before.settings) if before else (guess(columns), {})


def partners_named_in(batch: AgreementImport) -> Sequence[str]:
    """Names of the list that nobody has put down to an organisation, in order of the list."""
    return [name for name, pk in batch.partners.items() if not pk]


def kinds_to_choose(batch: AgreementImport) -> Sequence[str]:
    return [words for words, kind in batch.kinds.items() if not kind]


def faculties_of_list(batch: AgreementImport) -> Sequence[str]:
    """Faculties that the university does not have under that name, in order of the list."""
    return [name for name, pk in batch.faculties.items() if not pk]


def words_to_choose(batch: AgreementImport) -> int:
    """How many words of the list still stand for nothing."""
    return len(partners_named_in(batch)) + len(kinds_to_choose(batch)) + len(faculties_of_list(batch))
