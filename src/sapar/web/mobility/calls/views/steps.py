"""The application form, one thing per page. Each page saves itself; all of it works without script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from sapar.accounts.states import LinkPurpose
from sapar.core.errors import DomainError
from sapar.mobility.models import Application, CallPlace
from sapar.mobility.queries.calls import missing_parts
from sapar.mobility.services.applications import Draft, add_paper, remove_paper, save_draft
from sapar.mobility.states import ApplicationState
from sapar.mobility.wording.applications import words_for_missing
from sapar.web.access import LinkRequest, link_view
from sapar.web.meanwhile import EMPTY, Difference
from sapar.web.mobility.calls.forms.guests import (
    AboutForm,
    LanguageForm,
    MotivationForm,
    RevisionForm,
    WishForm,
)
from sapar.web.mobility.calls.forms.rows import Rows, asks_for_rows, tables_differ, unvalidated
from sapar.web.mobility.calls.pages.guests import (
    answers_of,
    problems_with,
    step_after,
    step_before,
    step_title,
    step_url,
    steps,
    steps_of,
)
from sapar.web.mobility.calls.views.guests import application_of
from sapar.web.refusals import refusals_to


@link_view(LinkPurpose.APPLY)
def step(request: LinkRequest, name: str) -> HttpResponse:
    application = application_of(request)
    if name not in steps_of(application):
        raise Http404
    later_papers = name == "papers" and application.state == ApplicationState.SUBMITTED
    if application.state != ApplicationState.DRAFT and not later_papers:
        return redirect("calls:apply", request.key)
    return PAGES[name](request, application)


def _about(request: LinkRequest, application: Application) -> HttpResponse:
    form = AboutForm(request.POST or None)
    form.guard(application, lambda row: {"former_mobilities": row.former_mobilities})
    if request.method == "POST":
        ready = form.is_valid()
        draft = Draft(former_mobilities=form.cleaned_data.get("former_mobilities")) if ready else None
        if answer := _saved(request, application, "about", form, draft):
            return answer
    return _page(request, application, "about", form)


def _wishes(request: LinkRequest, application: Application) -> HttpResponse:
    """Buttons move a wish up, down or away; each one saves."""
    places = list(application.call.places.select_related("host").order_by("host__sort_key", "pk"))
    by_pk = {place.pk: place for place in places}
    stored = list(application.wishes.order_by("rank").values_list("place_id", flat=True))
    ranked = _ranked(request.POST, by_pk) if request.method == "POST" else stored
    choices = [(str(place.pk), _place_choice(place)) for place in places]
    form = WishForm(choices, request.POST or None)
    form.guard(
        application,
        lambda _row: {"add": request.POST.get("add", "")},
        beside=lambda row: _wishes_differ(row, ranked, by_pk),
    )
    if request.method == "POST":
        ready = form.is_valid()
        added = form.cleaned_data.get("add", "") if ready else ""
        if added and int(added) not in ranked:
            ranked.append(int(added))
        draft = Draft(wishes=[by_pk[pk] for pk in ranked]) if ready else None
        stay = "continue" not in request.POST
        if answer := _saved(request, application, "wishes", form, draft, stay=stay):
            return answer
    form.offer([choice for choice in choices if int(choice[0]) not in ranked])
    mine = [by_pk[pk] for pk in ranked if pk in by_pk]
    problems = problems_with(application, mine)
    shown = {
        "ranked": [(place, problems[place.pk]) for place in mine],
        "most": application.call.most_wishes,
        "full": len(mine) >= application.call.most_wishes,
    }
    return _page(request, application, "wishes", form, **shown)


def _wishes_differ(
    application: Application, ranked: Sequence[int], known: Mapping[int, CallPlace]
) -> list[Difference]:
    stored = list(application.wishes.order_by("rank").values_list("place_id", flat=True))
    theirs, mine = (
        ", ".join(f"{at}. {known[pk].host.name}" for at, pk in enumerate(keys, start=1))
        for keys in (stored, ranked)
    )
    return [Difference(_("Your wishes"), theirs or EMPTY, mine or EMPTY)] if theirs != mine else []


def _ranked(data: QueryDict, known: Mapping[int, CallPlace]) -> list[int]:
    ranked = [int(text) for text in data.getlist("wish") if text.isdecimal() and int(text) in known]
    ranked = list(dict.fromkeys(ranked))
    act, _colon, text = data.get("do", "").partition(":")
    if text.isdecimal() and int(text) in ranked:
        at = ranked.index(int(text))
        if act == "away":
            ranked.pop(at)
        elif act == "up" and at:
            ranked[at - 1], ranked[at] = ranked[at], ranked[at - 1]
        elif act == "down" and at + 1 < len(ranked):
            ranked[at + 1], ranked[at] = ranked[at], ranked[at + 1]
    return ranked


def _place_choice(place: CallPlace) -> str:
    return f"{place.host.name} – {place.host.city}" if place.host.city else place.host.name


def _languages(request: LinkRequest, application: Application) -> HttpResponse:
    data = request.POST or None
    form, rows = RevisionForm(data), _language_rows(data, application)
    form.guard(
        application,
        lambda _row: {},
        beside=lambda row: tables_differ([rows], [_language_rows(None, row)]),
    )
    if request.method == "POST" and asks_for_rows(request.POST):
        unvalidated([rows], form)
    elif request.method == "POST":
        ready = form.is_valid() & rows.is_valid()
        draft = Draft(languages=rows.cleaned) if ready else None
        if answer := _saved(request, application, "languages", form, draft):
            return answer
    return _page(request, application, "languages", form, tables=[rows])


def _language_rows(data: QueryDict | None, application: Application) -> Rows[LanguageForm]:
    return Rows(
        "languages", LanguageForm, data, application.languages or [{"language": "en", "level": "B1"}],
        title=_("Which languages do you speak?"), add=_("Add a language"),
    )  # fmt: skip


def _motivation(request: LinkRequest, application: Application) -> HttpResponse:
    form = MotivationForm(application.call.questions, request.POST or None)
    form.guard(application, MotivationForm.values)
    if request.method == "POST":
        ready = form.is_valid()
        draft = Draft(motivation=form.cleaned_data["motivation"], answers=form.answers) if ready else None
        if answer := _saved(request, application, "motivation", form, draft):
            return answer
    return _page(request, application, "motivation", form)


def _papers(request: LinkRequest, application: Application) -> HttpResponse:
    """Each paper has its own small form; a refused file leaves the others as they are."""
    refused: dict[str, str] = {}
    if request.method == "POST":
        document = request.POST.get("document", "")
        try:
            if "remove" in request.POST:
                remove_paper(application, document, by=request.link, at=timezone.now())
            elif uploaded := request.FILES.get("file"):
                content = uploaded.read(settings.MAX_UPLOAD_BYTES + 1)
                add_paper(
                    application, document, content, uploaded.name or "", by=request.link, at=timezone.now()
                )
            else:
                refused[document] = _("Choose a file first.")
        except DomainError as error:
            refused[document] = str(error)
        if not refused:
            return redirect("calls:step", request.key, "papers")
    held = {paper.document: paper for paper in application.papers.select_related("file")}
    papers = [
        (one, held.get(one["code"]), refused.get(one["code"], "")) for one in application.call.documents
    ]
    return _page(request, application, "papers", None, papers=papers, refused=bool(refused))


def _check(request: LinkRequest, application: Application) -> HttpResponse:
    places = [wish.place for wish in application.wishes.select_related("place__host").order_by("rank")]
    problems = problems_with(application, places)
    shown = {
        "answers": answers_of(application, request.key),
        "missing": words_for_missing(application.call, missing_parts(application)),
        "problems": [(place.host.name, problems[place.pk]) for place in places if problems[place.pk]],
    }
    return _page(request, application, "check", None, **shown)


PAGES = {
    "about": _about,
    "wishes": _wishes,
    "languages": _languages,
    "motivation": _motivation,
    "papers": _papers,
    "check": _check,
}


def _saved(
    request: LinkRequest,
    application: Application,
    name: str,
    form: RevisionForm,
    draft: Draft | None,
    *,
    stay: bool = False,
) -> HttpResponse | None:
    """Save; None when the page must be shown again with what was typed and the reason."""
    by_itself = request.htmx and request.GET.get("save") == "1"
    if draft is not None:
        with refusals_to(form):
            application = save_draft(
                application, draft, revision=form.cleaned_data["revision"], by=request.link, at=timezone.now()
            )
            if by_itself:
                shown = {"at": timezone.now(), "revision": application.revision}
                return render(request, "components/autosaved.html", shown)
            return redirect("calls:step", request.key, name if stay else step_after(application, name))
    if by_itself:
        refused = form.non_field_errors()
        said = str(refused[0]) if refused else _("Not saved yet: something is missing.")
        # The page goes on from what it was opened with: what somebody else wrote is first to be seen.
        return render(request, "components/autosaved.html", {"error": said})
    return None


def _page(
    request: LinkRequest, application: Application, name: str, form: RevisionForm | None, **shown: Any
) -> HttpResponse:
    before = step_before(application, name)
    context = {
        "application": application,
        "call": application.call,
        "key": request.key,
        "form": form,
        "title": step_title(name),
        "steps": steps(application, request.key, name),
        "back": step_url(request.key, before) if before else "",
        "next": step_url(request.key, step_after(application, name)),
        "autosave_url": f"{step_url(request.key, name)}?save=1",
        **shown,
    }
    wrong = shown.get("refused") or (request.method == "POST" and form is not None and bool(form.errors))
    return render(request, f"calls/steps/{name}.html", context, status=422 if wrong else 200)
