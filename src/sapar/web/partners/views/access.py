"""Finding records inside the office."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from sapar.core.errors import NotAllowed
from sapar.partners.models import Agreement, Partnership
from sapar.partners.policies import may_change_agreement, may_change_partnership
from sapar.partners.queries import agreements_of, partnerships_of
from sapar.web.access import OfficeRequest


def agreement_here(request: OfficeRequest, pk: int) -> Agreement:
    rows = agreements_of(request.office).select_related("responsible", "replaces", "office")
    return get_object_or_404(rows, pk=pk)


def agreement_to_change(request: OfficeRequest, pk: int) -> Agreement:
    """The service asks again; here only the page is kept from those who cannot use it."""
    agreement = agreement_here(request, pk)
    if not may_change_agreement(request.user, agreement):
        raise NotAllowed
    return agreement


def partnership_here(request: OfficeRequest, pk: int) -> Partnership:
    rows = partnerships_of(request.office).select_related("responsible", "office")
    return get_object_or_404(rows, pk=pk)


def partnership_to_change(request: OfficeRequest, pk: int) -> Partnership:
    partnership = partnership_here(request, pk)
    if not may_change_partnership(request.user, partnership):
        raise NotAllowed
    return partnership
