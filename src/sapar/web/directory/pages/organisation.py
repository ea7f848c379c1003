"""What the record of an organisation shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from sapar.accounts.models import Office, User
from sapar.directory.matching import Duplicate
from sapar.directory.models import Organisation, OrganisationName
from sapar.directory.policies import may_change_organisation
from sapar.directory.queries import heir_of
from sapar.directory.states import NameKind
from sapar.methods.names.institutions import Candidate
from sapar.partners.models import Partnership
from sapar.partners.policies import may_draft_agreement
from sapar.reporting.labels import country_name
from sapar.web import components as c
from sapar.web.directory.reasons import Told, percent, told
from sapar.web.directory.words import language_name, page_url

KINDS = (NameKind.OFFICIAL, NameKind.LABEL, NameKind.ALIAS, NameKind.FORMER, NameKind.ACRONYM)


@dataclass(frozen=True)
class NameShown:
    name: str
    kind: str
    language: str
    code: str
    times: str


@dataclass(frozen=True)
class OrganisationPage:
    head: c.Head
    notices: Sequence[c.Notice]
    facts: Sequence[c.FactGroup]
    names: Sequence[NameShown]
    identifiers: Sequence[tuple[str, str]]
    related: Sequence[c.Related]
    duplicates: Sequence[CandidateShown]


@dataclass(frozen=True)
class CandidateShown:
    """An organisation that another may be a second entry of."""

    pk: int
    name: str
    also: str
    place: str
    alike: str
    url: str
    reasons: Sequence[Told]


def organisation_page(
    organisation: Organisation, user: User, office: Office, duplicates: Sequence[Duplicate] = ()
) -> OrganisationPage:
    """`duplicates` for one's own organisations: what they may be a second entry of."""
    mine = organisation.office_id == office.pk and may_change_organisation(user, organisation)
    return OrganisationPage(
        head=_head(organisation, user, office, mine=mine),
        notices=_notices(organisation, office, mine=mine),
        facts=[_facts(organisation)],
        names=_names(organisation),
        identifiers=[
            (one.get_scheme_display(), one.value) for one in organisation.identifiers.order_by("scheme")
        ],
        related=[
            related
            for related in (_partnership(organisation, office), _merged(organisation, office))
            if related
        ],
        duplicates=[shown for each in duplicates for shown in candidates_shown(each.candidates, office)],
    )


def _head(organisation: Organisation, user: User, office: Office, *, mine: bool) -> c.Head:
    following = None
    taken = Partnership.objects.filter(office=office, organisation=organisation).exists()
    if not taken and organisation.merged_into_id is None and may_draft_agreement(user, office):
        following = c.Action(
            _("Make it a partner"),
            reverse("partners:add", kwargs={"office": office.slug}),
            post=True,
            fields={"organisation": str(organisation.pk)},
        )
    others = [c.Action(_("Change"), page_url("change_organisation", office, organisation.pk))] if mine else []
    return c.Head(
        title=organisation.name,
        kind=organisation.get_kind_display(),
        state=c.State(_("merged"), "ended") if organisation.merged_into_id else None,
        crumbs=[c.Crumb(_("Organisations"), page_url("organisations", office))],
        next=following,
        others=others,
    )


def _notices(organisation: Organisation, office: Office, *, mine: bool) -> list[c.Notice]:
    if organisation.merged_into is None:
        return []
    heir = heir_of(organisation)
    undo = (
        c.Action(_("Separate them again"), page_url("separate", office, organisation.pk), post=True)
        if mine
        else None
    )
    open_heir = c.Action(_("Open it"), page_url("organisation", office, heir.pk))
    notices = [c.Notice(_("“%(name)s” stands for it today.") % {"name": heir.name}, "info", action=open_heir)]
    if undo is not None:
        notices.append(
            c.Notice(_("If they were taken for one by mistake, nothing is lost."), "needs", action=undo)
        )
    return notices


def _facts(organisation: Organisation) -> c.FactGroup:
    website = organisation.website
    address = website if website.startswith(("http://", "https://")) else f"https://{website}"
    return c.FactGroup(
        _("The organisation"),
        [
            c.Fact(_("Country"), country_name(organisation.country_code)),
            c.Fact(_("City"), organisation.city),
            c.Fact(_("Website"), c.Link(website, address) if website else None),
            c.Fact(_("Founded"), str(organisation.established) if organisation.established else None),
            c.Fact(
                _("Known to"),
                _("your office only") if organisation.office_id else _("everybody"),
                _("from the register %(source)s") % {"source": organisation.source}
                if organisation.source and not organisation.office_id
                else "",
            ),
        ],
    )


def _names(organisation: Organisation) -> list[NameShown]:
    def place(one: OrganisationName) -> tuple[int, str, str]:
        return KINDS.index(NameKind(one.kind)), one.language, one.name

    return [
        NameShown(
            name=name.name,
            kind=name.get_kind_display(),
            language=language_name(name.language),
            code=name.language,
            times=" – ".join(f"{day:%d.%m.%Y}" if day else "…" for day in (name.valid_from, name.valid_to))
            if name.valid_from or name.valid_to
            else "",
        )
        for name in sorted(organisation.names.all(), key=place)
    ]


def _partnership(organisation: Organisation, office: Office) -> c.Related | None:
    found = Partnership.objects.filter(office=office, organisation=organisation).first()
    if found is None:
        return None
    url = reverse("partners:partner", kwargs={"office": office.slug, "pk": found.pk})
    note = _("since %(year)d") % {"year": found.since.year} if found.since else ""
    return c.Related(
        _("Partnership"), [c.RelatedRow(organisation.name, url, note, c.State(found.get_state_display()))]
    )


def _merged(organisation: Organisation, office: Office) -> c.Related | None:
    """Those it stands for, as far as this office may know them."""
    merged = [one for one in organisation.merged.order_by("name") if one.office_id in (None, office.pk)]
    rows = [c.RelatedRow(one.name, page_url("organisation", office, one.pk), one.city) for one in merged]
    return c.Related(_("Stands also for"), rows, len(rows)) if rows else None


def candidates_shown(candidates: Sequence[Candidate], office: Office) -> list[CandidateShown]:
    known = Organisation.objects.in_bulk([int(candidate.key) for candidate in candidates])
    return [
        CandidateShown(
            pk=one.pk,
            name=one.name,
            also=candidate.matched_name if candidate.matched_name != one.name else "",
            place=", ".join(filter(None, (one.city, country_name(one.country_code)))),
            alike=percent(candidate.score),
            url=page_url("organisation", office, one.pk),
            reasons=told({"code": reason.code, "facts": reason.facts} for reason in candidate.reasons),
        )
        for candidate in candidates
        if (one := known.get(int(candidate.key))) is not None
    ]
