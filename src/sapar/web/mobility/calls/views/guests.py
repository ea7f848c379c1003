"""The public page of a call, and the applicant's pages behind the signed link."""

from __future__ import annotations

from collections.abc import Callable

from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_GET, require_POST

from sapar.accounts.errors import TooMany
from sapar.accounts.models import Office
from sapar.accounts.states import LinkPurpose
from sapar.files.queries import papers_of
from sapar.mobility.models import Application, Call
from sapar.mobility.services import applications as services
from sapar.mobility.services import placing
from sapar.mobility.services.messages import read_messages, write_message
from sapar.mobility.states import ApplicationState, CallState
from sapar.mobility.wording.mechanisms import MECHANISM_HELP
from sapar.mobility.wording.rules import sentences
from sapar.web.access import LinkRequest, SaparRequest, link_view, open_view
from sapar.web.components import Text
from sapar.web.downloads import download_file
from sapar.web.mobility.calls.forms.guests import ApplyForm
from sapar.web.mobility.calls.pages.calls import faculties_of, place_lines, scoring_sentence
from sapar.web.mobility.calls.pages.guests import status_page
from sapar.web.refusals import refusals_to


def consent_text(office: Office) -> str:
    return _(
        "%(office)s processes my name, my marks, my papers and my answers to choose and to send exchange "
        "students, and passes them to the host university if I am given a place. I may withdraw at any time."
    ) % {"office": office.name_in(translation.get_language())}


@open_view
def public(request: SaparRequest, office: str, pk: int) -> HttpResponse:
    """What a call offers, and the form that has the key mailed."""
    call = get_object_or_404(
        Call.objects.select_related("office").exclude(state=CallState.DRAFT), pk=pk, office__slug=office
    )
    request.office = call.office  # type: ignore[attr-defined]
    now, text = timezone.now(), consent_text(call.office)
    form = ApplyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            if not ratelimit.consume(request, action="ask_for_link"):
                raise TooMany
            services.ask_for_link(
                call,
                form.cleaned_data["student_number"],
                consent_text=text,
                language=translation.get_language() or "en",
                at=now,
            )
            return redirect("calls:asked", call.office.slug, call.pk)
    faculties = faculties_of(call.office)
    shown = {
        "call": call,
        "form": form,
        "consent": text,
        "is_open": call.state == CallState.OPEN and call.opens_at <= now < call.closes_at,
        "soon": call.state == CallState.OPEN and now < call.opens_at,
        "rules": sentences(call.rules, faculties),
        "scoring": [scoring_sentence(line) for line in call.scoring],
        "places": place_lines(call, faculties),
        "mechanism": MECHANISM_HELP.get(call.mechanism, ""),
    }
    return render(request, "calls/public.html", shown, status=422 if form.errors else 200)


@require_GET
@open_view
def asked(request: SaparRequest, office: str, pk: int) -> HttpResponse:
    """The same page whether the number is known or not."""
    call = get_object_or_404(
        Call.objects.select_related("office").exclude(state=CallState.DRAFT), pk=pk, office__slug=office
    )
    request.office = call.office  # type: ignore[attr-defined]
    return render(request, "calls/asked.html", {"call": call})


def application_of(request: LinkRequest) -> Application:
    return Application.objects.select_related("call__office", "office", "person", "enrolment__unit").get(
        pk=request.link.subject_id, office=request.office
    )


@require_GET
@link_view(LinkPurpose.APPLY)
def apply(request: LinkRequest) -> HttpResponse:
    """A draft goes on to its form; everything else is shown as it stands."""
    application = application_of(request)
    if application.state == ApplicationState.DRAFT:
        if application.call.state != CallState.OPEN or timezone.now() >= application.call.closes_at:
            return render(request, "calls/too_late.html", {"application": application})
        name = "check" if application.asked_at or application.revision > 3 else "about"
        return redirect("calls:step", request.key, name)
    page = status_page(application, request.key, now=timezone.now())
    read_messages(application, by=request.link, at=timezone.now())
    shown = {"page": page, "application": application, "key": request.key}
    return render(request, "calls/status.html", shown)


@require_POST
@link_view(LinkPurpose.APPLY)
def submit(request: LinkRequest) -> HttpResponse:
    services.submit_application(application_of(request), by=request.link, at=timezone.now())
    messages.success(request, _("Your application is submitted. A letter with its number is on its way."))
    return redirect("calls:apply", request.key)


def _step(act: Callable[[LinkRequest, Application], object], said: Text) -> Callable[..., HttpResponse]:
    @require_POST
    @link_view(LinkPurpose.APPLY)
    def view(request: LinkRequest) -> HttpResponse:
        act(request, application_of(request))
        messages.success(request, str(said))
        return redirect("calls:apply", request.key)

    return view


reopen = _step(
    lambda request, found: services.reopen_application(found, by=request.link, at=timezone.now()),
    _l("You may change your application. Submit it again before the last day."),
)
withdraw = _step(
    lambda request, found: services.withdraw_application(found, by=request.link, at=timezone.now()),
    _l("Your application is withdrawn."),
)
confirm = _step(
    lambda request, found: placing.confirm_place(found, by=request.link, at=timezone.now()),
    _l("Your place is confirmed. The office now nominates you to the host."),
)
decline = _step(
    lambda request, found: placing.decline_place(found, by=request.link, at=timezone.now()),
    _l("The place is given back. Thank you for saying so."),
)
appeal = _step(
    lambda request, found: placing.appeal(
        found, text=request.POST.get("text", "")[:8000], by=request.link, at=timezone.now()
    ),
    _l("Your appeal is with the office."),
)
message = _step(
    lambda request, found: write_message(
        found, request.POST.get("text", "")[:5000], by=request.link, at=timezone.now()
    ),
    _l("Your message is with the office."),
)


@require_GET
@link_view(LinkPurpose.APPLY)
def paper(request: LinkRequest, file_pk: int) -> HttpResponse:
    application = application_of(request)
    held = application.papers.select_related("file").filter(file_id=file_pk).first()
    if held is None:
        raise Http404
    return download_file(held.file)


@require_GET
@link_view(LinkPurpose.APPLY)
def letter(request: LinkRequest, paper_pk: int) -> HttpResponse:
    issued = papers_of(application_of(request)).select_related("file").filter(pk=paper_pk).first()
    if issued is None:
        raise Http404
    return download_file(issued.file)
