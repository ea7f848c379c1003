"""The letters that an office keeps."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_GET, require_POST

from sapar.mobility.models import SavedLetter
from sapar.mobility.policies import may_keep_letters
from sapar.mobility.queries.messages import saved_letters
from sapar.mobility.services.messages import change_letter, remove_letter, save_letter
from sapar.mobility.states import LetterKind
from sapar.mobility.wording.letters import gaps_of
from sapar.web.access import OfficeRequest, may, office_view
from sapar.web.components import Action, Crumb, Empty, Head
from sapar.web.mobility.letters.forms import SavedLetterForm
from sapar.web.refusals import refusals_to
from sapar.web.tables import Choice, Column, ListSpec, answer_list

LETTERS: ListSpec[SavedLetter] = ListSpec(
    name="letters",
    title=_l("Saved letters"),
    default_order="title",
    columns=[
        Column("title", _l("Title"), lambda row: row.title, order=["title"], link="letters:letter"),
        Column("kind", _l("Written"), lambda row: row.get_kind_display(), order=["kind"]),
        Column("text", _l("Begins"), lambda row: Truncator(row.text).words(12), phone=False),
        Column("by", _l("Changed by"), lambda row: row.changed_by, order=["changed_by"], shown=False),
        Column("at", _l("Changed"), lambda row: row.changed_at, order=["changed_at"]),
    ],
    filters=[Choice("kind", _l("Written"), LetterKind.choices)],
    search=["title", "text"],
    search_hint=_l("Title or words of the letter"),
    empty=Empty(
        _l("No letters are saved yet"),
        _l("Tick people in the list of applications or stays, write to them, and give the letter a title."),
    ),
)


@require_GET
@office_view
def letters(request: OfficeRequest) -> HttpResponse:
    may(may_keep_letters, request)
    add = Action(_("Save a letter"), _url(request, "new"), icon="plus")
    return answer_list(request, LETTERS, saved_letters(request.office), add=add)


@office_view
def new(request: OfficeRequest) -> HttpResponse:
    may(may_keep_letters, request)
    form = SavedLetterForm(request.POST or None, initial={"kind": LetterKind.STAY})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with refusals_to(form):
            save_letter(
                request.office,
                LetterKind(data["kind"]),
                data["title"],
                data["text"],
                new=True,
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("The letter is saved."))
            return HttpResponseRedirect(_url(request, "home"))
    gaps = [(str(kind.label), gaps_of(kind)) for kind in LetterKind]
    return _page(request, form, _("Save a letter"), gaps)


@office_view
def letter(request: OfficeRequest, pk: int) -> HttpResponse:
    may(may_keep_letters, request)
    found = get_object_or_404(saved_letters(request.office), pk=pk)
    form = SavedLetterForm(request.POST or None, settled=True)
    form.guard(found, lambda letter: {"title": letter.title, "text": letter.text})
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            change_letter(found, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("The letter is saved."))
            return HttpResponseRedirect(_url(request, "home"))
    removal = Action(
        _("Remove"),
        _url(request, "remove", pk),
        post=True,
        danger=True,
        asks=_("The saved text is gone; what was sent with it stays."),
    )
    gaps = [(found.get_kind_display(), gaps_of(found.kind))]
    return _page(request, form, found.title, gaps, removal)


@require_POST
@office_view
def remove(request: OfficeRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(saved_letters(request.office), pk=pk)
    remove_letter(found, by=request.user, at=timezone.now())
    messages.success(request, _("“%(title)s” is no longer saved.") % {"title": found.title})
    return HttpResponseRedirect(_url(request, "home"))


def _page(
    request: OfficeRequest,
    form: SavedLetterForm,
    title: str,
    gaps: list[tuple[str, list[tuple[str, str]]]],
    removal: Action | None = None,
) -> HttpResponse:
    back = _url(request, "home")
    shown = {
        "head": Head(title, crumbs=[Crumb(_("Saved letters"), back)], others=[removal] if removal else []),
        "form": form,
        "gaps": gaps,
        "cancel": back,
    }
    return render(request, "letters/letter.html", shown, status=422 if form.errors else 200)


def _url(request: OfficeRequest, name: str, *pk: int) -> str:
    known = {"office": request.office.slug} | ({"pk": pk[0]} if pk else {})
    return reverse(f"letters:{name}", kwargs=known)
