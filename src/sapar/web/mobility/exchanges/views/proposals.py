"""The student's proposal behind the signed link: one group a page, kept as it is typed, then checked and sent."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sapar.accounts.states import LinkPurpose
from sapar.mobility.models import Equivalence, Exchange, LearningAgreement
from sapar.mobility.queries.credits import converter_for
from sapar.mobility.queries.exchanges import latest_learning_agreement
from sapar.mobility.queries.learning import revision_of
from sapar.mobility.queries.recognition import suggested_equivalences
from sapar.mobility.services.learning import (
    SketchRow,
    keep_sketch,
    propose_learning_agreement,
    take_back_proposal,
)
from sapar.mobility.states import LearningAgreementState
from sapar.web.access import LinkRequest, link_view
from sapar.web.mobility.exchanges.forms.learning import Editor
from sapar.web.mobility.exchanges.pages.learning import (
    editor_for,
    note_form,
    totals_in,
    version_form,
    version_page,
)
from sapar.web.mobility.exchanges.pages.proposals import may_still_propose, overview_page, preview
from sapar.web.mobility.exchanges.views.guests import stay_behind
from sapar.web.mobility.exchanges.views.learning import MOST_SUGGESTED
from sapar.web.refusals import refusals_to


def _known(exchange: Exchange) -> dict[int, Equivalence]:
    found = suggested_equivalences(exchange, today=timezone.localdate())[:MOST_SUGGESTED]
    return {one.pk: one for one in found}


@link_view(LinkPurpose.FOLLOW_STAY)
def overview(request: LinkRequest) -> HttpResponse:
    """All groups with what they lack; a button of a known equivalence adds one."""
    exchange = stay_behind(request)
    latest = latest_learning_agreement(exchange)
    if not may_still_propose(exchange, latest):
        return redirect("exchanges:stay", key=request.key)
    context: dict[str, object] = {"exchange": exchange, "key": request.key, "latest": latest}
    if latest is not None and latest.state == LearningAgreementState.PROPOSED:
        latest.exchange = exchange
        return render(request, "exchanges/proposal_sent.html", context | {"page": version_page(latest)})
    known = _known(exchange)
    editor = editor_for(exchange, data=None, known=known)
    if request.method == "POST" and editor.act(request.POST.get("do", "")):
        seen = version_form(request.POST, exchange, editor).seen(exchange)
        _keep(request, exchange, editor.rows, seen)
        return redirect("exchanges:proposal", key=request.key)
    page = overview_page(editor, exchange)
    shown = {"page": page, "known": list(known.values()), "revision": revision_of(exchange)}
    return render(request, "exchanges/proposal.html", context | shown)


@link_view(LinkPurpose.FOLLOW_STAY)
def group(request: LinkRequest, group: int) -> HttpResponse:
    """The courses that stand for each other. Every button keeps what was typed, complete or not."""
    exchange = stay_behind(request)
    latest = latest_learning_agreement(exchange)
    busy = latest is not None and latest.state == LearningAgreementState.PROPOSED
    if busy or not may_still_propose(exchange, latest):
        return redirect("exchanges:proposal", key=request.key)
    if not 0 < group < 100:
        raise Http404
    posted = request.POST if request.method == "POST" else None
    stored = editor_for(exchange, data=None, known={})
    others = [row for row in stored.rows if row["group"] != str(group)]
    editor = editor_for(exchange, data=posted, known={}, sketched=posted is None)
    if posted is None:
        editor.rows = [row for row in editor.rows if row["group"] == str(group)] or editor.empty_group(group)
    else:
        editor.rows = [{**row, "group": str(group)} for row in editor.rows]
    form = version_form(posted, exchange, editor, group)
    if posted is not None:
        moved = editor.act(posted.get("do", "save"))
        by_itself = bool(request.htmx) and request.GET.get("save") == "1"
        with refusals_to(form):
            version = _keep(request, exchange, [*others, *editor.rows], form.seen(exchange))
            if by_itself:
                shown = {"at": timezone.now(), "revision": version.revision}
                return render(request, "components/autosaved.html", shown)
            if moved and editor.rows:
                url = reverse("exchanges:proposal_group", kwargs={"key": request.key, "group": group})
                return redirect(f"{url}#end")
            if moved or editor.is_valid():
                return redirect("exchanges:proposal", key=request.key)
            form.see_again(told=False)
        if by_itself:
            # The page goes on from what it was opened with: what somebody else wrote is first to be seen.
            said = form.non_field_errors()
            return render(request, "components/autosaved.html", {"error": said[0] if said else ""})
    context = {
        "exchange": exchange,
        "key": request.key,
        "editor": editor,
        "group": editor.groups()[0],
        "totals": totals_in(editor, converter_for(exchange)),
        "form": form,
        "failed": posted is not None and not form.errors,
        "autosave_url": f"{request.path}?save=1",
    }
    return render(request, "exchanges/proposal_group.html", context, status=422 if posted else 200)


def _keep(
    request: LinkRequest, exchange: Exchange, rows: list[dict[str, str]], revision: int
) -> LearningAgreement:
    return keep_sketch(
        exchange,
        [SketchRow.of(row) for row in rows],
        revision=revision,
        by=request.link,
        at=timezone.now(),
    )


@link_view(LinkPurpose.FOLLOW_STAY)
def send(request: LinkRequest) -> HttpResponse:
    """Look over everything, write a word, send it to the coordinator."""
    exchange = stay_behind(request)
    latest = latest_learning_agreement(exchange)
    busy = latest is not None and latest.state == LearningAgreementState.PROPOSED
    if busy or not may_still_propose(exchange, latest):
        # A second click on "send" finds the proposal where the first one put it.
        return redirect("exchanges:proposal", key=request.key)
    editor = _bound(exchange)
    if not overview_page(editor, exchange).ready:
        messages.error(request, _("Something is missing yet; it stands beside each group."))
        return redirect("exchanges:proposal", key=request.key)
    form = note_form(request.POST, exchange)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            propose_learning_agreement(
                exchange,
                editor.entries(),
                note=form.cleaned_data["note"],
                revision=form.seen(exchange),
                by=request.link,
                at=timezone.now(),
            )
            messages.success(request, _("Your proposal is with your coordinator."))
            return redirect("exchanges:proposal", key=request.key)
    context = {
        "exchange": exchange,
        "key": request.key,
        "form": form,
        "page": {"groups": preview(editor)},
        "totals": totals_in(editor, converter_for(exchange)),
        "back": reverse("exchanges:proposal", kwargs={"key": request.key}),
    }
    return render(request, "exchanges/proposal_send.html", context, status=422 if form.errors else 200)


def _bound(exchange: Exchange) -> Editor:
    editor = editor_for(exchange, data=None, known={})
    editor.bind()
    return editor


@require_POST
@link_view(LinkPurpose.FOLLOW_STAY)
def take_back(request: LinkRequest) -> HttpResponse:
    exchange = stay_behind(request)
    latest = latest_learning_agreement(exchange)
    if latest is None:
        raise Http404
    latest.exchange = exchange
    take_back_proposal(latest, by=request.link, at=timezone.now())
    messages.success(request, _("You can change your proposal; send it again when it is ready."))
    return redirect("exchanges:proposal", key=request.key)
