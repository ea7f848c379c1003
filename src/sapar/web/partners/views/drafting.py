"""Writing an agreement: its head, its places, its texts."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sapar.accounts.models import Office
from sapar.core.errors import NotAllowed
from sapar.partners.models import Agreement, Partnership
from sapar.partners.policies import may_draft_agreement
from sapar.partners.queries import current_version, draft_parts, partnerships_of
from sapar.partners.services.agreements import change_draft, draft_agreement, templates_for
from sapar.partners.states import AgreementState
from sapar.web.access import OfficeRequest, office_view
from sapar.web.components import Action, Crumb, Empty, Head, Tab
from sapar.web.forms import SaparForm
from sapar.web.partners.forms.agreements import HeadForm, PartnerChoiceForm, head_of
from sapar.web.partners.forms.places import (
    fields_of_study,
    place_forms,
    places_differ,
    places_in,
    rows_posted,
    worked_on,
)
from sapar.web.partners.forms.texts import (
    LONGEST_TEXT,
    Article,
    articles_differ,
    articles_of,
    articles_posted,
    articles_worked_on,
    gaps_in,
    texts_from,
    too_long_in,
)
from sapar.web.partners.pages.reading import LANGUAGE_NAMES
from sapar.web.partners.views.access import agreement_to_change, partnership_to_change
from sapar.web.partners.words import page_url, state_of
from sapar.web.refusals import refusals_to


@office_view
def choose_partner(request: OfficeRequest) -> HttpResponse:
    """A new agreement from the list of agreements: first, with whom."""
    if not may_draft_agreement(request.user, request.office):
        raise NotAllowed
    form = PartnerChoiceForm(request.POST or None)
    partners = partnerships_of(request.office).order_by("organisation__sort_key")
    form.fields["partnership"].choices = [  # type: ignore[attr-defined]
        ("", "—"), *((str(one.pk), one.organisation.name) for one in partners)
    ]  # fmt: skip
    if request.method == "POST" and form.is_valid():
        return redirect(page_url("draft_for", request.office, int(form.cleaned_data["partnership"])))
    add_partner = page_url("add", request.office)
    head = Head(
        _("New agreement"),
        lead=_("An agreement is made with one of your partners."),
        crumbs=[Crumb(_("Agreements"), page_url("agreements", request.office))],
    )
    context = {
        "form": form,
        "head": head,
        "submit": _("Go on"),
        "cancel": page_url("agreements", request.office),
        "add_partner": add_partner,
        "empty": None
        if partners
        else Empty(_("No partners yet"), action=Action(_("Add a partner"), add_partner, primary=True)),
    }
    return render(request, "partners/form.html", context, status=422 if form.errors else 200)


@office_view
def draft_for(request: OfficeRequest, pk: int) -> HttpResponse:
    """The head of a new agreement with one partner; texts come from the template of its kind."""
    partnership = partnership_to_change(request, pk)
    form = HeadForm(request.POST or None, office=request.office, initial=_proposal(request, partnership))
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            made = draft_agreement(partnership, form.entry(), by=request.user, at=timezone.now())
            return redirect(page_url("edit_places", request.office, made.pk))
    head = Head(
        _("New agreement"),
        lead=partnership.organisation.name,
        crumbs=[
            Crumb(_("Partners"), page_url("home", request.office)),
            Crumb(partnership.organisation.name, page_url("partner", request.office, pk)),
        ],
    )
    context = {
        "form": form,
        "head": head,
        "submit": _("Make the draft"),
        "cancel": page_url("partner", request.office, pk),
    }
    return render(request, "partners/form.html", context, status=422 if form.errors else 200)


def _proposal(request: OfficeRequest, partnership: Partnership) -> dict[str, object]:
    languages = [*request.office.languages, "en"]
    second = next((code for code in ("en", "ru", *languages) if code != languages[0]), "")
    return {
        "kind": "exchange",
        "title": "",
        "first_language": languages[0],
        "second_language": second,
        "notice_months": 6,
        "responsible": request.user.pk,
    }


@office_view
def edit(request: OfficeRequest, pk: int) -> HttpResponse:
    agreement = agreement_to_change(request, pk)
    form = HeadForm(request.POST or None, office=request.office)
    form.guard(agreement, head_of, parts=draft_parts)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            change_draft(agreement, form.entry(), seen=form.mark, by=request.user, at=timezone.now())
            messages.success(request, _("The head is saved."))
            return redirect(page_url("agreement", request.office, pk))
    context = {**_frame(agreement, "edit"), "form": form, "submit": _("Save"), "cancel": _home(agreement)}
    return render(request, "partners/form.html", context, status=422 if form.errors else 200)


@office_view
def edit_places(request: OfficeRequest, pk: int) -> HttpResponse:
    """The table of places. Buttons of rows change what stands on the page; only Save stores it."""
    agreement = agreement_to_change(request, pk)
    years = years_of(agreement, request.office)
    rows = rows_posted(request.POST) if request.method == "POST" else places_in(agreement)
    errand, status = request.POST.get("do", ""), 200
    if errand and errand != "save":
        rows = worked_on(rows, errand, years=years)
    forms = place_forms(rows, office=request.office, years=years, bound=errand == "save")
    form = SaparForm(request.POST or None)
    form.guard(
        agreement,
        lambda _agreement: {},
        parts=draft_parts,
        beside=lambda now: places_differ(forms, now, years=years),
    )
    if errand == "save":
        if form.is_valid() and all(one.is_valid() for one in forms):
            with refusals_to(form):
                change_draft(
                    agreement,
                    conditions=[one.entry() for one in forms],
                    seen=form.mark,
                    by=request.user,
                    at=timezone.now(),
                )
                messages.success(request, _("The table of places is saved."))
                return redirect(page_url("agreement", request.office, pk))
        status = 422
    context = {
        **_frame(agreement, "edit_places"),
        "form": form,
        "forms": forms,
        "fields_of_study": fields_of_study(),
        "wrong": [one for one in forms if one.errors],
        "cancel": _home(agreement),
        "last_year": years[-1],
    }
    return render(request, "partners/edit_places.html", context, status=status)


@office_view
def edit_texts(request: OfficeRequest, pk: int) -> HttpResponse:
    """The articles side by side. Buttons of articles change what stands on the page; only Save stores it."""
    agreement = agreement_to_change(request, pk)
    languages = list(agreement.languages)
    errand, status = request.POST.get("do", ""), 200
    if request.method == "POST":
        articles = articles_posted(request.POST, languages)
    else:
        articles = articles_of(current_version(agreement).texts, languages)
    if errand == "template":
        articles = articles_of(templates_for(agreement), languages)
    elif errand and errand != "save":
        articles = articles_worked_on(articles, errand, languages)
    form = SaparForm(request.POST or None)
    form.guard(
        agreement,
        lambda _agreement: {},
        parts=draft_parts,
        beside=lambda now: articles_differ(articles, current_version(now).texts, languages),
    )
    if errand == "save" and form.is_valid():
        if too_long := _too_long(articles):
            form.add_error(None, too_long)
        else:
            with refusals_to(form):
                change_draft(
                    agreement,
                    texts=texts_from(articles, languages),
                    seen=form.mark,
                    by=request.user,
                    at=timezone.now(),
                )
                _warn_of_gaps(request, articles)
                messages.success(request, _("The texts are saved."))
                return redirect(page_url("agreement", request.office, pk))
        status = 422
    context = {
        **_frame(agreement, "edit_texts"),
        "form": form,
        "articles": articles,
        "languages": [(code, LANGUAGE_NAMES.get(code, code)) for code in languages],
        "cancel": _home(agreement),
    }
    return render(request, "partners/edit_texts.html", context, status=status)


def _warn_of_gaps(request: OfficeRequest, articles: Sequence[Article]) -> None:
    for number, language in gaps_in(articles):
        messages.warning(
            request,
            _("Article %(number)d has no text in this language: %(language)s.")
            % {"number": number, "language": LANGUAGE_NAMES.get(language, language)},
        )


def years_of(agreement: Agreement, office: Office) -> list[int]:
    """Academic years that the agreement touches; five from this year on where it has no end."""
    month = office.year_starts_month
    start = agreement.starts_on or timezone.localdate()
    first = start.year if start.month >= month else start.year - 1
    if agreement.ends_on is None:
        return list(range(first, first + 5))
    last = agreement.ends_on.year if agreement.ends_on.month >= month else agreement.ends_on.year - 1
    return list(range(first, max(first, min(last, first + 14)) + 1))


def _too_long(articles: Sequence[Article]) -> str:
    """What is said of texts that cannot be kept whole; empty when all can."""
    return " ".join(
        _("Article %(number)d has more than %(most)d characters in this language: %(language)s.")
        % {"number": number, "most": LONGEST_TEXT, "language": LANGUAGE_NAMES.get(language, language)}
        for number, language in too_long_in(articles)
    )


def _home(agreement: Agreement) -> str:
    return page_url("agreement", agreement.office, agreement.pk)


def _frame(agreement: Agreement, here: str) -> dict[str, object]:
    """Head and tabs of the three pages on which a draft is written."""
    office = agreement.office
    if agreement.state != AgreementState.DRAFT:
        lead = _("It was sent round and cannot be changed now. Take it back to draft first.")
    else:
        lead = agreement.title
    return {
        "head": Head(
            _("Write the agreement"),
            kind=agreement.get_kind_display(),
            number=agreement.number,
            state=state_of(agreement),
            lead=lead,
            crumbs=[
                Crumb(_("Agreements"), page_url("agreements", office)),
                Crumb(agreement.title, _home(agreement)),
            ],
        ),
        "tabs": [
            Tab(label, page_url(name, office, agreement.pk), name == here)
            for name, label in (
                ("edit", pgettext("part of an agreement", "Head")),
                ("edit_places", _("Places")),
                ("edit_texts", _("Texts")),
            )
        ],
        "agreement": agreement,
    }
