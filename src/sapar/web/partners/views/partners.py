"""The list of partners, the record of one, its contacts; taking a new one from the directory."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sapar.accounts.models import Office
from sapar.core.days import local_day
from sapar.core.errors import NotAllowed
from sapar.directory.queries import organisation_filter, organisations_seen_by
from sapar.directory.services.organisations import NameEntry, add_organisation
from sapar.directory.states import NameKind, OrganisationKind, Scheme
from sapar.methods.names import search_key
from sapar.partners.models import Contact, Partnership
from sapar.partners.policies import may_draft_agreement
from sapar.partners.queries import partners_listed
from sapar.partners.services.partnerships import (
    add_contact,
    begin_partnership,
    change_contact,
    change_partnership,
    note_contact,
    remove_contact,
)
from sapar.partners.states import PartnershipState
from sapar.reporting.labels import country_name
from sapar.web.access import OfficeRequest, office_view
from sapar.web.components import Action, Crumb, Head
from sapar.web.forms import SaparForm
from sapar.web.partners.forms.partners import (
    ContactForm,
    OrganisationForm,
    PartnershipForm,
    TalkForm,
    values_of_contact,
    values_of_partnership,
)
from sapar.web.partners.lists import PARTNERS
from sapar.web.partners.pages.partner import Hit, partner_page
from sapar.web.partners.views.access import partnership_to_change
from sapar.web.partners.words import page_url
from sapar.web.refusals import refusals_to
from sapar.web.tables import answer_list

HITS = 20


@require_GET
@office_view
def home(request: OfficeRequest) -> HttpResponse:
    add = bring = None
    if may_draft_agreement(request.user, request.office):
        add = Action(_("Add a partner"), page_url("add", request.office))
        bring = Action(_("Bring your list of partners"), reverse("imports:new", args=[request.office.slug]))
    rows = partners_listed(request.office, timezone.localdate())
    return answer_list(request, PARTNERS, rows, add=add, first=bring)


@require_GET
@office_view
def partner(request: OfficeRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    merged = Partnership.objects.filter(office=request.office, pk=pk, merged_into__isnull=False).first()
    if merged is not None:
        return redirect("partners:partner", office=request.office.slug, pk=merged.merged_into_id)
    found = get_object_or_404(partners_listed(request.office, today).select_related("office"), pk=pk)
    page = partner_page(found, request.user, today=today)
    return render(request, "partners/partner.html", {"page": page})


@office_view
def add(request: OfficeRequest) -> HttpResponse:
    """Look in the directory first; only what is not there is added to it."""
    if not may_draft_agreement(request.user, request.office):
        raise NotAllowed
    if request.method == "POST":
        chosen = get_object_or_404(
            organisations_seen_by(request.office), pk=_number(request.POST.get("organisation", ""))
        )
        begun = begin_partnership(
            chosen, office=request.office, since=timezone.localdate(), by=request.user, at=timezone.now()
        )
        messages.success(request, _("%(name)s is among your partners now.") % {"name": chosen.name})
        return redirect(page_url("partner", request.office, begun.pk))
    text = " ".join(request.GET.get("q", "").split())[:200]
    context = {
        "head": Head(
            _("Add a partner"),
            lead=_(
                "Look for the university or organisation in the directory, in any script or by its acronym."
            ),
            crumbs=[Crumb(_("Partners"), page_url("home", request.office))],
        ),
        "asked": text,
        "hits": _hits(request.office, text) if search_key(text) else [],
        "most": HITS,
        "new_url": page_url("new", request.office),
        "imports_url": _imports_url(request.office),
    }
    return render(request, "partners/add.html", context)


def _hits(office: Office, text: str) -> list[Hit]:
    seen = organisations_seen_by(office).filter(organisation_filter(text, office=office))
    found = list(seen.order_by("sort_key", "pk")[:HITS])
    ours = dict(
        Partnership.objects.filter(office=office, organisation__in=found).values_list("organisation_id", "pk")
    )
    return [
        Hit(
            one.pk,
            one.name,
            ", ".join(part for part in (one.city, country_name(one.country_code)) if part),
            str(one.get_kind_display()),
            page_url("partner", office, ours[one.pk]) if one.pk in ours else "",
        )
        for one in found
    ]


def _imports_url(office: Office) -> str:
    try:
        return reverse("partners:imports", kwargs={"office": office.slug})
    except NoReverseMatch:
        return ""


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0


@office_view
def new_organisation(request: OfficeRequest) -> HttpResponse:
    if not may_draft_agreement(request.user, request.office):
        raise NotAllowed
    initial = {"name": request.GET.get("name", "")[:300], "kind": OrganisationKind.UNIVERSITY}
    form = OrganisationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form), transaction.atomic():
            begun = _add_and_begin(request, form)
            return redirect(page_url("partner", request.office, begun.pk))
    return _form(
        request,
        form,
        Head(
            _("New organisation"),
            lead=_("Only your office sees what you add here."),
            crumbs=[
                Crumb(_("Partners"), page_url("home", request.office)),
                Crumb(_("Add a partner"), page_url("add", request.office)),
            ],
        ),
        _("Add and take as a partner"),
        page_url("add", request.office),
    )


def _add_and_begin(request: OfficeRequest, form: OrganisationForm) -> Partnership:
    data, at = form.cleaned_data, timezone.now()
    names = [
        NameEntry(kind, name, language)
        for kind, name, language in (
            (NameKind.LABEL, data["local_name"], data["local_language"].lower()),
            (NameKind.ACRONYM, data["acronym"], ""),
        )
        if name
    ]
    organisation = add_organisation(
        office=request.office,
        name=data["name"],
        country_code=data["country_code"],
        kind=OrganisationKind(data["kind"]),
        city=data["city"],
        website=data["website"],
        names=names,
        identifiers={Scheme.ERASMUS: data["erasmus_code"]} if data["erasmus_code"] else {},
        by=request.user,
        at=at,
    )
    return begin_partnership(organisation, office=request.office, since=local_day(at), by=request.user, at=at)


@office_view
def change(request: OfficeRequest, pk: int) -> HttpResponse:
    partnership = partnership_to_change(request, pk)
    form = PartnershipForm(request.POST or None, office=request.office)
    form.guard(partnership, values_of_partnership)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            data = {**form.cleaned_data, "state": PartnershipState(form.cleaned_data["state"])}
            change_partnership(partnership, **data, by=request.user, at=timezone.now())
            return _to(request, pk)
    return _form(request, form, _head(partnership, _("Change the partner")), _("Save"), _home(partnership))


@office_view
def talk(request: OfficeRequest, pk: int) -> HttpResponse:
    """A letter, call or visit, so that the last contact is known."""
    partnership = partnership_to_change(request, pk)
    form = TalkForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            note_contact(partnership, **form.cleaned_data, by=request.user, at=timezone.now())
            return _to(request, pk)
    return _form(
        request, form, _head(partnership, _("We were in contact")), _("Put it down"), _home(partnership)
    )


@office_view
def new_contact(request: OfficeRequest, pk: int) -> HttpResponse:
    partnership = partnership_to_change(request, pk)
    form = ContactForm(request.POST or None, initial={"language": "en"})
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            add_contact(partnership, **form.cleaned_data, by=request.user, at=timezone.now())
            return _to(request, pk)
    return _form(
        request, form, _head(partnership, _("New contact")), _("Add the contact"), _home(partnership)
    )


@office_view
def contact(request: OfficeRequest, pk: int) -> HttpResponse:
    found = _contact(request, pk)
    form = ContactForm(request.POST or None)
    form.guard(found, values_of_contact)
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            change_contact(found, **form.cleaned_data, by=request.user, at=timezone.now())
            return _to(request, found.partnership_id)
    head = _head(found.partnership, found.name)
    remove = Action(
        _("Take the contact away"),
        page_url("drop_contact", request.office, pk),
        post=True,
        danger=True,
        asks=_("Letters and links that this person got stay as they are."),
    )
    head = Head(head.title, kind=_("Contact"), crumbs=head.crumbs, others=[remove])
    return _form(request, form, head, _("Save"), _home(found.partnership))


@require_POST
@office_view
def drop_contact(request: OfficeRequest, pk: int) -> HttpResponse:
    found = _contact(request, pk)
    remove_contact(found, by=request.user, at=timezone.now())
    return _to(request, found.partnership_id)


def _contact(request: OfficeRequest, pk: int) -> Contact:
    rows = Contact.objects.filter(office=request.office).select_related("partnership__organisation")
    found = get_object_or_404(rows, pk=pk)
    partnership_to_change(request, found.partnership_id)
    return found


def _to(request: OfficeRequest, pk: int) -> HttpResponse:
    return redirect(page_url("partner", request.office, pk))


def _home(partnership: Partnership) -> str:
    return page_url("partner", partnership.office, partnership.pk)


def _head(partnership: Partnership, title: str) -> Head:
    return Head(
        title,
        crumbs=[
            Crumb(_("Partners"), page_url("home", partnership.office)),
            Crumb(partnership.organisation.name, _home(partnership)),
        ],
    )


def _form(request: OfficeRequest, form: SaparForm, head: Head, submit: str, cancel: str) -> HttpResponse:
    context = {"form": form, "head": head, "submit": submit, "cancel": cancel}
    return render(request, "partners/form.html", context, status=422 if form.errors else 200)
