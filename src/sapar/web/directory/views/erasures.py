"""Several people at once: whose time of keeping is over, and who waits to be erased."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from sapar.accounts.policies import may_administer, may_work_in
from sapar.directory.models import Enrolment, Person
from sapar.directory.queries import people_visible_to
from sapar.mobility.models import Erasure
from sapar.mobility.policies import may_confirm_erasure
from sapar.mobility.queries.keeping import past_keeping as past
from sapar.mobility.queries.keeping import with_last_day
from sapar.mobility.services.erasures import ask_erasures, confirm_erasures
from sapar.mobility.states import ErasureGround, ErasureState
from sapar.web.access import OfficeRequest, may, office_view
from sapar.web.components import Action, Crumb, Head
from sapar.web.directory.lists import ERASURES, PAST_KEEPING, shown_name
from sapar.web.directory.words import page_url
from sapar.web.tables import answer_list, ticked_ids

# Each takes its files and papers along; a page should be answered within seconds.
AT_ONCE = 50


@require_GET
@office_view
def past_keeping(request: OfficeRequest) -> HttpResponse:
    may(may_work_in, request)
    enrolments = Prefetch("enrolments", Enrolment.objects.select_related("unit"), to_attr="all_enrolments")
    rows = with_last_day(_past(request)).prefetch_related(enrolments)
    return answer_list(request, PAST_KEEPING, rows)


@require_POST
@office_view
def ask_many(request: OfficeRequest) -> HttpResponse:
    """Ask for those ticked whose time is still over now; somebody who came back meanwhile is left alone."""
    may(may_work_in, request)
    chosen = list(_past(request).filter(pk__in=ticked_ids(request)).select_related("office"))
    if not chosen:
        messages.warning(request, _("Tick at least one person first."))
    else:
        count = len(ask_erasures(chosen, ErasureGround.RETENTION, by=request.user, at=timezone.now()))
        said = ngettext(
            "Another administrator is asked to erase %(count)s person.",
            "Another administrator is asked to erase %(count)s people.",
            count,
        )
        messages.success(request, said % {"count": count})
    return HttpResponseRedirect(page_url("past_keeping", request.office))


@require_GET
@office_view
def waiting(request: OfficeRequest) -> HttpResponse:
    may(may_work_in, request)
    spec = ERASURES if may_administer(request.user, request.office) else replace(ERASURES, bulk=())
    return answer_list(request, spec, _waiting(request))


@require_POST
@office_view
def confirm_many(request: OfficeRequest) -> HttpResponse:
    """Who will be erased is shown once more; then it is done, and whoever is left is named with the reason."""
    may(may_administer, request)
    back = page_url("erasures", request.office)
    chosen = list(_waiting(request).filter(pk__in=ticked_ids(request)[:AT_ONCE]).order_by("person__sort_key"))
    if not chosen:
        messages.warning(request, _("Tick at least one person first."))
        return HttpResponseRedirect(back)
    fit = [asked for asked in chosen if may_confirm_erasure(request.user, asked)]
    own = [(asked, _("You asked for it yourself; another administrator confirms it."))
           for asked in chosen if asked not in fit]  # fmt: skip
    left: list[tuple[Erasure, str]] = own
    sure = "sure" in request.POST
    if sure:
        done, refused = confirm_erasures(fit, by=request.user, at=timezone.now())
        if done:
            said = ngettext("%(count)s person is erased.", "%(count)s people are erased.", len(done))
            messages.success(request, said % {"count": len(done)})
        left = own + [(one.erasure, str(one.reason)) for one in refused]
        if not left:
            return HttpResponseRedirect(back)
    context = {
        "head": Head(
            _("Erase for good"),
            crumbs=[
                Crumb(_("People"), page_url("people", request.office)),
                Crumb(_("Waiting to be erased"), back),
            ],
        ),
        "fit": [] if sure else [(asked.pk, shown_name(asked.person)) for asked in fit],
        "left": [
            (shown_name(asked.person), page_url("erase", request.office, asked.person_id), why)
            for asked, why in left
        ],
        "sure": sure,
        "back": Action(_("Back"), back),
    }
    return render(request, "directory/erase_many.html", context)


def _past(request: OfficeRequest) -> QuerySet[Person]:
    people = people_visible_to(request.user, request.office)
    return past(people, request.office, today=timezone.localdate())


def _waiting(request: OfficeRequest) -> QuerySet[Erasure]:
    asked = Erasure.objects.filter(office=request.office, state=ErasureState.ASKED)
    return asked.select_related("office", "person", "asked_by")
