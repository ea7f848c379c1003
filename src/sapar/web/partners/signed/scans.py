"""Scans of many agreements at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext

from sapar.accounts.models import Office
from sapar.partners.policies import may_draft_agreement
from sapar.partners.services.signed.scans import Scan, attach_scans
from sapar.web.access import OfficeRequest, may, office_view
from sapar.web.components import Head, State, Text
from sapar.web.partners.signed.forms import ScansForm
from sapar.web.partners.signed.pages import crumbs, signed_url
from sapar.web.partners.words import page_url
from sapar.web.refusals import refusals_to

PROBLEMS: Mapping[str, Text] = {
    "no_such_number": _l("No signed agreement has this number."),
    "several_have_it": _l(
        "Several agreements have this number, but for its signs. Attach it on the page of the right one."
    ),
    "too_large": _l("It is too large."),
    "damaged": _l("It cannot be unpacked."),
    "there_already": _l("It is attached already."),
}


@dataclass(frozen=True)
class ScanLine:
    name: str
    state: State
    said: str
    url: str
    number: str


@office_view
def bring(request: OfficeRequest) -> HttpResponse:
    """The archive goes in, and the page says file by file what became of it."""
    may(may_draft_agreement, request)
    form = ScansForm(request.POST or None, request.FILES or None)
    done: Sequence[Scan] = ()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        with refusals_to(form):
            done = attach_scans(
                file.read(), file.name, office=request.office, by=request.user, at=timezone.now()
            )
    attached = sum(not one.problem for one in done)
    said = ngettext("%(count)d scan is attached.", "%(count)d scans are attached.", attached)
    head = Head(
        _("Bring the scans"),
        lead=said % {"count": attached}
        if done
        else _("Many at once. One scan goes to the page of its agreement."),
        crumbs=crumbs(request.office),
    )
    context = {
        "head": head,
        "form": None if done else form,
        "lines": sorted(
            (_line(one, request.office) for one in done), key=lambda line: line.state.tone == "done"
        ),
        "submit": _("Attach the scans"),
        "cancel": signed_url("home", request.office),
        "again": signed_url("scans", request.office),
    }
    return render(request, "partners/signed_scans.html", context, status=422 if form.errors else 200)


def _line(scan: Scan, office: Office) -> ScanLine:
    state = State(_("not attached"), "needs") if scan.problem else State(_("attached"), "done")
    if scan.problem == "there_already":
        state = State(_("attached"), "done")
    said = scan.said or str(PROBLEMS.get(scan.problem, ""))
    url = page_url("agreement", office, scan.agreement) if scan.agreement else ""
    return ScanLine(scan.name, state, said, url, scan.number)
