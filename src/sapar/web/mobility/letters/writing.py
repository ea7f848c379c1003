"""One text to the ticked ones of a list: written, looked over as they will read it, sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sapar.mobility.policies import may_keep_letters
from sapar.mobility.queries.calls import applications_visible_to
from sapar.mobility.queries.exchanges import exchanges_visible_to
from sapar.mobility.queries.messages import saved_letters
from sapar.mobility.services.messages import Letter, Subject, letters_to, write_to_many
from sapar.mobility.states import LetterKind
from sapar.mobility.wording.letters import gaps_of
from sapar.web.access import OfficeRequest, may, office_view
from sapar.web.components import Crumb, Head, Text
from sapar.web.mobility.letters.forms import WriteForm
from sapar.web.refusals import refusals_to
from sapar.web.tables import ticked_ids

SHOWN = 3


@dataclass(frozen=True)
class Readers:
    """To whom one writes, and the list they were ticked in."""

    kind: LetterKind
    title: Text
    list_title: Text
    back: str
    nobody: Text


APPLICANTS = Readers(
    LetterKind.APPLICATION,
    _l("Write to several applicants"),
    _l("Applications"),
    "calls:applications",
    _l("Tick at least one application first."),
)
ON_STAYS = Readers(
    LetterKind.STAY,
    _l("Write to people on their stays"),
    _l("Stays"),
    "exchanges:home",
    _l("Tick at least one stay first."),
)


@require_POST
@office_view
def to_applicants(request: OfficeRequest) -> HttpResponse:
    visible = applications_visible_to(request.user, request.office).filter(pk__in=ticked_ids(request))
    chosen = visible.select_related("office", "person", "call", "enrolment__unit")
    return _write(request, APPLICANTS, list(chosen.order_by("person__sort_key", "pk")))


@require_POST
@office_view
def to_stays(request: OfficeRequest) -> HttpResponse:
    visible = exchanges_visible_to(request.user, request.office).filter(pk__in=ticked_ids(request))
    chosen = visible.select_related("office", "person", "partner", "unit")
    return _write(request, ON_STAYS, list(chosen.order_by("person_sort_key", "pk")))


def _write(request: OfficeRequest, readers: Readers, chosen: Sequence[Subject]) -> HttpResponse:
    may(may_keep_letters, request)
    back = reverse(readers.back, kwargs={"office": request.office.slug})
    if not chosen:
        messages.warning(request, str(readers.nobody))
        return HttpResponseRedirect(back)
    saved = list(saved_letters(request.office).filter(kind=readers.kind).order_by("title"))
    do, begun = request.POST.get("do", ""), "text" in request.POST
    form, letters, failed = WriteForm(request.POST if begun else None), list[Letter](), False
    if do == "use":
        letter = next((one for one in saved if str(one.pk) == request.POST.get("saved")), None)
        form = WriteForm(initial={"text": letter.text if letter else request.POST.get("text", "")})
    elif begun and form.is_valid():
        text, keep_as = form.cleaned_data["text"], form.cleaned_data["keep_as"]
        with refusals_to(form):
            if do == "send":
                sent = write_to_many(
                    readers.kind, chosen, text, keep_as=keep_as, by=request.user, at=timezone.now()
                )
                messages.success(request, _sent(len(sent)))
                return HttpResponseRedirect(back)
            if do != "change":
                letters = letters_to(readers.kind, chosen, text)
    failed = form.is_bound and bool(form.errors)
    shown = {
        "head": Head(readers.title, crumbs=[Crumb(readers.list_title, back)], lead=_reading(len(chosen))),
        "form": form,
        "rows": [one.pk for one in chosen],
        "saved": saved,
        "gaps": gaps_of(readers.kind),
        "letters": [(letter.about.person.display_name, letter.text) for letter in letters[:SHOWN]],
        "more": max(0, len(letters) - SHOWN),
        "count": len(chosen),
        "unreachable": [one.about.person.display_name for one in letters if not one.reachable],
        "back": back,
    }
    return render(request, "letters/write.html", shown, status=422 if failed else 200)


def _sent(count: int) -> str:
    said = ngettext("%(count)s message is on its way.", "%(count)s messages are on their way.", count)
    return said % {"count": count}


def _reading(count: int) -> str:
    said = ngettext(
        "%(count)s person reads it on the own page and by e-mail.",
        "%(count)s people read it on their own pages and by e-mail.",
        count,
    )
    return said % {"count": count}
