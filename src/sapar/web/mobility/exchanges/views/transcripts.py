"""Transcripts through the office: typed or read from a file; and what was received."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sapar.core.policy import require
from sapar.mobility.policies import may_change_exchange, may_give_transcript
from sapar.mobility.queries.grades import scale_by_code
from sapar.mobility.services.stay_papers import issue_transcript
from sapar.mobility.services.transcripts import receive_transcript
from sapar.mobility.states import TranscriptSource
from sapar.web.access import OfficeRequest, office_view
from sapar.web.components import Action, Fact, FactGroup, Head
from sapar.web.downloads import download_file
from sapar.web.mobility.exchanges.forms.transcripts import Wizard
from sapar.web.mobility.exchanges.views.learning import crumbs, stay_of
from sapar.web.mobility.exchanges.words import page_url
from sapar.web.refusals import refusals_to


@office_view
def new(request: OfficeRequest, pk: int) -> HttpResponse:
    exchange = stay_of(request, pk)
    require(may_give_transcript, request.user, exchange)
    wizard = Wizard(request, exchange)
    wizard.read()
    if wizard.given is not None:
        with refusals_to(wizard.finish):
            given = wizard.given
            receive_transcript(
                exchange,
                given.lines,
                scale=given.scale,
                source=TranscriptSource.FILE if given.file else TranscriptSource.FORM,
                issued_on=given.issued_on,
                file=given.file,
                file_name=given.file_name,
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("The transcript is kept; its marks stay as they were written."))
            return redirect("exchanges:exchange", office=request.office.slug, pk=pk)
    head = Head(
        _("Transcript of records"),
        kind=f"{exchange.person.display_name}, {exchange.partner.name}",
        number=exchange.number,
        crumbs=crumbs(request, exchange),
        lead=_("A further transcript corrects the one before, which stays readable.")
        if exchange.transcripts.exists()
        else "",
    )
    context = {"head": head, "wizard": wizard, "cancel": page_url("exchange", request.office, pk)}
    failed = bool(wizard.problems or wizard.first.errors or wizard.finish.errors)
    return render(request, "exchanges/transcript_new.html", context, status=422 if failed else 200)


@require_GET
@office_view
def transcript(request: OfficeRequest, pk: int, transcript: int) -> HttpResponse:
    exchange = stay_of(request, pk)
    found = get_object_or_404(exchange.transcripts.select_related("file", "replaced_by"), pk=transcript)
    scale = scale_by_code(request.office, found.scale)
    others = []
    if found.file is not None:
        others.append(
            Action(
                _("The file"),
                page_url("transcript_file", request.office, pk, transcript=found.pk),
                icon="download",
            )
        )
    next_action = None
    if (
        exchange.direction == "in"
        and found.replaced_by is None
        and may_change_exchange(request.user, exchange)
    ):
        next_action = Action(
            _("Issue our transcript with its QR code"),
            page_url("transcript_paper", request.office, pk, transcript=found.pk),
            post=True,
        )
    head = Head(
        _("Transcript of records"),
        kind=f"{exchange.person.display_name}, {exchange.partner.name}",
        number=exchange.number,
        crumbs=crumbs(request, exchange),
        next=next_action,
        others=others,
        waiting=_("Replaced by a later transcript.") if found.replaced_by else "",
    )
    facts = FactGroup(
        "",
        [
            Fact(_("Received"), found.received_at),
            Fact(_("Given by"), found.given_by),
            Fact(_("How"), found.get_source_display()),
            Fact(_("Date of the transcript"), found.issued_on),
            Fact(_("Grade scale"), scale.title),
        ],
    )
    context = {
        "head": head,
        "facts": [facts],
        "lines": found.lines.order_by("order"),
        "scale": scale,
        "digest": found.digest,
    }
    return render(request, "exchanges/transcript.html", context)


@require_GET
@office_view
def file(request: OfficeRequest, pk: int, transcript: int) -> HttpResponse:
    found = get_object_or_404(
        stay_of(request, pk).transcripts.select_related("file"), pk=transcript, file__isnull=False
    )
    assert found.file is not None
    return download_file(found.file)


@require_POST
@office_view
def issue(request: OfficeRequest, pk: int, transcript: int) -> HttpResponse:
    found = get_object_or_404(stay_of(request, pk).transcripts.select_related("exchange"), pk=transcript)
    issue_transcript(found, by=request.user, at=timezone.now())
    messages.success(request, _("The paper is among the papers of the stay."))
    return redirect("exchanges:exchange", office=request.office.slug, pk=pk)
