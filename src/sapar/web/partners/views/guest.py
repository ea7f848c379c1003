"""The partner's page behind a signed link: read, download, approve or ask for changes."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from sapar.accounts.states import LinkPurpose
from sapar.partners.models import Agreement, AgreementVersion
from sapar.partners.policies import may_answer_step, may_view_agreement
from sapar.partners.queries import version_for_partner
from sapar.partners.services.approval import answer_step
from sapar.partners.states import AgreementState, ApprovalRole
from sapar.web.access import LinkRequest, link_view
from sapar.web.partners.forms.agreements import AnswerForm
from sapar.web.partners.pages.reading import reading_of
from sapar.web.partners.views.agreements import draft_paper
from sapar.web.refusals import refusals_to


@link_view(LinkPurpose.ANSWER_AGREEMENT)
def answer(request: LinkRequest) -> HttpResponse:
    agreement, version = _reached(request)
    step = version.steps.get(role=ApprovalRole.PARTNER)
    answers = agreement.state == AgreementState.WITH_PARTNER and may_answer_step(request.link, step)
    form = AnswerForm(request.POST or None, initial={"digest": version.digest}) if answers else None
    if request.method == "POST" and form is not None and form.is_valid():
        with refusals_to(form):
            answer_step(
                agreement,
                approved=request.POST.get("answer") == "yes",
                remark=form.cleaned_data["remark"],
                digest=form.cleaned_data["digest"],
                by=request.link,
                at=timezone.now(),
            )
            return redirect(reverse("partners:answer_link", kwargs={"key": request.key}))
    context = {
        "agreement": agreement,
        "reading": reading_of(version),
        "form": form,
        "step": step,
        "key": request.key,
    }
    return render(request, "partners/answer_link.html", context, status=422 if form and form.errors else 200)


@require_GET
@link_view(LinkPurpose.ANSWER_AGREEMENT)
def paper(request: LinkRequest, kind: str) -> HttpResponse:
    agreement, version = _reached(request)
    return draft_paper(agreement, version, kind)


def _reached(request: LinkRequest) -> tuple[Agreement, AgreementVersion]:
    """The agreement of the link and the newest version that was sent to the partner."""
    agreement = (
        Agreement.objects.filter(office=request.office, pk=request.link.subject_id)
        .select_related("office", "partnership__organisation")
        .first()
    )
    version = version_for_partner(agreement) if agreement is not None else None
    if agreement is None or version is None or not may_view_agreement(request.link, agreement):
        raise Http404
    return agreement, version
