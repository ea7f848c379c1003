"""A stay is cancelled, ends early, or goes on after all."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from sapar.core.policy import require
from sapar.mobility.models import Exchange
from sapar.mobility.policies import may_change_exchange
from sapar.mobility.services.endings import (
    cancel_exchange,
    end_early,
    reinstate_exchange,
    resume_exchange,
)
from sapar.mobility.states import EndReason
from sapar.web.access import OfficeRequest, office_view
from sapar.web.mobility.exchanges.forms.endings import BackForm, CancelForm, EndForm, ResumeForm
from sapar.web.mobility.exchanges.views.learning import stay_of
from sapar.web.mobility.exchanges.views.nominations import contact_of
from sapar.web.mobility.exchanges.views.record import act_on_stay


def _letters(exchange: Exchange) -> dict[str, object]:
    """The first proposal of whom to write to."""
    contact = contact_of(exchange.agreement)
    return {
        "tell": contact.get("mail", False),
        "name": contact.get("name", ""),
        "email": contact.get("email", ""),
        "language": contact["language"],
        "tell_person": bool(exchange.person.email),
    }


@office_view
def cancel(request: OfficeRequest, pk: int) -> HttpResponse:
    found = stay_of(request, pk)
    require(may_change_exchange, request.user, found)
    form = CancelForm(request.POST or None, initial=_letters(found))

    def do(data: dict[str, Any]) -> None:
        cancel_exchange(
            found,
            reason=EndReason(data["reason"]),
            words=data["words"],
            partner=form.partner,
            tell_person=data["tell_person"],
            by=request.user,
            at=timezone.now(),
        )

    lead = _("The place becomes free; what waits for signatures becomes void; the record stays and says why.")
    title = _("Cancel the stay")
    return act_on_stay(request, found, form, title, title, do, lead=lead)


@office_view
def end(request: OfficeRequest, pk: int) -> HttpResponse:
    found = stay_of(request, pk)
    require(may_change_exchange, request.user, found)
    initial = {**_letters(found), "left_on": timezone.localdate(), "results": True}
    form = EndForm(request.POST or None, initial=initial)

    def do(data: dict[str, Any]) -> None:
        end_early(
            found,
            left_on=data["left_on"],
            reason=EndReason(data["reason"]),
            words=data["words"],
            results=data["results"],
            free_place=data["free_place"],
            partner=form.partner,
            tell_person=data["tell_person"],
            by=request.user,
            at=timezone.now(),
        )

    lead = _(
        "The stay counts with its real days. The signed learning agreement stays: what was passed is recognised "
        "by it. A version under signature becomes void."
    )
    return act_on_stay(request, found, form, _("End the stay early"), _("End the stay"), do, lead=lead)


@office_view
def resume(request: OfficeRequest, pk: int) -> HttpResponse:
    found = stay_of(request, pk)
    require(may_change_exchange, request.user, found)
    form = ResumeForm(request.POST or None, initial=_letters(found) | {"tell": False})

    def do(data: dict[str, Any]) -> None:
        resume_exchange(found, why=data["why"], partner=form.partner, by=request.user, at=timezone.now())

    lead = _("The person is still there. A certificate issued on the days noted before is revoked.")
    title = _("Take the departure back")
    return act_on_stay(request, found, form, title, title, do, lead=lead)


@office_view
def reinstate(request: OfficeRequest, pk: int) -> HttpResponse:
    found = stay_of(request, pk)
    require(may_change_exchange, request.user, found)
    form = BackForm(request.POST or None, initial=_letters(found))

    def do(data: dict[str, Any]) -> None:
        reinstate_exchange(
            found,
            why=data["why"],
            partner=form.partner,
            tell_person=data["tell_person"],
            by=request.user,
            at=timezone.now(),
        )

    lead = _("Only while nobody else has the place and the planned time is not over.")
    title = _("Take the cancelling back")
    return act_on_stay(request, found, form, title, title, do, lead=lead)
