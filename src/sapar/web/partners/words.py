"""How states and years of partners and agreements are said, and where their pages are."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from sapar.accounts.models import Office
from sapar.partners.models import Agreement, Partnership
from sapar.partners.states import AgreementState, PartnershipState
from sapar.web.components import State, Tone

AGREEMENT_TONES: dict[str, Tone] = {
    AgreementState.DRAFT: "draft",
    AgreementState.IN_APPROVAL: "waiting",
    AgreementState.WITH_PARTNER: "waiting",
    AgreementState.APPROVED: "needs",
    AgreementState.IN_FORCE: "done",
    AgreementState.EXPIRED: "ended",
    AgreementState.TERMINATED: "ended",
}
PARTNERSHIP_TONES: dict[str, Tone] = {
    PartnershipState.ACTIVE: "active",
    PartnershipState.DORMANT: "needs",
    PartnershipState.ENDED: "ended",
}


def state_of(agreement: Agreement) -> State:
    return State(AgreementState(agreement.state).label, AGREEMENT_TONES[agreement.state])


def partnership_state(partnership: Partnership) -> State:
    return State(PartnershipState(partnership.state).label, PARTNERSHIP_TONES[partnership.state])


def page_url(name: str, office: Office, pk: int | None = None, **more: object) -> str:
    """An address of this room inside the office."""
    kwargs = {"office": office.slug, **({} if pk is None else {"pk": pk}), **more}
    return reverse(f"partners:{name}", kwargs=kwargs)


def record_url(name: str, office: Office, pk: int) -> str:
    """The page of a record of another room; none where that room is not built."""
    try:
        return reverse(name, kwargs={"office": office.slug, "pk": pk})
    except NoReverseMatch:
        return ""
