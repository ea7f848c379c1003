"""Recognition: begin, decide group by group, close with a protocol, order; and what is remembered."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from sapar.accounts.policies import may_work_in
from sapar.accounts.queries import head_of
from sapar.core.days import local_day
from sapar.core.policy import require
from sapar.files.queries import papers_of
from sapar.files.states import PaperState
from sapar.mobility.models import RecognitionCase
from sapar.mobility.papers.recognition import order_paper, protocol_paper
from sapar.mobility.policies import may_change_exchange, may_decide_recognition
from sapar.mobility.queries.recognition import equivalences_of
from sapar.mobility.services.equivalences import keep_equivalence
from sapar.mobility.services.recognition import (
    accept_suggestions,
    close_case,
    decide_group,
    issue_order,
    name_commission,
    open_case,
)
from sapar.mobility.states import CaseState, Verdict
from sapar.mobility.wording.credits import credits_shown
from sapar.web.access import OfficeRequest, office_view
from sapar.web.components import Action, Crumb, Fact, FactGroup, Head, Notice
from sapar.web.downloads import download_file, download_paper
from sapar.web.mobility.exchanges.forms.recognition import (
    CommissionForm,
    DecideForm,
    EvidenceForm,
    OrderForm,
    values_of_decision,
)
from sapar.web.mobility.exchanges.pages.recognition import case_page, home_line, studied_line
from sapar.web.mobility.exchanges.views.learning import crumbs, stay_of
from sapar.web.mobility.exchanges.words import page_url, verdict_state
from sapar.web.refusals import refusals_to


def case_of(request: OfficeRequest, pk: int) -> RecognitionCase:
    exchange = stay_of(request, pk)
    case = get_object_or_404(
        RecognitionCase.objects.select_related("office", "transcript"), exchange=exchange
    )
    case.exchange = exchange
    return case


@office_view
def recognition(request: OfficeRequest, pk: int) -> HttpResponse:
    """The case; before there is one, the question who sits in the commission."""
    exchange = stay_of(request, pk)
    case = RecognitionCase.objects.select_related("office").filter(exchange=exchange).first()
    if case is not None:
        case.exchange = exchange
        return render(
            request, "exchanges/recognition.html", {"page": case_page(case, request.user, request.office)}
        )
    require(may_decide_recognition, request.user, exchange)
    form = CommissionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            open_case(exchange, commission=form.names(), by=request.user, at=timezone.now())
            return redirect("exchanges:recognition", office=request.office.slug, pk=pk)
    context = {
        "form": form,
        "head": Head(
            _("Begin recognition"),
            kind=f"{exchange.person.display_name}, {exchange.partner.name}",
            number=exchange.number,
            crumbs=crumbs(request, exchange),
            lead=_(
                "The transcript is laid beside the learning agreement, and marks are converted. You decide."
            ),
        ),
        "submit": _("Begin"),
        "cancel": page_url("exchange", request.office, pk),
    }
    return render(request, "exchanges/form.html", context, status=422 if form.errors else 200)


@office_view
def commission(request: OfficeRequest, pk: int) -> HttpResponse:
    case = case_of(request, pk)
    require(may_decide_recognition, request.user, case.exchange)
    form = CommissionForm(request.POST or None)
    form.guard(case, lambda now: {"members": "\n".join(now.commission)})
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            name_commission(case, form.names(), seen=form.mark, by=request.user, at=timezone.now())
            return redirect("exchanges:recognition", office=request.office.slug, pk=pk)
    context = {
        "form": form,
        "head": Head(_("The commission"), crumbs=_crumbs(request, case)),
        "submit": _("Keep the names"),
        "cancel": page_url("recognition", request.office, pk),
    }
    return render(request, "exchanges/form.html", context, status=422 if form.errors else 200)


def _crumbs(request: OfficeRequest, case: RecognitionCase) -> list[Crumb]:
    return [
        *crumbs(request, case.exchange),
        Crumb(_("Recognition"), page_url("recognition", request.office, case.exchange_id)),
    ]


@office_view
def decide(request: OfficeRequest, pk: int, group: int) -> HttpResponse:
    case = case_of(request, pk)
    require(may_decide_recognition, request.user, case.exchange)
    decision = get_object_or_404(case.decisions.all(), group=group)
    decision.case = case
    form = DecideForm(request.POST or None)
    form.guard(decision, values_of_decision)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with refusals_to(form):
            decide_group(
                decision,
                verdict=Verdict(data["verdict"]),
                credits=data["credits"],
                home_mark=data["home_mark"],
                reason=data["reason"],
                seen=form.mark,
                by=request.user,
                at=timezone.now(),
            )
            return redirect(f"{page_url('recognition', request.office, pk)}#group-{group}")
    context = {
        "form": form,
        "head": Head(
            _("Decide on group %(number)s") % {"number": group},
            crumbs=_crumbs(request, case),
        ),
        "lines": [studied_line(line) for line in decision.studied],
        "home": [home_line(one) for one in decision.home],
        "promised": credits_shown(decision.credits_promised),
        "cancel": page_url("recognition", request.office, pk),
    }
    return render(request, "exchanges/decide.html", context, status=422 if form.errors else 200)


@require_POST
@office_view
def accept(request: OfficeRequest, pk: int) -> HttpResponse:
    count = accept_suggestions(case_of(request, pk), by=request.user, at=timezone.now())
    messages.success(
        request,
        ngettext("%(count)s group was decided.", "%(count)s groups were decided.", count) % {"count": count},
    )
    return redirect("exchanges:recognition", office=request.office.slug, pk=pk)


@require_POST
@office_view
def convert_again(request: OfficeRequest, pk: int) -> HttpResponse:
    """A factor was chosen meanwhile: the case begins again with the same commission."""
    case = case_of(request, pk)
    open_case(case.exchange, commission=case.commission, by=request.user, at=timezone.now())
    return redirect("exchanges:recognition", office=request.office.slug, pk=pk)


@require_POST
@office_view
def close(request: OfficeRequest, pk: int) -> HttpResponse:
    case = close_case(case_of(request, pk), by=request.user, at=timezone.now())
    messages.success(request, _("Protocol %(number)s is written.") % {"number": case.number})
    return redirect("exchanges:recognition", office=request.office.slug, pk=pk)


@office_view
def order(request: OfficeRequest, pk: int) -> HttpResponse:
    """Draft to read and print; with its number in the register the order is issued."""
    case = case_of(request, pk)
    require(may_change_exchange, request.user, case.exchange)
    known = {"on": timezone.localdate(), "signer": head_of(request.office)}
    form = OrderForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            issue_order(case, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("The order is among the papers of the stay."))
            return redirect("exchanges:exchange", office=request.office.slug, pk=pk)
    draft = [
        Action(
            kind.upper(), page_url("case_paper", request.office, pk, what="order", kind=kind), icon="download"
        )
        for kind in ("pdf", "docx")
    ]
    context = {
        "form": form,
        "head": Head(
            _("Issue the order"),
            kind=f"{case.exchange.person.display_name}, {case.exchange.partner.name}",
            number=case.number,
            crumbs=_crumbs(request, case),
            others=draft,
            lead=_("The draft can be downloaded from the menu. Issued, the order bears a QR code."),
        ),
        "submit": _("Issue"),
        "cancel": page_url("recognition", request.office, pk),
    }
    return render(request, "exchanges/form.html", context, status=422 if form.errors else 200)


@require_GET
@office_view
def paper(request: OfficeRequest, pk: int, what: str, kind: str) -> HttpResponse:
    """The issued paper as PDF where there is one; else the present state without a code."""
    case = case_of(request, pk)
    if kind not in ("pdf", "docx") or what not in ("protocol", "order"):
        raise Http404
    if what == "order" and case.state == CaseState.OPEN:
        raise Http404
    if kind == "pdf":
        issued = papers_of(case.exchange).filter(kind=f"recognition_{what}", state=PaperState.VALID)
        if (known := issued.select_related("file").first()) is not None:
            return download_file(known.file)
    decisions = list(case.decisions.order_by("group"))
    on = local_day(case.decided_at or case.opened_at)
    if what == "protocol":
        return download_paper(
            protocol_paper(case, decisions, on=on),
            kind,
            f"{_('Protocol')} {case.number}".strip(),
            request.office,
        )
    issued_order = papers_of(case.exchange).filter(kind="recognition_order").first()
    number = issued_order.number if issued_order else ""
    signer = case.order_signer if number else head_of(request.office)
    return download_paper(
        order_paper(case, decisions, number=number, on=case.ordered_on or on, signer=signer),
        kind,
        f"{_('Order')} {number}".strip(),
        request.office,
    )


@office_view
def equivalence(request: OfficeRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(equivalences_of(request.office), pk=pk)
    changes = may_work_in(request.user, request.office)
    form = EvidenceForm(request.POST or None, request.FILES or None)
    form.guard(
        found, lambda now: {"valid_until": now.valid_until, "evidence": now.evidence and now.evidence.name}
    )
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["evidence"]
        with refusals_to(form):
            keep_equivalence(
                found,
                valid_until=form.cleaned_data["valid_until"],
                evidence=upload.read() if upload else b"",
                evidence_name=upload.name if upload else "",
                seen=form.mark,
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("The equivalence is kept."))
            return redirect("exchanges:equivalence", office=request.office.slug, pk=pk)
    others = []
    if found.evidence is not None:
        others.append(Action(_("Evidence"), page_url("evidence", request.office, pk), icon="download"))
    facts = FactGroup(
        "",
        [
            Fact(_("Studied at the host"), f"{found.host_code} {found.host_title}".strip()),
            Fact(_("Credits"), found.host_credits),
            Fact(_("Counts for"), f"{found.course.code} {found.course.title}" if found.course else None),
            Fact(_("Programme of study"), found.home_programme),
            Fact(_("Reason"), found.reason),
            Fact(_("Times decided so"), found.uses),
            Fact(_("Last decided"), found.decided_on, found.decided_by),
            Fact(_("Evidence"), found.evidence.name if found.evidence else None),
        ],
    )
    notices = []
    if found.valid_until < timezone.localdate():
        notices.append(Notice(_("It has ended and is not suggested any more."), "needs"))
    context = {
        "form": form if changes else None,
        "facts": [facts],
        "notices": notices,
        "head": Head(
            found.host_title,
            kind=found.partner.name,
            state=verdict_state(found.verdict),
            crumbs=[
                Crumb(_("Stays"), page_url("home", request.office)),
                Crumb(_("Equivalences"), page_url("equivalences", request.office)),
            ],
            others=others,
        ),
    }
    return render(request, "exchanges/equivalence.html", context, status=422 if form.errors else 200)


@require_GET
@office_view
def evidence(request: OfficeRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(equivalences_of(request.office), pk=pk, evidence__isnull=False)
    assert found.evidence is not None
    return download_file(found.evidence)
