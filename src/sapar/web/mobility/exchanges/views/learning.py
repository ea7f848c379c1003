"""The learning agreement: writing, sending, signing for us, declaring void, downloading."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sapar.core.days import local_day
from sapar.core.policy import require
from sapar.files.queries import papers_of
from sapar.files.states import PaperState
from sapar.mobility.models import Exchange, LearningAgreement
from sapar.mobility.papers.learning import learning_agreement_paper
from sapar.mobility.policies import may_change_exchange, may_sign_as, may_write_learning_agreement
from sapar.mobility.queries.credits import converter_for
from sapar.mobility.queries.exchanges import exchanges_visible_to, latest_learning_agreement
from sapar.mobility.queries.learning import our_party
from sapar.mobility.queries.recognition import suggested_equivalences
from sapar.mobility.services.learning import (
    Recipient,
    check_may_be_agreed,
    draft_learning_agreement,
    give_back_proposal,
    send_learning_agreement,
    sign_learning_agreement,
    void_learning_agreement,
)
from sapar.mobility.services.stay_papers import issue_learning_agreement
from sapar.mobility.states import LEARNING_AGREEMENT_FLOW, ExchangeState, LearningAgreementState, Party
from sapar.web.access import OfficeRequest, office_view
from sapar.web.components import Action, Crumb, Head
from sapar.web.downloads import download_file, download_paper
from sapar.web.mobility.exchanges.forms.learning import RemarkForm, SendForm, SignForm
from sapar.web.mobility.exchanges.forms.nominations import ReasonForm
from sapar.web.mobility.exchanges.pages.learning import editor_for, totals_in, version_form, version_page
from sapar.web.mobility.exchanges.views.nominations import contact_of
from sapar.web.mobility.exchanges.words import day_words, page_url, version_state
from sapar.web.refusals import refusals_to

MOST_SUGGESTED = 12


def stay_of(request: OfficeRequest, pk: int) -> Exchange:
    return get_object_or_404(
        exchanges_visible_to(request.user, request.office).select_related(
            "office", "agreement__partnership__organisation", "enrolment"
        ),
        pk=pk,
    )


def version_of(request: OfficeRequest, pk: int, number: int) -> LearningAgreement:
    exchange = stay_of(request, pk)
    version = get_object_or_404(
        exchange.learning_agreements.prefetch_related("signatures"), number=number, exchange=exchange
    )
    version.exchange = exchange
    return version


def crumbs(request: OfficeRequest, exchange: Exchange) -> list[Crumb]:
    return [
        Crumb(_("Stays"), page_url("home", request.office)),
        Crumb(exchange.person.display_name, page_url("exchange", request.office, exchange.pk)),
    ]


@office_view
def edit(request: OfficeRequest, pk: int) -> HttpResponse:
    """Write a version, correct a proposal, or write a change of the version that was signed."""
    exchange = stay_of(request, pk)
    require(may_write_learning_agreement, request.user, exchange)
    check_may_be_agreed(exchange)
    known = {
        one.pk: one for one in suggested_equivalences(exchange, today=timezone.localdate())[:MOST_SUGGESTED]
    }
    posted = request.POST if request.method == "POST" else None
    editor = editor_for(exchange, data=posted, known=known)
    if request.htmx and request.POST.get("do") == "totals":
        return render(
            request, "exchanges/totals.html", {"totals": totals_in(editor, converter_for(exchange))}
        )
    form, failed = version_form(posted, exchange, editor), False
    if posted is not None and not editor.act(posted.get("do", "save")):
        failed = True
        if editor.is_valid():
            with refusals_to(form):
                version = draft_learning_agreement(
                    exchange,
                    editor.entries(),
                    revision=form.seen(exchange),
                    by=request.user,
                    at=timezone.now(),
                )
                messages.success(request, _("Version %(number)s is saved.") % {"number": version.number})
                return redirect("exchanges:version", office=request.office.slug, pk=pk, number=version.number)
    latest = latest_learning_agreement(exchange)
    head = Head(
        _("Change the learning agreement") if editor.is_change else _("Write the learning agreement"),
        kind=f"{exchange.person.display_name}, {exchange.partner.name}",
        number=exchange.number,
        crumbs=crumbs(request, exchange),
    )
    context = {
        "head": head,
        "here": request.path,
        "editor": editor,
        "form": form,
        "note": latest.note if latest and latest.state == LearningAgreementState.PROPOSED else "",
        "groups": editor.groups(),
        "totals": totals_in(editor, converter_for(exchange)),
        "known": list(known.values()),
        "failed": failed and not form.errors,
        "cancel": page_url("exchange", request.office, pk),
    }
    return render(request, "exchanges/learning.html", context, status=422 if failed else 200)


@require_GET
@office_view
def version(request: OfficeRequest, pk: int, number: int) -> HttpResponse:
    found = version_of(request, pk, number)
    exchange = found.exchange
    page = version_page(found)
    next_action, others = _steps(request, found, page.missing)
    head = Head(
        _("Learning agreement, version %(number)s") % {"number": number},
        kind=f"{exchange.person.display_name}, {exchange.partner.name}",
        number=exchange.number,
        state=version_state(found),
        waiting=_waiting(found, page.missing),
        crumbs=crumbs(request, exchange),
        next=next_action,
        others=others,
    )
    return render(request, "exchanges/version.html", {"head": head, "page": page})


def _steps(
    request: OfficeRequest, found: LearningAgreement, missing: Sequence[Party]
) -> tuple[Action | None, list[Action]]:
    """The next step with a version, and what else may be done with it."""
    user, exchange = request.user, found.exchange

    def url(name: str, **more: object) -> str:
        return page_url(name, request.office, exchange.pk, number=found.number, **more)

    writes, changes = may_write_learning_agreement(user, exchange), may_change_exchange(user, exchange)
    write = page_url("learning", request.office, exchange.pk)
    next_action, others = None, []
    match found.state:
        case LearningAgreementState.DRAFT if writes:
            next_action = Action(_("Send for signature"), url("send_version"))
            others = [Action(_("Go on writing"), write)]
        case LearningAgreementState.PROPOSED if writes:
            next_action = Action(_("Send for signature"), url("send_version"))
            others = [
                Action(_("Correct"), write),
                Action(_("Give back to the student"), url("give_back")),
            ]
        case LearningAgreementState.TO_SIGN:
            ours = our_party(exchange)
            if ours in missing and may_sign_as(user, (exchange, ours)):
                next_action = Action(_("Sign for our institution"), url("sign_version"))
    others += [
        Action(kind.upper(), url("version_paper", kind=kind), icon="download") for kind in ("pdf", "docx")
    ]
    if writes and LEARNING_AGREEMENT_FLOW.allows("void", found.state):
        others.append(Action(_("Declare void"), url("void_version"), danger=True))
    if changes and found.state == LearningAgreementState.TO_SIGN:
        others += [
            Action(words, page_url("link", request.office, exchange.pk, purpose=purpose))
            for purpose, words in (
                ("stay", _("A new link for the student")),
                ("sign", _("A new link for the partner")),
            )
        ]
    if changes and found.state == LearningAgreementState.SIGNED:
        others.append(Action(_("Issue the paper with its QR code"), url("issue_version"), post=True))
        if writes and exchange.state in (ExchangeState.READY, ExchangeState.AWAY):
            others.append(Action(_("Write a change"), write))
    return next_action, others


def _waiting(found: LearningAgreement, missing: Sequence[Party]) -> str:
    """For whom a version waits, in words."""
    match found.state:
        case LearningAgreementState.PROPOSED if found.proposed_at:
            return _("Waiting for the coordinator since %(day)s") % {"day": day_words(found.proposed_at)}
        case LearningAgreementState.DRAFT if found.sketch is not None and found.saved_at:
            return _("The student is writing; last saved on %(day)s") % {"day": day_words(found.saved_at)}
        case LearningAgreementState.TO_SIGN:
            return _("Waiting for: %(parties)s") % {"parties": ", ".join(str(one.label) for one in missing)}
    return ""


@office_view
def send(request: OfficeRequest, pk: int, number: int) -> HttpResponse:
    found = version_of(request, pk, number)
    exchange = found.exchange
    require(may_write_learning_agreement, request.user, exchange)
    contact = contact_of(exchange.agreement)
    form = SendForm(
        request.POST or None,
        initial={
            "student_email": exchange.person.email,
            "partner_name": contact.get("name", ""),
            "partner_email": contact.get("email", ""),
            "partner_language": contact.get("language", "en"),
        },
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        student = partner = None
        if data["student_email"]:
            student = Recipient(exchange.person.display_name, data["student_email"], exchange.person.language)
        if data["partner_email"]:
            partner = Recipient(data["partner_name"], data["partner_email"], data["partner_language"])
        with refusals_to(form):
            send_learning_agreement(
                found, student=student, partner=partner, by=request.user, at=timezone.now()
            )
            messages.success(request, _("The version is frozen and waits for three signatures."))
            return redirect("exchanges:version", office=request.office.slug, pk=pk, number=number)
    context = {
        "form": form,
        "head": Head(
            _("Send for signature"),
            kind=_("Learning agreement, version %(number)s") % {"number": number},
            crumbs=crumbs(request, exchange),
            lead=_("This freezes the version. The student and the partner get a letter with a link to sign."),
        ),
        "submit": _("Freeze and send"),
        "cancel": page_url("version", request.office, pk, number=number),
    }
    return render(request, "exchanges/form.html", context, status=422 if form.errors else 200)


@office_view
def give_back(request: OfficeRequest, pk: int, number: int) -> HttpResponse:
    """Return a proposal to the student with a sentence."""
    found = version_of(request, pk, number)
    require(may_write_learning_agreement, request.user, found.exchange)
    form = RemarkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            give_back_proposal(found, remark=form.cleaned_data["remark"], by=request.user, at=timezone.now())
            messages.success(request, _("The student can change the proposal and gets a letter."))
            return redirect("exchanges:version", office=request.office.slug, pk=pk, number=number)
    context = {
        "form": form,
        "head": Head(
            _("Give the proposal back"),
            kind=f"{found.exchange.person.display_name}, {found.exchange.partner.name}",
            crumbs=crumbs(request, found.exchange),
        ),
        "submit": _("Give back and write to the student"),
        "cancel": page_url("version", request.office, pk, number=number),
    }
    return render(request, "exchanges/form.html", context, status=422 if form.errors else 200)


@office_view
def sign(request: OfficeRequest, pk: int, number: int) -> HttpResponse:
    """Our own institution's signature."""
    found = version_of(request, pk, number)
    exchange = found.exchange
    party = our_party(exchange)
    require(may_sign_as, request.user, (exchange, party))
    form = SignForm(request.POST or None, initial={"digest": found.digest, "name": request.user.name})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with refusals_to(form):
            sign_learning_agreement(
                found, party, digest=data["digest"], name=data["name"], by=request.user, at=timezone.now()
            )
            messages.success(request, _("You have signed version %(number)s.") % {"number": number})
            return redirect("exchanges:version", office=request.office.slug, pk=pk, number=number)
    head = Head(
        _("Sign version %(number)s") % {"number": number},
        kind=f"{exchange.person.display_name}, {exchange.partner.name}",
        crumbs=crumbs(request, exchange),
        lead=_("You sign as: %(party)s.") % {"party": party.label},
    )
    context = {
        "head": head,
        "form": form,
        "page": version_page(found),
        "cancel": page_url("version", request.office, pk, number=number),
    }
    return render(request, "exchanges/sign.html", context, status=422 if form.errors else 200)


@office_view
def void(request: OfficeRequest, pk: int, number: int) -> HttpResponse:
    found = version_of(request, pk, number)
    require(may_write_learning_agreement, request.user, found.exchange)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            void_learning_agreement(
                found, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
            )
            return redirect("exchanges:exchange", office=request.office.slug, pk=pk)
    context = {
        "form": form,
        "head": Head(
            _("Declare version %(number)s void") % {"number": number},
            crumbs=crumbs(request, found.exchange),
            lead=_(
                "Signatures given on it count no more. A corrected version can follow under the next number."
            ),
        ),
        "submit": _("Declare void"),
        "cancel": page_url("version", request.office, pk, number=number),
    }
    return render(request, "exchanges/form.html", context, status=422 if form.errors else 200)


@require_POST
@office_view
def issue(request: OfficeRequest, pk: int, number: int) -> HttpResponse:
    issue_learning_agreement(version_of(request, pk, number), by=request.user, at=timezone.now())
    messages.success(request, _("The paper is among the papers of the stay."))
    return redirect("exchanges:exchange", office=request.office.slug, pk=pk)


@require_GET
@office_view
def paper(request: OfficeRequest, pk: int, number: int, kind: str) -> HttpResponse:
    return version_download(version_of(request, pk, number), kind)


def version_download(version: LearningAgreement, kind: str) -> HttpResponse:
    """The issued paper where there is one; else the version as it stands, without a code."""
    if kind not in ("pdf", "docx"):
        raise Http404
    exchange = version.exchange
    number = f"{exchange.number}/{version.number}"
    if kind == "pdf":
        issued = papers_of(exchange).filter(kind="learning_agreement", number=number)
        if (known := issued.exclude(state=PaperState.REVOKED).select_related("file").first()) is not None:
            return download_file(known.file)
    day = version.signed_at or version.sent_at or version.made_at
    drawing = learning_agreement_paper(version, version.signatures.all(), on=local_day(day))
    return download_paper(
        drawing, kind, f"{_('Learning agreement')} {number}".replace("/", "-"), version.exchange.office
    )
