"""How a refusal of a service is answered: as the sentence it is, where the person stands."""

from __future__ import annotations

from types import TracebackType

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from sapar.core.errors import ChangedMeanwhile, DomainError, NotAllowed
from sapar.web.forms import SaparForm


def answer_refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Back to the page the request came from with the sentence on top; a page of its own where there is none.

    Forms that must keep what was typed use `refusals_to(form)` instead and never come here.
    """
    if getattr(request, "htmx", False):
        return render(request, "components/refusal.html", {"error": error}, status=error.status)
    back = request.headers.get("Referer", "")
    if (
        request.method == "POST"
        and not isinstance(error, NotAllowed)
        and error.status != 404
        and url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    ):
        messages.error(request, str(error))
        return HttpResponseRedirect(back)
    return render(request, "refused.html", {"error": error}, status=error.status)


class refusals_to:  # noqa: N801 — read as a word: with refusals_to(form)
    """Show what a service refuses as an error of the form, which keeps what was typed.

    A fact named `field` puts the sentence beside that field. `NotAllowed` is not the form's matter.

        with refusals_to(form):
            agreement = propose(..., by=request.user, at=timezone.now())
            return redirect(...)
    """

    def __init__(self, form: forms.BaseForm) -> None:
        self.form = form

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, DomainError) or isinstance(error, NotAllowed):
            return False
        if isinstance(error, ChangedMeanwhile) and isinstance(self.form, SaparForm):
            self.form.see_again()
        field = error.facts.get("field")
        if isinstance(field, str) and field in self.form.fields:
            self.form.add_error(field, str(error.facts.get("reason", error)))
        else:
            self.form.add_error(None, str(error))
        return True
