"""The officer's pipeline, the record of an application, the reviewer's page."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from sapar.audit.services import record
from sapar.core.errors import NotAllowed
from sapar.files.models import Paper
from sapar.files.queries import papers_of
from sapar.mobility.models import Appeal, Application, Wish
from sapar.mobility.policies import may_review, may_write_application
from sapar.mobility.queries.calls import applications_visible_to, review_by
from sapar.mobility.services import applications as services
from sapar.mobility.services.messages import read_messages, write_message
from sapar.mobility.services.placing import answer_appeal as answer
from sapar.mobility.states import ApplicationState
from sapar.web.access import OfficeRequest, office_view
from sapar.web.components import Action, Text
from sapar.web.downloads import download_file
from sapar.web.mobility.calls.forms.applications import ReviewForm
from sapar.web.mobility.calls.lists import APPLICATIONS
from sapar.web.mobility.calls.pages.addresses import to
from sapar.web.mobility.calls.pages.applications import application_page, paper_lines
from sapar.web.refusals import refusals_to
from sapar.web.tables import answer_list, ticked_ids


def application_of(request: OfficeRequest, pk: int) -> Application:
    visible = applications_visible_to(request.user, request.office).select_related("office", "call__office")
    return get_object_or_404(visible, pk=pk)


@require_GET
@office_view
def applications(request: OfficeRequest) -> HttpResponse:
    wishes = Prefetch("wishes", Wish.objects.select_related("place__host").order_by("rank"))
    rows = applications_visible_to(request.user, request.office).prefetch_related(wishes)
    to_calls = Action(_("To the calls"), reverse("calls:home", args=[request.office.slug]))
    return answer_list(request, APPLICATIONS, rows, first=to_calls)


@require_GET
@office_view
def application(request: OfficeRequest, pk: int) -> HttpResponse:
    found = application_of(request, pk)
    page = application_page(found, request.user)
    if may_write_application(request.user, found):
        read_messages(found, by=request.user, at=timezone.now())
    return render(request, "calls/application.html", {"page": page})


@require_POST
@office_view
def accept_many(request: OfficeRequest) -> HttpResponse:
    ids = ticked_ids(request)
    chosen = applications_visible_to(request.user, request.office).filter(pk__in=ids)
    done = services.accept_many(chosen, by=request.user, at=timezone.now())
    if done:
        said = ngettext(
            "%(count)s application is complete.", "%(count)s applications are complete.", len(done)
        )
        messages.success(request, said % {"count": len(done)})
    if left := len(ids) - len(done):
        said = ngettext(
            "%(count)s of the ticked ones did not wait for a check.",
            "%(count)s of the ticked ones did not wait for a check.",
            left,
        )
        messages.warning(request, said % {"count": left})
    return HttpResponseRedirect(to("applications", request.office, state=ApplicationState.SUBMITTED.value))


def _step(act: Callable[[OfficeRequest, Application], object], said: Text) -> Callable[..., HttpResponse]:
    @require_POST
    @office_view
    def view(request: OfficeRequest, pk: int) -> HttpResponse:
        act(request, application_of(request, pk))
        messages.success(request, str(said))
        return redirect("calls:application", request.office.slug, pk)

    return view


accept = _step(
    lambda request, found: services.accept_papers(found, by=request.user, at=timezone.now()),
    _l("The application is complete and takes part."),
)
ask = _step(
    lambda request, found: services.ask_for_completion(
        found, what=request.POST.get("what", ""), by=request.user, at=timezone.now()
    ),
    _l("The application is returned. The applicant gets a letter."),
)
reject = _step(
    lambda request, found: services.reject_application(
        found, reason=request.POST.get("reason", "")[:300], by=request.user, at=timezone.now()
    ),
    _l("The application takes no part. The applicant gets a letter."),
)
message = _step(
    lambda request, found: write_message(
        found, request.POST.get("text", "")[:5000], by=request.user, at=timezone.now()
    ),
    _l("The message is on its way."),
)
invite = _step(
    lambda request, found: services.invite_again(found, by=request.user, at=timezone.now()),
    _l("A fresh link is on its way to the applicant."),
)
withdraw = _step(
    lambda request, found: services.withdraw_application(found, by=request.user, at=timezone.now()),
    _l("The application is withdrawn."),
)


@office_view
def review(request: OfficeRequest, pk: int) -> HttpResponse:
    """The reviewer's page: papers, motivation, points; then on to the next without this person's points."""
    found = application_of(request, pk)
    if not may_review(request.user, found):
        raise NotAllowed
    form = ReviewForm(found.call.scoring, request.POST or None)
    form.guard(
        review_by(request.user, found),
        lambda given: {**given.points, "remark": given.remark},
        again=lambda: review_by(request.user, found),
    )
    waiting = _others_to_review(request, found)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            services.review_application(
                found,
                form.points,
                remark=form.cleaned_data["remark"],
                seen=form.mark,
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("The points are saved."))
            following = waiting.first()
            if following is not None and "next" in request.POST:
                return redirect("calls:review", request.office.slug, following.pk)
            return redirect("calls:application", request.office.slug, pk)
    shown = {
        "form": form,
        "application": found,
        "papers": paper_lines(found, lambda file: to("paper", request.office, pk, file)),
        "back": to("application", request.office, pk),
        "list": to("applications", request.office),
        "following": waiting.first(),
        "left": waiting.count(),
    }
    return render(request, "calls/review.html", shown, status=422 if form.errors else 200)


def _others_to_review(request: OfficeRequest, found: Application) -> QuerySet[Application]:
    """Of the same call, what still lacks this person's points; the oldest first."""
    return (
        applications_visible_to(request.user, request.office)
        .filter(call=found.call, state__in=[ApplicationState.SUBMITTED, ApplicationState.COMPLETE])
        .exclude(reviews__reviewer=request.user)
        .exclude(pk=found.pk)
        .order_by("submitted_at", "pk")
    )


@require_GET
@office_view
def paper(request: OfficeRequest, pk: int, file_pk: int) -> HttpResponse:
    """A paper of the application; that it was opened stands in the trail."""
    found = application_of(request, pk)
    held = get_object_or_404(found.papers.select_related("file"), file_id=file_pk)
    record(
        "mobility.application.paper_read",
        subject=found,
        by=request.user,
        at=timezone.now(),
        document=held.document,
    )
    return download_file(held.file)


@require_GET
@office_view
def letter(request: OfficeRequest, pk: int, paper_pk: int) -> HttpResponse:
    found = application_of(request, pk)
    issued: Paper = get_object_or_404(papers_of(found).select_related("file"), pk=paper_pk)
    return download_file(issued.file)


@require_POST
@office_view
def answer_appeal(request: OfficeRequest, pk: int) -> HttpResponse:
    made = get_object_or_404(
        Appeal.objects.select_related("application__office"),
        pk=pk,
        application__in=applications_visible_to(request.user, request.office),
    )
    answer(
        made,
        upheld=request.POST.get("upheld") == "yes",
        answer=request.POST.get("answer", "")[:5000],
        by=request.user,
        at=timezone.now(),
    )
    messages.success(request, _("The appeal is answered. The applicant gets a letter."))
    return redirect("calls:application", request.office.slug, made.application_id)
