"""Lists of agreements that were signed before, for a program that has them."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import File, Form, Router, UploadedFile
from pydantic import Field

from sapar.accounts.policies import may_work_in
from sapar.api import answers
from sapar.api.access import WRITES, actor, office
from sapar.api.schemas import (
    AgreementListOut,
    AgreementListPage,
    Id,
    ListColumnsIn,
    ListNamesIn,
    Page,
    Refusal,
    ScanOut,
)
from sapar.core.errors import NotAllowed
from sapar.partners.models import AgreementImport
from sapar.partners.queries.signed import agreement_lists_of
from sapar.partners.services.signed.bringing import (
    Usual,
    bring_agreements,
    choose_agreement_columns,
    choose_meanings,
    discard_agreements,
)
from sapar.partners.services.signed.scans import attach_scans
from sapar.partners.services.signed.taking import take_agreements, undo_agreements

router = Router(tags=["partners"])
REFUSALS = {401: Refusal, 403: Refusal, 404: Refusal, 422: Refusal}
CHANGES = {**REFUSALS, 400: Refusal, 409: Refusal}
UPLOADS = {**CHANGES, 413: Refusal, 415: Refusal}
HeaderRow = Annotated[int, Form(ge=0, le=10_000)]
After = Annotated[int, Field(ge=0, le=2**62, description="id after which to go on")]
Limit = Annotated[int, Field(ge=1, le=answers.MOST)]


def _list(request: HttpRequest, pk: int) -> AgreementImport:
    if not may_work_in(actor(request), office(request)):
        raise NotAllowed
    return get_object_or_404(agreement_lists_of(office(request)), pk=pk)


@router.get("/agreement-lists", response={200: Page[AgreementListOut], **REFUSALS})
def agreement_lists(request: HttpRequest, after: After = 0, limit: Limit = 50) -> Page[Any]:
    if not may_work_in(actor(request), office(request)):
        raise NotAllowed
    return answers.page_of(agreement_lists_of(office(request)), after, limit, answers.agreement_list_out)


@router.get("/agreement-lists/{pk}", response={200: AgreementListPage, **REFUSALS})
def agreement_list(request: HttpRequest, pk: Id) -> AgreementListPage:
    """What can be taken, and each cell that cannot, with its reason."""
    return answers.agreement_list_page(_list(request, pk))


@router.post("/agreement-lists", response={201: AgreementListPage, **UPLOADS}, auth=WRITES)
def new_agreement_list(
    request: HttpRequest, file: File[UploadedFile], header_row: HeaderRow = 0
) -> tuple[int, AgreementListPage]:
    """Bring a sheet. Its columns are guessed, or known from the last list like it; nothing is on record yet."""
    made = bring_agreements(
        file.read(), file.name or "list", header_row=header_row,
        office=office(request), by=actor(request), at=timezone.now(),
    )  # fmt: skip
    return 201, answers.agreement_list_page(made)


@router.post("/agreement-lists/{pk}/columns", response={200: AgreementListPage, **CHANGES}, auth=WRITES)
def agreement_list_columns(request: HttpRequest, data: ListColumnsIn, pk: Id) -> AgreementListPage:
    """Say what columns and empty cells mean. A long list is read in the background: ask until it is `previewed`."""
    found = _list(request, pk)
    usual = Usual(
        usual_kind=data.usual_kind,
        usual_direction=data.usual_direction,
        empty_is_endless=data.empty_is_endless,
        empty_is_above=data.empty_is_above,
    )
    done = choose_agreement_columns(
        found, data.mapping or found.mapping, usual, by=actor(request), at=timezone.now()
    )
    return answers.agreement_list_page(done)


@router.post("/agreement-lists/{pk}/names", response={200: AgreementListPage, **CHANGES}, auth=WRITES)
def agreement_list_names(request: HttpRequest, data: ListNamesIn, pk: Id) -> AgreementListPage:
    """Say which organisation, kind and faculty a word of the list stands for."""
    done = choose_meanings(
        _list(request, pk), data.partners, data.kinds, data.faculties, by=actor(request), at=timezone.now()
    )
    return answers.agreement_list_page(done)


@router.post("/agreement-lists/{pk}/take", response={200: AgreementListPage, **CHANGES}, auth=WRITES)
def agreement_list_take(request: HttpRequest, pk: Id) -> AgreementListPage:
    """Put on record what can be taken, all or none. A long list is `taking` until it is `taken`."""
    done = take_agreements(_list(request, pk), by=actor(request), at=timezone.now())
    return answers.agreement_list_page(done)


@router.post("/agreement-lists/{pk}/undo", response={200: AgreementListPage, **CHANGES}, auth=WRITES)
def agreement_list_undo(request: HttpRequest, pk: Id) -> AgreementListPage:
    done = undo_agreements(_list(request, pk), by=actor(request), at=timezone.now())
    return answers.agreement_list_page(done)


@router.post("/agreement-lists/{pk}/discard", response={200: AgreementListPage, **CHANGES}, auth=WRITES)
def agreement_list_discard(request: HttpRequest, pk: Id) -> AgreementListPage:
    done = discard_agreements(_list(request, pk), by=actor(request), at=timezone.now())
    return answers.agreement_list_page(done)


@router.post("/agreement-scans", response={200: list[ScanOut], **UPLOADS}, auth=WRITES)
def agreement_scans(request: HttpRequest, file: File[UploadedFile]) -> list[ScanOut]:
    """A ZIP archive of scans that are named by the number of their agreement: what became of each."""
    done = attach_scans(
        file.read(), file.name or "scans.zip", office=office(request), by=actor(request), at=timezone.now()
    )
    return [
        ScanOut(
            name=one.name, agreement=one.agreement, number=one.number, problem=one.problem, reason=one.said
        )
        for one in done
    ]
