"""Pages behind signed links: the partner answers, signs and gives transcripts; the student signs and looks."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sapar.accounts.states import LinkPurpose
from sapar.files.models import StoredFile
from sapar.files.queries import papers_of
from sapar.files.states import PaperState, Visibility
from sapar.formats.numbers import year_words
from sapar.mobility.models import Exchange, LearningAgreement
from sapar.mobility.queries.exchanges import latest_learning_agreement, nominated_under
from sapar.mobility.queries.learning import partner_party
from sapar.mobility.queries.tasks import tasks_of
from sapar.mobility.services.exchanges import NominationAnswer, answer_nominations
from sapar.mobility.services.learning import refuse_learning_agreement, sign_learning_agreement
from sapar.mobility.services.messages import read_messages, write_message
from sapar.mobility.services.transcripts import receive_transcript
from sapar.mobility.states import (
    EXCHANGE_FLOW,
    ExchangeState,
    LearningAgreementState,
    Party,
    TranscriptSource,
    Whose,
)
from sapar.partners.models import Agreement
from sapar.web.access import LinkRequest, link_view
from sapar.web.components import Cell, Fact, Related, RelatedRow
from sapar.web.downloads import download_file
from sapar.web.mobility.exchanges.forms.guests import OneAnswer
from sapar.web.mobility.exchanges.forms.learning import ObjectForm, SignForm
from sapar.web.mobility.exchanges.forms.transcripts import Wizard
from sapar.web.mobility.exchanges.forms.uploads import are_valid
from sapar.web.mobility.exchanges.pages.exchange import end_facts
from sapar.web.mobility.exchanges.pages.learning import version_page
from sapar.web.mobility.exchanges.pages.proposals import proposal_button
from sapar.web.mobility.exchanges.views.learning import version_download
from sapar.web.mobility.exchanges.words import (
    answer_given,
    date_words,
    stay_state_for_guest,
    task_state,
    task_words,
)
from sapar.web.papers.kinds import kind_words
from sapar.web.refusals import refusals_to


@link_view(LinkPurpose.ANSWER_NOMINATION)
def answer(request: LinkRequest) -> HttpResponse:
    """All people nominated under one agreement; the answers are looked over before they are sent."""
    agreement = get_object_or_404(
        Agreement.objects.select_related("partnership__organisation"),
        pk=request.link.subject_id,
        office=request.office,
    )
    posted = request.POST if request.method == "POST" else None
    forms = [OneAnswer(posted, exchange=exchange) for exchange in nominated_under(agreement)]
    step, chosen = "answer", []
    if posted is not None and posted.get("do") != "back" and are_valid(forms):
        chosen = [form for form in forms if form.given]
        step = "check" if chosen else "answer"
        if posted.get("do") == "send" and chosen:
            answer_nominations(
                [
                    NominationAnswer(
                        form.exchange, form.cleaned_data["answer"] == "yes", form.cleaned_data["remark"]
                    )
                    for form in chosen
                ],
                tell=True,
                by=request.link,
                at=timezone.now(),
            )
            messages.success(request, _("Thank you. The office has your answers."))
            return redirect("exchanges:answer_nominations", key=request.key)
    answered = (
        Exchange.objects.filter(agreement=agreement, direction="out", answered_at__isnull=False)
        .exclude(state=ExchangeState.NOMINATED)
        .select_related("person")
        .order_by("-answered_at")[:50]
    )
    failed = any(form.errors for form in forms if form.is_bound) and step == "answer"
    context = {
        "agreement": agreement,
        "forms": forms,
        "chosen": chosen,
        "step": step,
        "failed": failed,
        "nothing": posted is not None and not failed and not chosen and posted.get("do") != "back",
        "answered": [(one, answer_given(one)) for one in answered],
    }
    return render(request, "exchanges/guest_answer.html", context, status=422 if failed else 200)


def stay_behind(request: LinkRequest) -> Exchange:
    return get_object_or_404(
        Exchange.objects.select_related("person", "partner", "office", "unit", "agreement"),
        pk=request.link.subject_id,
        office=request.office,
    )


def _version(exchange: Exchange) -> LearningAgreement | None:
    """What a guest may see: nothing that is still being written."""
    version = latest_learning_agreement(exchange)
    writing = (LearningAgreementState.DRAFT, LearningAgreementState.PROPOSED)
    if version is not None and version.state in writing:
        sent = exchange.learning_agreements.exclude(digest="").exclude(state=LearningAgreementState.VOID)
        version = sent.order_by("-number").first()
    if version is not None:
        version.exchange = exchange
    return version


def _signing(request: LinkRequest, exchange: Exchange, party: Party, home: str) -> HttpResponse:
    """What am I signing, its digest, my name, sign."""
    version = _version(exchange)
    context: dict[str, object] = {
        "exchange": exchange,
        "party": party,
        "pdf": f"{home}_pdf",
        "key": request.key,
    }
    status = 200
    if version is not None:
        page = version_page(version)
        context["page"] = page
        if version.state == LearningAgreementState.TO_SIGN and party in page.missing:
            form = SignForm(
                request.POST or None, initial={"digest": version.digest, "name": request.link.holder_name}
            )
            if request.method == "POST" and form.is_valid():
                with refusals_to(form):
                    sign_learning_agreement(
                        version,
                        party,
                        digest=form.cleaned_data["digest"],
                        name=form.cleaned_data["name"],
                        by=request.link,
                        at=timezone.now(),
                    )
                    messages.success(request, _("Thank you. Your signature is on record."))
                    return redirect(f"exchanges:{home}", key=request.key)
            context["form"] = form
            context["objection"] = ObjectForm(initial={"digest": version.digest}, auto_id="object_%s")
            context["object_url"] = reverse(f"exchanges:{home}_object", kwargs={"key": request.key})
            status = 422 if form.errors else 200
    context |= _stay_facts(exchange, signing="form" in context) if party == Party.STUDENT else {}
    template = "exchanges/guest_stay.html" if party == Party.STUDENT else "exchanges/guest_sign.html"
    return render(request, template, context, status=status)


def _known(facts: Iterable[tuple[str, Cell]]) -> list[Fact]:
    """Without those of which nothing is known yet."""
    return [Fact(words, value) for words, value in facts if value is not None]


def _stay_facts(exchange: Exchange, *, signing: bool) -> dict[str, object]:
    papers = [
        (f"{kind_words(paper.kind)} № {paper.number}", paper.file_id)
        for paper in papers_of(exchange).filter(state=PaperState.VALID, file__visibility=Visibility.INVOLVED)
    ]
    facts = [
        Fact(_("Partner"), exchange.partner.name),
        Fact(_("Academic year"), year_words(exchange.academic_year), str(exchange.get_term_display())),
        Fact(_("Planned from"), exchange.planned_from),
        Fact(_("Planned until"), exchange.planned_to),
        *_known(((_("Arrived"), exchange.arrived_on), (_("Left"), exchange.left_on))),
        *end_facts(exchange),
        *_known(((_("Credits recognised"), exchange.credits_recognised),)),
    ]
    latest = latest_learning_agreement(exchange)
    given_back = latest is not None and latest.state == LearningAgreementState.DRAFT and latest.remark
    propose = proposal_button(exchange)
    today = timezone.localdate()
    needs = [
        RelatedRow(
            task_words(task),
            note=_("by %(day)s") % {"day": date_words(task.due_on)} if task.done_on is None else "",
            state=task_state(task, exchange, today),
        )
        for task in tasks_of(exchange)
        if task.whose == Whose.STUDENT
    ]
    return {
        "needs": Related(_("What you need for the stay"), needs) if needs else None,
        "facts": facts,
        "state": stay_state_for_guest(exchange, asked=signing or bool(propose)),
        "papers": papers,
        "propose": propose,
        "given_back": latest if given_back else None,
        "messages_so_far": list(exchange.messages.order_by("sent_at")),
    }


def _objection(request: LinkRequest, party: Party, home: str) -> HttpResponse:
    """What was read is not signed; the sentence goes to the office and the version is void."""
    version = _version(stay_behind(request))
    if version is None:
        raise Http404
    form = ObjectForm(request.POST)
    if form.is_valid():
        refuse_learning_agreement(
            version,
            party,
            digest=form.cleaned_data["digest"],
            reason=form.cleaned_data["reason"],
            by=request.link,
            at=timezone.now(),
        )
        messages.success(request, _("Thank you. The office corrects the agreement and sends it again."))
    else:
        messages.error(request, _("Say what should be changed before you sign."))
    return redirect(f"exchanges:{home}", key=request.key)


@require_POST
@link_view(LinkPurpose.FOLLOW_STAY)
def stay_object(request: LinkRequest) -> HttpResponse:
    return _objection(request, Party.STUDENT, "stay")


@require_POST
@link_view(LinkPurpose.SIGN_LEARNING_AGREEMENT)
def sign_object(request: LinkRequest) -> HttpResponse:
    return _objection(request, partner_party(stay_behind(request)), "sign")


@link_view(LinkPurpose.FOLLOW_STAY)
def stay(request: LinkRequest) -> HttpResponse:
    """The student's own page."""
    exchange = stay_behind(request)
    answer = _signing(request, exchange, Party.STUDENT, "stay")
    if request.method == "GET":
        read_messages(exchange, by=request.link, at=timezone.now())
    return answer


@require_POST
@link_view(LinkPurpose.FOLLOW_STAY)
def stay_message(request: LinkRequest) -> HttpResponse:
    write_message(
        stay_behind(request), request.POST.get("text", "")[:5000], by=request.link, at=timezone.now()
    )
    messages.success(request, _("Your message is with the office."))
    return redirect("exchanges:stay", key=request.key)


@link_view(LinkPurpose.SIGN_LEARNING_AGREEMENT)
def sign(request: LinkRequest) -> HttpResponse:
    """The partner's page: it signs as receiving institution of ours, as sending one of its own student."""
    exchange = stay_behind(request)
    return _signing(request, exchange, partner_party(exchange), "sign")


def _pdf(request: LinkRequest) -> HttpResponse:
    version = _version(stay_behind(request))
    if version is None:
        raise Http404
    return version_download(version, "pdf")


stay_pdf = require_GET(link_view(LinkPurpose.FOLLOW_STAY)(_pdf))
sign_pdf = require_GET(link_view(LinkPurpose.SIGN_LEARNING_AGREEMENT)(_pdf))


@require_GET
@link_view(LinkPurpose.FOLLOW_STAY)
def stay_file(request: LinkRequest, file: int) -> HttpResponse:
    """A paper or file of the stay that is for those it is about."""
    exchange = stay_behind(request)
    found = get_object_or_404(
        StoredFile,
        pk=file,
        office=request.office,
        subject_type=exchange._meta.label_lower,
        subject_id=exchange.pk,
        visibility=Visibility.INVOLVED,
    )
    return download_file(found)


@link_view(LinkPurpose.GIVE_TRANSCRIPT)
def give_transcript(request: LinkRequest) -> HttpResponse:
    exchange = stay_behind(request)
    asked = EXCHANGE_FLOW.allows("receive_transcript", exchange.state) or (
        exchange.state == ExchangeState.TRANSCRIPT
    )
    wizard = Wizard(request, exchange)
    if asked:
        wizard.read()
    if wizard.given is not None:
        with refusals_to(wizard.finish):
            given = wizard.given
            receive_transcript(
                exchange,
                given.lines,
                scale=given.scale,
                source=TranscriptSource.LINK,
                issued_on=given.issued_on,
                file=given.file,
                file_name=given.file_name,
                by=request.link,
                at=timezone.now(),
            )
            # The link has ended with this act, so the thanks stand here and not behind a redirect.
            return render(request, "exchanges/guest_thanks.html", {"exchange": exchange})
    failed = bool(wizard.problems or wizard.first.errors or wizard.finish.errors)
    context = {"exchange": exchange, "wizard": wizard, "asked": asked}
    return render(request, "exchanges/guest_transcript.html", context, status=422 if failed else 200)
