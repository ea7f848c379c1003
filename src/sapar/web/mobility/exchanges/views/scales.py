"""Settings of recognition: grade scales with their sources, counts of marks, the office's rules."""

from __future__ import annotations

from fractions import Fraction

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from sapar.accounts.models import Office
from sapar.accounts.policies import may_work_in
from sapar.directory.fields import field_label
from sapar.directory.models import Organisation
from sapar.directory.queries import home_of
from sapar.formats.tables import CellProblem, RefusedRows
from sapar.methods.recognition import shipped_factors, shipped_scales
from sapar.mobility.errors import SheetUnreadable
from sapar.mobility.models import GradeCounts, OfficeFactor, OfficeScale
from sapar.mobility.queries.credits import METHOD_UNITS
from sapar.mobility.queries.grades import distribution_of, rules_of, scale_by_code, scale_codes
from sapar.mobility.services.grades import (
    CountsEntry,
    FactorEntry,
    decide_factor,
    note_counts,
    save_scale,
    set_rules,
)
from sapar.mobility.sheets.columns import beside
from sapar.mobility.sheets.grades import read_counts
from sapar.mobility.states import CreditUnit
from sapar.mobility.wording.credits import credits_shown, unit_words
from sapar.mobility.wording.recognition import rule_words
from sapar.mobility.wording.rules import shown
from sapar.partners.models import Partnership
from sapar.web.access import OfficeRequest, may, office_view
from sapar.web.components import Action, Crumb, Fact, Head, Notice
from sapar.web.mobility.exchanges.forms.scales import (
    CountsForm,
    FactorForm,
    RulesForm,
    ScaleEntryForm,
    band_forms,
    bands_differ,
    bands_of,
    values_of_rules,
    values_of_scale,
)
from sapar.web.mobility.exchanges.forms.uploads import are_valid
from sapar.web.mobility.exchanges.words import page_url
from sapar.web.refusals import refusals_to


def _crumbs(request: OfficeRequest) -> list[Crumb]:
    return [
        Crumb(_("Stays"), page_url("home", request.office)),
        Crumb(_("Grade scales and rules"), page_url("scales", request.office)),
    ]


@require_GET
@office_view
def scales(request: OfficeRequest) -> HttpResponse:
    office = request.office
    rules, changes = rules_of(office), may_work_in(request.user, office)
    own = list(OfficeScale.objects.filter(office=office).order_by("title"))
    counts = GradeCounts.objects.filter(office=office).select_related("organisation")
    titles = dict(_scale_choices(office))
    context = {
        "head": Head(
            _("Grade scales and rules"),
            crumbs=_crumbs(request)[:1],
            lead=_(
                "Every scale has a public source; a mark is read on the scale that held when it was given."
            ),
            next=Action(_("Add a scale"), page_url("new_scale", office)) if changes else None,
            others=[
                Action(_("Upload counts of marks"), page_url("new_counts", office)),
                Action(_("Decide a credit factor"), page_url("new_factor", office)),
            ]
            if changes
            else [],
        ),
        "rules": [
            Fact(_("Our grade scale"), titles.get(rules.home_scale, rules.home_scale)),
            Fact(_("Our unit of credits"), CreditUnit(rules.credit_unit).label),
            Fact(_("When a mark meets several of ours"), rule_words(rules.rule)),
            Fact(_("Fewest marks in a reference group"), rules.smallest_group),
            Fact(_("Fewest years counted"), rules.fewest_years),
            Fact(_("An equivalence counts for (years)"), rules.equivalence_years),
        ],
        "rules_url": page_url("rules", office) if changes else "",
        "own": own,
        "shipped": sorted(shipped_scales(), key=lambda scale: scale.title),
        "counts": counts.order_by("organisation__sort_key", "scale", "isced_f", "level", "-noted_at")[:500],
        "titles": titles,
        "factors": _factors(office),
    }
    return render(request, "exchanges/scales.html", context)


def _level(code: str) -> str:
    """The level of a shipped factor in words."""
    return {
        "": _("all levels"),
        "bachelor": _("bachelor's"),
        "professional master": _("professional master's"),
        "scientific master": _("scientific master's"),
        "doctorate": _("doctoral"),
    }.get(code, code)


def _factors(office: Office) -> list[dict[str, object]]:
    """The office's own decisions first, then what public pages say; a range leaves a choice."""
    own: list[dict[str, object]] = [
        {
            "unit": unit_words(row.from_unit),
            "to": unit_words(row.to_unit),
            "level": row.get_level_display() if row.level else _("all levels"),
            "factor": credits_shown(row.factor),
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
            "source": row.source,
            "holder": row.decided_by,
            "own": True,
        }
        for row in OfficeFactor.objects.filter(office=office).order_by("from_unit", "to_unit", "-pk")
    ]
    short = {long: code for code, long in METHOD_UNITS.items()}
    shipped: list[dict[str, object]] = [
        {
            "unit": unit_words(short.get(one.from_unit, one.from_unit)),
            "to": unit_words(one.to_unit),
            "level": _level(one.level),
            "factor": "–".join(dict.fromkeys(map(shown, (one.low, one.high)))),
            "valid_from": one.valid_from,
            "valid_to": one.valid_to,
            "source": one.source,
            "holder": one.holder,
            "own": False,
        }
        for one in shipped_factors()
        if one.activity == "course"
    ]
    return own + shipped


@office_view
def new_factor(request: OfficeRequest) -> HttpResponse:
    may(may_work_in, request)
    form = FactorForm(
        request.POST or None,
        initial={"to_unit": rules_of(request.office).credit_unit, "from_unit": CreditUnit.US},
    )
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            decide_factor(
                request.office, FactorEntry(**form.cleaned_data), by=request.user, at=timezone.now()
            )
            messages.success(request, _("The factor holds for what is converted from now on."))
            return redirect("exchanges:scales", office=request.office.slug)
    context = {
        "form": form,
        "head": Head(
            _("Decide a credit factor"),
            crumbs=_crumbs(request),
            lead=_("Credits stay as they were written; the factor is shown with its source in every sum."),
        ),
        "submit": _("Decide"),
        "cancel": page_url("scales", request.office),
    }
    return render(request, "exchanges/form.html", context, status=422 if form.errors else 200)


@require_GET
@office_view
def scale(request: OfficeRequest, code: str) -> HttpResponse:
    found = scale_by_code(request.office, code)
    own = OfficeScale.objects.filter(office=request.office, code=code).exists()
    edit = may_work_in(request.user, request.office) and own
    head = Head(
        found.title,
        kind=_("Grade scale"),
        number=found.id,
        crumbs=_crumbs(request),
        next=Action(_("Correct"), page_url("edit_scale", request.office, code=code)) if edit else None,
        lead=found.note,
    )
    facts = [
        Fact(_("Who marks by it"), found.holder),
        Fact(_("Version"), found.version),
        Fact(_("Valid from"), found.valid_from),
        Fact(_("Valid until"), found.valid_to),
    ]
    return render(request, "exchanges/scale.html", {"head": head, "scale": found, "facts": facts})


@office_view
def edit_scale(request: OfficeRequest, code: str = "") -> HttpResponse:
    may(may_work_in, request)
    own = get_object_or_404(OfficeScale, office=request.office, code=code) if code else None
    posted = request.POST if request.method == "POST" else None
    form = ScaleEntryForm(posted)
    bands = band_forms(posted, bands_of(own) if own else [])
    if own is not None:
        form.fields["code"].disabled = True
        form.guard(own, values_of_scale, beside=lambda scale: bands_differ(bands, scale))
    if posted is not None and form.is_valid() and are_valid(bands):
        plain = [band for form_ in bands if (band := form_.plain()) is not None]
        with refusals_to(form):
            saved = save_scale(
                request.office,
                form.entry(plain),
                instead_of=own,
                seen=form.mark,
                by=request.user,
                at=timezone.now(),
            )
            return redirect("exchanges:scale", office=request.office.slug, code=saved.code)
    context = {
        "form": form,
        "bands": bands,
        "head": Head(_("Correct the scale") if own else _("Add a scale"), crumbs=_crumbs(request)),
        "cancel": page_url("scales", request.office),
    }
    failed = bool(form.errors) or any(band.errors for band in bands)
    return render(request, "exchanges/scale_edit.html", context, status=422 if failed else 200)


def _scale_choices(office: Office) -> list[tuple[str, str]]:
    own = dict(OfficeScale.objects.filter(office=office).values_list("code", "title"))
    shipped = {scale.id: scale.title for scale in shipped_scales()}
    return [(code, own.get(code) or shipped[code]) for code in scale_codes(office)]


def _choose(form: django_forms.Form, name: str, options: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, django_forms.ChoiceField)
    field.choices = [("", "—"), *options]


@office_view
def rules(request: OfficeRequest) -> HttpResponse:
    may(may_work_in, request)
    form = RulesForm(request.POST or None)
    form.guard(rules_of(request.office), values_of_rules, again=lambda: rules_of(request.office))
    _choose(form, "home_scale", _scale_choices(request.office))
    if request.method == "POST" and form.is_valid():
        with refusals_to(form):
            set_rules(request.office, **form.cleaned_data, by=request.user, at=timezone.now())
            messages.success(request, _("The rules hold from now on; what was converted before stays."))
            return redirect("exchanges:scales", office=request.office.slug)
    context = {
        "form": form,
        "head": Head(_("Rules of recognition"), crumbs=_crumbs(request)),
        "submit": _("Keep the rules"),
        "cancel": page_url("scales", request.office),
    }
    return render(request, "exchanges/form.html", context, status=422 if form.errors else 200)


def _institutions(office: Office) -> list[Organisation]:
    partners = Partnership.objects.filter(office=office).values("organisation_id")
    home = home_of(office)
    found = Organisation.objects.filter(pk__in=partners).exclude(pk=home.pk).order_by("sort_key", "pk")
    return [home, *found.only("name")]


@office_view
def new_counts(request: OfficeRequest) -> HttpResponse:
    may(may_work_in, request)
    known = {str(one.pk): one for one in _institutions(request.office)}
    form = CountsForm(request.POST or None, request.FILES or None)
    _choose(form, "organisation", [(key, one.name) for key, one in known.items()])
    _choose(form, "scale", _scale_choices(request.office))
    problems: tuple[CellProblem, ...] = ()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        upload = data["table"]
        content = upload.read() if upload else _typed_table(data["typed"])
        with refusals_to(form):
            try:
                read = read_counts(
                    content,
                    upload.name if upload else "typed.csv",
                    scale_by_code(request.office, data["scale"]),
                )
            except RefusedRows as refused:
                problems = refused.problems
            except SheetUnreadable as refused:
                form.add_error("table", str(refused))
            else:
                entry = CountsEntry(
                    organisation=known[data["organisation"]],
                    scale=data["scale"],
                    years=data["years"],
                    counts=read,
                    isced_f=data["isced_f"],
                    level=data["level"],
                    source=data["source"],
                )
                if upload and (told := beside(content, upload.name)):
                    messages.info(request, told)
                row = note_counts(request.office, entry, by=request.user, at=timezone.now())
                return redirect("exchanges:counts", office=request.office.slug, pk=row.pk)
    context = {
        "form": form,
        "problems": problems,
        "head": Head(
            _("Upload counts of marks"),
            crumbs=_crumbs(request),
            lead=_(
                "How often each mark was given in one field and level, over at least two years (ECTS Users' Guide)."
            ),
        ),
        "submit": _("Check and keep"),
        "cancel": page_url("scales", request.office),
    }
    return render(request, "exchanges/form.html", context, status=422 if problems or form.errors else 200)


def _typed_table(text: str) -> bytes:
    """Lines like "A 120" as a table; the last word is the count."""
    rows = [line.rsplit(maxsplit=1) for line in text.splitlines() if line.strip()]
    lines = ["mark\tcount", *["\t".join([*parts, ""][:2]) for parts in rows]]
    return "\n".join(lines).encode()


@require_GET
@office_view
def counts(request: OfficeRequest, pk: int) -> HttpResponse:
    """One reference group: how many, what share, and whether it suffices for a conversion."""
    found = get_object_or_404(
        GradeCounts.objects.select_related("organisation"), office=request.office, pk=pk
    )
    read = scale_by_code(request.office, found.scale)
    group, rules = distribution_of(found, read), rules_of(request.office)
    notices = []
    if group.total < rules.smallest_group:
        words = ngettext(
            "%(count)s mark is fewer than the %(needed)s of your rules: no mark is converted by them.",
            "%(count)s marks are fewer than the %(needed)s of your rules: no mark is converted by them.",
            group.total,
        )
        notices.append(Notice(words % {"count": group.total, "needed": rules.smallest_group}, "needs"))
    if len(set(group.years)) < rules.fewest_years:
        words = ngettext(
            "%(count)s year is fewer than the %(needed)s of your rules: no mark is converted by them.",
            "%(count)s years are fewer than the %(needed)s of your rules: no mark is converted by them.",
            len(set(group.years)),
        )
        notices.append(
            Notice(words % {"count": len(set(group.years)), "needed": rules.fewest_years}, "needs")
        )
    rows = [
        (part.grade, count, _percent(part.share), _percent(part.end))
        for part, count in zip(group.ranges(), group.counts, strict=True)
    ]
    head = Head(
        found.organisation.name,
        kind=_("Counts of marks"),
        crumbs=_crumbs(request),
        lead=found.source,
    )
    facts = [
        Fact(_("Grade scale"), read.title),
        Fact(_("Field of study (ISCED-F)"), field_label(found.isced_f) if found.isced_f else _("all fields")),
        Fact(_("Level"), found.level or _("all levels")),
        Fact(_("Years counted"), ", ".join(str(year) for year in found.years)),
        Fact(_("Passing marks counted"), group.total),
        Fact(_("Version"), found.version),
    ]
    context = {"head": head, "facts": facts, "rows": rows, "notices": notices}
    return render(request, "exchanges/counts.html", context)


def _percent(share: Fraction) -> float:
    return round(float(share) * 100, 1)
