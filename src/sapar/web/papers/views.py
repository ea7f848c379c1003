"""What a QR code opens: valid, replaced, revoked or unknown, and no more about the person than needed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sapar.core.days import local_day
from sapar.files.models import Paper
from sapar.files.queries import paper_by_code
from sapar.files.states import PaperState
from sapar.web.access import SaparRequest, open_view, private
from sapar.web.components import Fact, FactGroup, State
from sapar.web.papers.kinds import kind_words


@dataclass(frozen=True)
class Check:
    """The answer of the page; a person's name is never part of it."""

    state: State
    sentence: str
    facts: list[FactGroup]


@require_GET
@open_view
def verify(request: SaparRequest, code: str) -> HttpResponse:
    paper = paper_by_code(code[:64])
    check = _unknown() if paper is None else _known(paper)
    return private(
        render(request, "papers/verify.html", {"check": check}, status=404 if paper is None else 200)
    )


def _unknown() -> Check:
    return Check(
        State(_("unknown"), "danger"),
        _("No paper with this code was issued here. Compare the address with the one printed on the paper."),
        [],
    )


def _known(paper: Paper) -> Check:
    issued = [
        Fact(_("Kind of paper"), kind_words(paper.kind)),
        Fact(_("Number"), paper.number),
        Fact(_("Issued by"), paper.office.name_in(get_language())),
        Fact(_("Issued on"), local_day(paper.issued_at)),
        Fact(_("SHA-256 of the file"), paper.file.sha256),
    ]
    match paper.state:
        case PaperState.VALID:
            state, sentence = State(_("valid"), "done"), _("This paper was issued and is valid.")
        case PaperState.REPLACED:
            state = State(_("replaced"), "ended")
            sentence = _("A later paper replaced this one.")
            if paper.replaced_by is not None:
                issued.append(Fact(_("Replaced on"), _day(paper.replaced_by)))
        case _:
            state, sentence = State(_("revoked"), "danger"), _("This paper was revoked and is void.")
    return Check(state, sentence, [FactGroup(_("The paper"), issued)])


def _day(paper: Paper) -> date:
    return local_day(paper.issued_at)
