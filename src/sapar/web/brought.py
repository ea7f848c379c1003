"""What all lists have in common that an office brings: their files, and forms about them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sapar.accounts.actors import Actor
from sapar.accounts.models import Office
from sapar.web.access import OfficeRequest
from sapar.web.components import Head
from sapar.web.forms import ListForm, SaparForm
from sapar.web.refusals import refusals_to


class Brought(Protocol):
    pk: int


class Bring(Protocol):
    """The service that keeps the list."""

    def __call__(
        self, content: bytes, name: str, *, header_row: int, office: Office, by: Actor, at: datetime
    ) -> Brought: ...


def bring_page(
    request: OfficeRequest, form_class: type[ListForm], bring: Bring, head: Head, *, names: str
) -> HttpResponse:
    """Asks for the file; when it is kept, the page of its columns comes next.

    Args:
        names: under which the pages of these lists are found; they have a `home` and `columns`.
    """
    form = form_class(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file, header_row = form.cleaned_data["file"], form.cleaned_data["header_row"] or 0
        with refusals_to(form):
            batch = bring(
                file.read(), file.name, header_row=header_row,
                office=request.office, by=request.user, at=timezone.now(),
            )  # fmt: skip
            return redirect(f"{names}:columns", request.office.slug, batch.pk)
    cancel = reverse(f"{names}:home", args=[request.office.slug])
    return list_form(request, form, head, submit=_("Read the list"), cancel=cancel)


def list_form(
    request: OfficeRequest, form: SaparForm, head: Head, *, submit: str, cancel: str
) -> HttpResponse:
    context = {"form": form, "head": head, "submit": submit, "cancel": cancel}
    return render(request, "imports/form.html", context, status=422 if form.errors else 200)
