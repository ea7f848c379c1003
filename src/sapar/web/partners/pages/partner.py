"""What the record of a partner shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sapar.accounts.models import User
from sapar.audit.queries import timeline
from sapar.directory.states import NameKind, OrganisationKind
from sapar.formats.numbers import signed, year_words
from sapar.mobility.queries.exchanges import exchanges_visible_to
from sapar.mobility.queries.use import use_of_partner
from sapar.partners.models import Contact, Obligation, Partnership
from sapar.partners.policies import may_change_partnership
from sapar.partners.queries.health import QUIET_DAYS, YearUse, is_dormant, share_used
from sapar.partners.states import AgreementKind, Direction, PartnershipState, Zone
from sapar.reporting.labels import country_name
from sapar.web import components as c
from sapar.web.mobility.exchanges.words import stay_state
from sapar.web.partners.told import told
from sapar.web.partners.words import page_url, partnership_state, record_url, state_of

SHOWN = 8
# What a line says of a stay.
STAY_READS = (
    "number",
    "direction",
    "state",
    "academic_year",
    "person__display_name",
    "partner__name",
    "unit__name",
)


@dataclass(frozen=True)
class Hit:
    """An organisation of the directory; `partner_url` when it is a partner already."""

    pk: int
    name: str
    place: str
    kind: str
    partner_url: str


@dataclass(frozen=True)
class YearLine:
    year: str
    use: YearUse
    balance: str


@dataclass(frozen=True)
class ContactLine:
    name: str
    post: str
    email: str
    phone: str
    main: bool
    url: str


@dataclass(frozen=True)
class PartnerPage:
    head: c.Head
    health: Sequence[str]
    facts: Sequence[c.FactGroup]
    contacts: Sequence[ContactLine]
    add_contact: c.Action | None
    years: Sequence[YearLine]
    related: Sequence[c.Related]
    moments: Sequence[c.Moment]


def partner_page(partnership: Partnership, user: User, *, today: date) -> PartnerPage:
    """`partnership` comes from `partners_listed`, which counts its agreements in force."""
    office = partnership.office
    works = may_change_partnership(user, partnership)
    years = use_of_partner(partnership)
    this_year = today.year if today.month >= office.year_starts_month else today.year - 1
    head = c.Head(
        partnership.organisation.name,
        kind=OrganisationKind(partnership.organisation.kind).label,
        number=partnership.local_number,
        state=partnership_state(partnership),
        crumbs=[c.Crumb(_("Partners"), page_url("home", office))],
    )
    if works:
        head = c.Head(
            head.title,
            kind=head.kind,
            number=head.number,
            state=head.state,
            crumbs=head.crumbs,
            next=c.Action(_("New agreement"), page_url("draft_for", office, partnership.pk)),
            others=[
                c.Action(_("We were in contact"), page_url("talk", office, partnership.pk), icon="phone"),
                c.Action(_("Change the partner"), page_url("change", office, partnership.pk), icon="pencil"),
            ],
        )
    return PartnerPage(
        head=head,
        health=health_words(partnership, years, this_year=this_year, today=today),
        facts=_facts(partnership),
        contacts=[_contact(one, works) for one in partnership.contacts.order_by("-is_main", "name", "pk")],
        add_contact=(
            c.Action(_("Add a contact"), page_url("new_contact", office, partnership.pk)) if works else None
        ),
        years=[YearLine(year_words(one.academic_year), one, signed(one.balance)) for one in years],
        related=_related(partnership, user, today),
        moments=told(timeline(partnership)[:30]),
    )


def health_words(
    partnership: Partnership, years: Sequence[YearUse], *, this_year: int, today: date
) -> list[str]:
    """How the partnership lives, a sentence each: use, balance, contact, duties, sleep."""
    said: list[str] = []
    in_force: int = partnership.in_force  # type: ignore[attr-defined]  # counted by the query
    if in_force:
        said.append(
            ngettext("%(count)d agreement is in force.", "%(count)d agreements are in force.", in_force)
            % {"count": in_force}
        )
    else:
        said.append(_("No agreement is in force."))
    used = share_used(years, until=this_year)
    if used is not None:
        used_words = _("%(share)d %% of the places agreed so far were used.") % {"share": used}
        said.append(used_words.replace(" %", "\u00a0%"))
    out, came = sum(one.went_out for one in years), sum(one.came_in for one in years)
    if out or came:
        said.append(
            _("%(out)d went out and %(in)d came; the balance is %(balance)s.")
            % {"out": out, "in": came, "balance": signed(came - out)}
        )
    if is_dormant(years, this_year=this_year):
        said.append(_("Dormant: places were agreed, but nobody came or went in this and the last year."))
    said.append(_contact_words(partnership.last_contact_on, today))
    late = Obligation.objects.filter(
        agreement__partnership=partnership, done_on=None, due_on__lt=today
    ).count()
    if late:
        said.append(
            ngettext(
                "%(count)d obligation is past its date.", "%(count)d obligations are past their date.", late
            )
            % {"count": late}
        )
    return said


def _contact_words(last: date | None, today: date) -> str:
    if last is None:
        return _("No contact was put down yet.")
    if (today - last).days > QUIET_DAYS:
        return _("The last contact was more than a year ago.")
    days = max((today - last).days, 0)
    if days == 0:
        return _("The last contact was today.")
    words = ngettext(
        "The last contact was %(days)d day ago.", "The last contact was %(days)d days ago.", days
    )
    return words % {"days": days}


def _facts(partnership: Partnership) -> list[c.FactGroup]:
    organisation = partnership.organisation
    names = [
        c.Fact(NameKind(one.kind).label, one.name, one.language)
        for one in organisation.names.order_by("kind", "language", "pk")
        if one.name != organisation.name
    ]
    names += [
        c.Fact(_("Merged into it"), one.name, one.city)
        for one in organisation.merged.order_by("sort_key", "pk")
        if one.office_id in (None, partnership.office_id)
    ]
    identifiers = [
        c.Fact(one.get_scheme_display(), one.value) for one in organisation.identifiers.order_by("scheme")
    ]
    website = organisation.website
    if website and not website.startswith(("http://", "https://")):
        website = f"https://{website}"
    place = [
        c.Fact(_("Country"), country_name(organisation.country_code)),
        c.Fact(_("Near or far"), Zone(partnership.zone).label),  # type: ignore[attr-defined]  # annotated
        c.Fact(_("City"), organisation.city),
        c.Fact(_("Website"), c.Link(organisation.website, website) if website else None),
    ]
    ours = [
        c.Fact(_("State"), PartnershipState(partnership.state).label),
        c.Fact(_("Partner since"), partnership.since),
        c.Fact(_("Last contact"), partnership.last_contact_on),
        c.Fact(_("Responsible"), partnership.responsible.name if partnership.responsible else None),
        c.Fact(_("Note"), partnership.note),
    ]
    groups = [c.FactGroup(_("The organisation"), place), c.FactGroup(_("With us"), ours)]
    if names or identifiers:
        groups.append(c.FactGroup(_("Names and identifiers"), [*names, *identifiers]))
    return groups


def _contact(one: Contact, works: bool) -> ContactLine:
    return ContactLine(
        one.name,
        one.post,
        one.email,
        one.phone,
        one.is_main,
        page_url("contact", one.office, one.pk) if works else "",
    )


def _related(partnership: Partnership, user: User, today: date) -> list[c.Related]:
    duties = _open_duties(partnership, today)
    return [_agreements(partnership), *([duties] if duties else []), _stays(partnership, user)]


def _agreements(partnership: Partnership) -> c.Related:
    office = partnership.office
    agreements = partnership.agreements.only("partnership", "title", "number", "kind", "ends_on", "state")
    rows = [
        c.RelatedRow(
            one.title,
            page_url("agreement", office, one.pk),
            " · ".join(
                part
                for part in (
                    one.number,
                    str(AgreementKind(one.kind).label),
                    _("until %(day)s") % {"day": f"{one.ends_on:%d.%m.%Y}"} if one.ends_on else "",
                )
                if part
            ),
            state_of(one),
        )
        for one in agreements.order_by("-made_at", "-pk")[:SHOWN]
    ]
    return c.Related(
        _("Agreements"),
        rows,
        agreements.count(),
        url=f"{page_url('agreements', office)}?q={partnership.organisation.name}",
        empty=_("No agreement was written yet."),
    )


def _open_duties(partnership: Partnership, today: date) -> c.Related | None:
    duties = Obligation.objects.filter(agreement__partnership=partnership, done_on=None)
    rows = [
        c.RelatedRow(
            one.text,
            page_url("agreement", partnership.office, one.agreement_id),
            _("by %(day)s") % {"day": f"{one.due_on:%d.%m.%Y}"},
            c.State(_("past its date"), "danger") if one.due_on < today else None,
        )
        for one in duties.select_related("agreement").order_by("due_on", "pk")[:SHOWN]
    ]
    return c.Related(_("Open obligations"), rows, duties.count()) if rows else None


def _stays(partnership: Partnership, user: User) -> c.Related:
    office = partnership.office
    stays = exchanges_visible_to(user, office).filter(partner=partnership.organisation)
    rows = [
        c.RelatedRow(
            one.person.display_name,
            record_url("exchanges:exchange", office, one.pk),
            f"{one.number} · {Direction(one.direction).label} · {year_words(one.academic_year)}",
            stay_state(one),
        )
        for one in stays.only(*STAY_READS).order_by("-planned_from", "-pk")[:SHOWN]
    ]
    return c.Related(_("Stays"), rows, stays.count(), empty=_("Nobody went or came yet."))
