"""The list of agreements, the record of one, its versions and files."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sapar.core.days import local_day
from sapar.files.models import StoredFile
from sapar.partners.models import Agreement, AgreementVersion
from sapar.partners.papers import agreement_paper, live_signers
from sapar.partners.policies import may_answer_step, may_draft_agreement
from sapar.partners.queries import agreements_of, content_of, current_version, waiting_step
from sapar.partners.queries.changes import changes_between
from sapar.web.access import OfficeRequest, office_view
from sapar.web.components import Action, Crumb, Head
from sapar.web.downloads import download_file, download_paper
from sapar.web.partners.forms.agreements import AnswerForm
from sapar.web.partners.lists import AGREEMENTS
from sapar.web.partners.pages.agreement import agreement_page
from sapar.web.partners.pages.changes import changes_page
from sapar.web.partners.pages.reading import reading_of
from sapar.web.partners.views.access import agreement_here
from sapar.web.partners.words import page_url, state_of
from sapar.web.tables import answer_list


@require_GET
@office_view
def agreements(request: OfficeRequest) -> HttpResponse:
    rows: QuerySet[Agreement] = agreements_of(request.office).select_related("responsible")
    if may_draft_agreement(request.user, request.office):
        add = Action(_("New agreement"), page_url("new_agreement", request.office))
        # Where no agreement is, the list of the signed ones is the first step.
        bring = Action(_("Bring the list of agreements"), reverse("signed:new", args=[request.office.slug]))
        links = [(_("Bring those signed already"), reverse("signed:home", args=[request.office.slug]))]
        return answer_list(
            request, AGREEMENTS, rows, add=add, first=bring, template="partners/agreements.html", links=links
        )
    return answer_list(request, AGREEMENTS, rows)


@require_GET
@office_view
def agreement(request: OfficeRequest, pk: int) -> HttpResponse:
    found = agreement_here(request, pk)
    page = agreement_page(found, request.user, now=timezone.now())
    return render(request, "partners/agreement.html", {"page": page, "agreement": found})


@require_GET
@office_view
def read(request: OfficeRequest, pk: int) -> HttpResponse:
    """The newest version as a whole; at its station one answers below it."""
    found = agreement_here(request, pk)
    version = current_version(found)
    step = waiting_step(version)
    answers = step is not None and may_answer_step(request.user, step)
    context = {
        "head": _head_of(found, _("Version %(number)d") % {"number": version.number}),
        "reading": reading_of(version),
        "form": AnswerForm(initial={"digest": version.digest}) if answers else None,
        "step": step,
        "agreement": found,
    }
    return render(request, "partners/read.html", context)


@require_GET
@office_view
def version(request: OfficeRequest, pk: int, number: int) -> HttpResponse:
    found = agreement_here(request, pk)
    wanted = get_object_or_404(found.versions, number=number)
    head = _head_of(found, _("Version %(number)d") % {"number": number})
    return render(
        request, "partners/read.html", {"head": head, "reading": reading_of(wanted), "agreement": found}
    )


@require_GET
@office_view
def changes(request: OfficeRequest, pk: int, number: int) -> HttpResponse:
    """What a version changed against the one before it."""
    found = agreement_here(request, pk)
    after = get_object_or_404(found.versions, number=number)
    before = found.versions.filter(number__lt=number).order_by("-number").first()
    if before is None:
        raise Http404
    page = changes_page(changes_between(content_of(before), content_of(after)))
    title = _("From version %(before)d to version %(after)d") % {"before": before.number, "after": number}
    return render(request, "partners/changes.html", {"head": _head_of(found, title), "page": page})


@require_GET
@office_view
def draft(request: OfficeRequest, pk: int, kind: str) -> HttpResponse:
    """The newest version as a paper for negotiation; only an issued PDF bears a code."""
    found = agreement_here(request, pk)
    return draft_paper(found, current_version(found), kind)


def draft_paper(agreement: Agreement, version: AgreementVersion, kind: str) -> HttpResponse:
    paper = agreement_paper(
        content_of(version),
        on=local_day(version.frozen_at or version.made_at),
        digest=version.digest,
        signers=live_signers(agreement),
    )
    name = f"{agreement.number or f'agreement-{agreement.pk}'}-v{version.number}"
    if kind in ("docx", "pdf"):
        return download_paper(paper, kind, name, agreement.office)
    raise Http404


@require_GET
@office_view
def file(request: OfficeRequest, pk: int, file: int) -> HttpResponse:
    """A scan or paper of this agreement and of no other record."""
    found = agreement_here(request, pk)
    stored = get_object_or_404(
        StoredFile,
        pk=file,
        office=request.office,
        subject_type=found._meta.label_lower,
        subject_id=found.pk,
    )
    return download_file(stored)


def _head_of(agreement: Agreement, title: str) -> Head:
    office = agreement.office
    return Head(
        title,
        kind=agreement.get_kind_display(),
        number=agreement.number,
        state=state_of(agreement),
        lead=agreement.title,
        crumbs=[
            Crumb(_("Agreements"), page_url("agreements", office)),
            Crumb(agreement.number or agreement.title, page_url("agreement", office, agreement.pk)),
        ],
    )
