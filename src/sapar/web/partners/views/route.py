"""The way of an agreement: sending, answering, inviting, signing, ending."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sapar.accounts.queries import colleagues
from sapar.core.errors import NotAllowed
from sapar.mobility.queries.use import use_of_agreement
from sapar.partners.errors import NotYourStep
from sapar.partners.memos import memo_paper
from sapar.partners.models import Agreement, Obligation
from sapar.partners.policies import ROLE_OF_STEP, may_answer_step, may_terminate
from sapar.partners.queries import current_version, waiting_step
from sapar.partners.queries.health import RenewalFacts, renewal_facts
from sapar.partners.services.approval import (
    USUAL_ROUTE,
    answer_step,
    attach_scan,
    bring_into_force,
    invite_partner,
    return_to_draft,
    send_for_approval,
)
from sapar.partners.services.ending import draft_successor, give_up, terminate
from sapar.partners.services.obligations import add_obligation, finish_obligation
from sapar.partners.services.papers import issue_agreement
from sapar.partners.services.renewal import issue_memo
from sapar.partners.states import ApprovalRole
from sapar.web.access import OfficeRequest, office_view
from sapar.web.components import Crumb, Head
from sapar.web.downloads import download_paper
from sapar.web.forms import SaparForm
from sapar.web.links import link_url
from sapar.web.partners.forms.agreements import (
    AnswerForm,
    DoneForm,
    InviteForm,
    ObligationForm,
    ReasonForm,
    RouteForm,
    ScanForm,
    SignForm,
)
from sapar.web.partners.pages.reading import reading_of
from sapar.web.partners.views.access import agreement_here, agreement_to_change
from sapar.web.partners.words import page_url, state_of
from sapar.web.refusals import refusals_to


@office_view
def send(request: OfficeRequest, pk: int) -> HttpResponse:
    """Choose the stations; each says who has its role, so that nothing is sent to nobody."""
    agreement = agreement_to_change(request, pk)
    holders = {
        role: [user.name for user in colleagues(request.office, ROLE_OF_STEP[role])]
        for role in USUAL_ROUTE
        if role in ROLE_OF_STEP
    }
    contacts = [contact.name for contact in agreement.partnership.contacts.order_by("-is_main", "pk")[:1]]
    stations = [
        (str(role), f"{role.label}: {', '.join(holders.get(role, contacts)) or _('nobody yet')}")
        for role in USUAL_ROUTE
    ]
    form = RouteForm(request.POST or None, stations=stations, initial={"stations": [s for s, _l in stations]})
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            route = [ApprovalRole(role) for role in form.cleaned_data["stations"]]
            send_for_approval(agreement, route=route, by=request.user, at=timezone.now())
            messages.success(request, _("The version is frozen and on its way."))
            return _to(request, agreement)
    return _form(
        request,
        agreement,
        form,
        _("Send for approval"),
        _("Freeze and send"),
        _("The version is frozen as it is now. Everybody on the route approves exactly this."),
    )


@office_view
def answer(request: OfficeRequest, pk: int) -> HttpResponse:
    """The answer at the station; the form keeps the remark when it is refused."""
    agreement = agreement_here(request, pk)
    version = current_version(agreement)
    step = waiting_step(version)
    if request.method != "POST":
        return redirect(page_url("read", request.office, pk))
    if step is None or not may_answer_step(request.user, step):
        waiting = step.get_role_display() if step else agreement.get_state_display()
        messages.error(request, str(NotYourStep(waiting=waiting)))
        return redirect(page_url("read", request.office, pk))
    form = AnswerForm(request.POST)
    if form.is_valid():
        with refusals_to(form):
            approved = request.POST.get("answer") == "yes"
            answer_step(
                agreement,
                approved=approved,
                remark=form.cleaned_data["remark"],
                digest=form.cleaned_data["digest"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(
                request, _("You approved it.") if approved else _("You returned it with your remark.")
            )
            return _to(request, agreement)
    context = {
        "head": _head(agreement, _("Version %(number)d") % {"number": version.number}),
        "reading": reading_of(version),
        "form": form,
        "step": step,
        "agreement": agreement,
    }
    return render(request, "partners/read.html", context, status=422)


@require_POST
@office_view
def take_back(request: OfficeRequest, pk: int) -> HttpResponse:
    agreement = return_to_draft(agreement_here(request, pk), by=request.user, at=timezone.now())
    messages.success(request, _("You can change it now; a new version was begun."))
    return _to(request, agreement)


@office_view
def invite(request: OfficeRequest, pk: int) -> HttpResponse:
    """The link is shown once, here; the letter carries one of its own."""
    agreement = agreement_to_change(request, pk)
    contact = agreement.partnership.contacts.order_by("-is_main", "pk").first()
    initial = (
        {"name": contact.name, "email": contact.email, "language": contact.language}
        if contact
        else {"language": "en"}
    )
    form = InviteForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            key = invite_partner(agreement, **form.cleaned_data, by=request.user, at=timezone.now())
            context = {
                "head": _head(agreement, _("The partner is invited")),
                "link": link_url(key),
                "name": form.cleaned_data["name"],
                "email": form.cleaned_data["email"],
                "back": page_url("agreement", request.office, pk),
            }
            response = render(request, "partners/invited.html", context)
            response["Cache-Control"] = "no-store, private"
            return response
    return _form(
        request,
        agreement,
        form,
        _("Invite the partner to answer"),
        _("Make the link and send it"),
        _(
            "Whoever has the link reads the frozen version and approves it or asks for changes, without an account."
        ),
    )


@office_view
def sign(request: OfficeRequest, pk: int) -> HttpResponse:
    agreement = agreement_to_change(request, pk)
    today = timezone.localdate()
    form = SignForm(
        request.POST or None,
        request.FILES or None,
        today=today,
        ends_on=agreement.ends_on,
        initial=_signing_proposal(agreement, today),
    )
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            data = dict(form.cleaned_data)
            scan = data.pop("scan")
            signed = bring_into_force(
                agreement,
                **data,
                scan=scan.read() if scan else b"",
                scan_name=scan.name if scan else "",
                by=request.user,
                at=timezone.now(),
            )
            messages.success(
                request,
                _("The agreement is in force under the number %(number)s.") % {"number": signed.number},
            )
            return _to(request, agreement)
    return _form(request, agreement, form, _("Bring into force"), _("Put the signing on record"))


def _signing_proposal(agreement: Agreement, today: date) -> dict[str, object]:
    """As it was signed last time, by us and by this partner."""
    signed = Agreement.objects.filter(office=agreement.office_id, signed_on__isnull=False).order_by(
        "-signed_on"
    )
    ours = signed.first()
    theirs = signed.filter(partnership=agreement.partnership_id).first()
    return {
        "home_signer": ours.home_signer if ours else "",
        "home_signer_post": ours.home_signer_post if ours else "",
        "home_authority": ours.home_authority if ours else "",
        "partner_signer": theirs.partner_signer if theirs else "",
        "partner_signer_post": theirs.partner_signer_post if theirs else "",
        "partner_authority": theirs.partner_authority if theirs else "",
        "signed_on": today,
        "starts_on": agreement.starts_on or today,
        "number": agreement.number,
    }


@require_POST
@office_view
def issue(request: OfficeRequest, pk: int) -> HttpResponse:
    agreement = agreement_here(request, pk)
    issue_agreement(agreement, on=timezone.localdate(), by=request.user, at=timezone.now())
    messages.success(request, _("The PDF to sign is made; it stands among the papers."))
    return _to(request, agreement)


@office_view
def scan(request: OfficeRequest, pk: int) -> HttpResponse:
    agreement = agreement_to_change(request, pk)
    form = ScanForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            given = form.cleaned_data["scan"]
            attach_scan(agreement, given.read(), given.name, by=request.user, at=timezone.now())
            messages.success(request, _("The scan is kept."))
            return _to(request, agreement)
    return _form(request, agreement, form, _("Add a scan"), _("Keep the scan"))


@office_view
def end(request: OfficeRequest, pk: int) -> HttpResponse:
    """Terminate what is in force or under way."""
    agreement = agreement_here(request, pk)
    if not may_terminate(request.user, agreement):
        raise NotAllowed
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            terminate(agreement, **form.cleaned_data, by=request.user, at=timezone.now())
            return _to(request, agreement)
    return _form(
        request,
        agreement,
        form,
        _("Terminate the agreement"),
        _("Terminate it for good"),
        _(
            "Exchanges that have begun go on. The paper with the QR code becomes void. This cannot be taken back."
        ),
    )


@office_view
def abandon(request: OfficeRequest, pk: int) -> HttpResponse:
    agreement = agreement_to_change(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            give_up(agreement, **form.cleaned_data, by=request.user, at=timezone.now())
            return _to(request, agreement)
    return _form(request, agreement, form, _("Give the draft up"), _("Give it up"))


@require_POST
@office_view
def carry_on(request: OfficeRequest, pk: int) -> HttpResponse:
    """Begin the agreement that continues this one."""
    made = draft_successor(agreement_here(request, pk), by=request.user, at=timezone.now())
    messages.success(request, _("This is the draft of the agreement that continues the old one."))
    return _to(request, made)


@require_POST
@office_view
def memo(request: OfficeRequest, pk: int) -> HttpResponse:
    agreement = agreement_here(request, pk)
    issue_memo(
        agreement,
        _renewal_facts(agreement),
        language=get_language() or "en",
        on=timezone.localdate(),
        by=request.user,
        at=timezone.now(),
    )
    messages.success(request, _("The memo stands among the papers."))
    return _to(request, agreement)


@require_GET
@office_view
def memo_docx(request: OfficeRequest, pk: int) -> HttpResponse:
    agreement = agreement_here(request, pk)
    paper = memo_paper(
        agreement, _renewal_facts(agreement), language=get_language() or "en", on=timezone.localdate()
    )
    return download_paper(paper, "docx", f"memo-{agreement.number or agreement.pk}", request.office)


def _renewal_facts(agreement: Agreement) -> RenewalFacts:
    today = timezone.localdate()
    duties = list(agreement.obligations.all())
    return renewal_facts(
        use_of_agreement(agreement),
        this_year=today.year if today.month >= agreement.office.year_starts_month else today.year - 1,
        obligations_done=sum(one.done_on is not None for one in duties),
        obligations_late=sum(one.done_on is None and one.due_on < today for one in duties),
        last_contact_on=agreement.partnership.last_contact_on,
    )


@office_view
def add_duty(request: OfficeRequest, pk: int) -> HttpResponse:
    agreement = agreement_to_change(request, pk)
    form = ObligationForm(request.POST or None, office=request.office)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            add_obligation(agreement, **form.cleaned_data, by=request.user, at=timezone.now())
            return _to(request, agreement)
    return _form(request, agreement, form, _("Add to the work plan"), _("Add"))


@office_view
def finish_duty(request: OfficeRequest, pk: int) -> HttpResponse:
    duty = get_object_or_404(Obligation.objects.filter(office=request.office), pk=pk)
    agreement = agreement_to_change(request, duty.agreement_id)
    form = DoneForm(request.POST or None, initial={"done_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            finish_obligation(duty, **form.cleaned_data, by=request.user, at=timezone.now())
            return _to(request, agreement)
    return _form(request, agreement, form, _("Mark as done"), _("Mark as done"), duty.text)


def _to(request: OfficeRequest, agreement: Agreement) -> HttpResponse:
    return redirect(page_url("agreement", request.office, agreement.pk))


def _head(agreement: Agreement, title: str, lead: str = "") -> Head:
    office = agreement.office
    return Head(
        title,
        kind=agreement.get_kind_display(),
        number=agreement.number,
        state=state_of(agreement),
        lead=lead,
        crumbs=[
            Crumb(_("Agreements"), page_url("agreements", office)),
            Crumb(agreement.number or agreement.title, page_url("agreement", office, agreement.pk)),
        ],
    )


def _form(
    request: OfficeRequest, agreement: Agreement, form: SaparForm, title: str, submit: str, lead: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "head": _head(agreement, title, lead),
        "submit": submit,
        "cancel": page_url("agreement", request.office, agreement.pk),
    }
    return render(request, "partners/form.html", context, status=422 if form.errors else 200)
