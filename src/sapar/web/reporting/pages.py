"""What the pages of a report show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from sapar.accounts.models import Office, User
from sapar.files.models import Paper
from sapar.files.queries import papers_of
from sapar.formats.numbers import year_words
from sapar.reporting.definitions import BY_CODE, DEFINITIONS, SECTION_TITLES, By, Definition, Section
from sapar.reporting.labels import row_names
from sapar.reporting.models import Figure, Report
from sapar.reporting.papers import decimals_of, number_of, summary_of, unit_words
from sapar.reporting.policies import may_release_reports
from sapar.reporting.queries import differences, figures_of, release_before
from sapar.reporting.states import ReportState
from sapar.web import components as c
from sapar.web.numbers import grouped

PAPER_WORDS = {"valid": _l("valid"), "replaced": _l("replaced"), "revoked": _l("revoked")}


def state_of(report: Report) -> c.State:
    word = report.get_state_display()
    match report.state:
        case ReportState.RELEASED:
            return c.State(word, "done")
        case ReportState.READY:
            return c.State(word, "needs")
        case ReportState.FAILED:
            return c.State(word, "danger")
        case ReportState.WITHDRAWN:
            return c.State(word, "danger")
        case ReportState.REPLACED:
            return c.State(word, "ended")
    return c.State(word, "waiting")


@dataclass(frozen=True)
class Line:
    """A row of a broken-down figure."""

    name: str
    figure: c.Figure


@dataclass(frozen=True)
class Block:
    """A definition with its number, or with a table of rows and a chart beside it."""

    definition: Definition
    figure: c.Figure | None
    lines: Sequence[Line]
    chart_url: str
    finding: str


@dataclass(frozen=True)
class SectionBlock:
    title: c.Text
    anchor: str
    numbers: Sequence[Block]
    tables: Sequence[Block]


@dataclass(frozen=True)
class Changed:
    """A figure of an earlier release and of this report; `records` tells how many came and went."""

    title: c.Text
    name: str
    before: c.Figure | None
    now: c.Figure | None
    records: str


@dataclass(frozen=True)
class Comparison:
    """What is counted otherwise than in the release before."""

    number: str
    url: str
    changed: Sequence[Changed]


@dataclass(frozen=True)
class ReportPage:
    head: c.Head
    summary: str
    sections: Sequence[SectionBlock]
    work: c.Work | None
    facts: Sequence[c.FactGroup]
    comparison: Comparison | None


def shown_figure(figure: Figure, office: Office) -> c.Figure:
    """The number as a link to its records."""
    url = (
        reverse("reporting:figure", kwargs={"office": office.slug, "pk": figure.pk})
        if figure.record_ids
        else ""
    )
    return c.Figure(figure.value, url, decimals_of(figure.unit), unit_words(figure.unit))


def sections_of(report: Report, office: Office) -> list[SectionBlock]:
    figures = list(figures_of(report))
    names = row_names(figures)
    by_code: dict[str, list[Figure]] = {}
    for figure in figures:
        by_code.setdefault(figure.code, []).append(figure)
    sections = []
    for section in Section:
        numbers, tables = [], []
        for definition in DEFINITIONS:
            if definition.section != section:
                continue
            found = by_code.get(definition.code, [])
            if definition.by == By.NOTHING:
                if found:
                    numbers.append(Block(definition, shown_figure(found[0], office), (), "", ""))
                continue
            lines = [Line(names[figure.code, figure.row], shown_figure(figure, office)) for figure in found]
            if lines:
                tables.append(_table(definition, lines, report, office))
        sections.append(SectionBlock(SECTION_TITLES[section], section.value, numbers, tables))
    return sections


def _table(definition: Definition, lines: Sequence[Line], report: Report, office: Office) -> Block:
    chart = reverse(
        "reporting:chart",
        kwargs={"office": office.slug, "pk": report.pk, "code": definition.code.replace(".", "-")},
    )
    drawn = chart if len(lines) > 1 and definition.by != By.PARTNER else ""
    return Block(definition, None, lines, drawn, finding(lines) if drawn else "")


def finding(lines: Sequence[Line]) -> str:
    """The sentence that a chart says: who has most, and what share that is."""
    counts = [Decimal(line.figure.value or 0) for line in lines]
    total, most = sum(counts, Decimal(0)), max(counts)
    if not total:
        return ""
    leaders = [line.name for line, count in zip(lines, counts, strict=True) if count == most]
    facts = {
        "names": ", ".join(leaders[:4]),
        "count": grouped(most, 0),
        "total": grouped(total, 0),
        "percent": f"{100 * most / total:.0f}",
    }
    if len(leaders) > 4:
        return _("%(count)s at most in any row, of %(total)s.") % facts
    if len(leaders) > 1:
        return _("Most: %(names)s, with %(count)s of %(total)s each.") % facts
    return _("Most: %(names)s, with %(count)s of %(total)s (%(percent)s %%).") % facts


def report_page(report: Report, user: User, office: Office) -> ReportPage:
    ready = report.state not in (ReportState.RUNNING, ReportState.FAILED)
    paper = papers_of(report).first()
    return ReportPage(
        _head(
            report,
            office,
            ready=ready,
            has_paper=paper is not None,
            releases=may_release_reports(user, office),
        ),
        report.summary,
        sections_of(report, office) if ready else [],
        None if ready else _work(report, office),
        [c.FactGroup(_("About these figures"), _facts(report, paper))],
        comparison_of(report, office) if ready else None,
    )


def _url(report: Report, office: Office, name: str, **more: object) -> str:
    return reverse(f"reporting:{name}", kwargs={"office": office.slug, "pk": report.pk, **more})


def _head(report: Report, office: Office, *, ready: bool, has_paper: bool, releases: bool) -> c.Head:
    downloads = [
        c.Action(kind.upper(), _url(report, office, "download", kind=kind), icon="download")
        for kind in (("pdf", "docx", "xlsx") if ready else ())
    ]
    release = _release(report, office, has_paper=has_paper) if releases else None
    withdraw = []
    if report.state == ReportState.RELEASED and releases:
        withdraw.append(c.Action(_("Withdraw the report"), _url(report, office, "withdraw"), danger=True))
    return c.Head(
        title=_("Annual report %(year)s") % {"year": year_words(report.academic_year)},
        kind=_("Report"),
        number=number_of(report),
        state=state_of(report),
        next=release or (downloads[0] if downloads else None),
        others=[*(downloads if release else downloads[1:]), *withdraw],
        lead=summary_of(report) if ready else "",
        crumbs=[c.Crumb(_("Reports"), reverse("reporting:home", kwargs={"office": office.slug}))],
    )


def _release(report: Report, office: Office, *, has_paper: bool) -> c.Action | None:
    """The next step towards a report that stands."""
    if report.state == ReportState.READY:
        return c.Action(
            _("Release and freeze"),
            _url(report, office, "release"),
            post=True,
            primary=True,
            asks=_(
                "The figures are frozen as the university's word for the year, and a numbered paper with a QR code is "
                "issued. An earlier release of the year is thereby replaced. Release?"
            ),
        )
    if report.state == ReportState.RELEASED and not has_paper:
        return c.Action(_("Issue the paper with its QR code"), _url(report, office, "issue"), post=True)
    return None


def _work(report: Report, office: Office) -> c.Work:
    return c.Work(
        title=_("The figures are being computed"),
        done=report.progress,
        total=100,
        sentence=_("You may leave this page; the report comes to your desk."),
        poll_url=_url(report, office, "progress"),
        failed=report.state == ReportState.FAILED,
    )


def _facts(report: Report, paper: Paper | None) -> list[c.Fact]:
    facts = [c.Fact(_("Counted"), report.as_of), c.Fact(_("Counted by"), report.made_by)]
    if report.released_at:
        facts.append(c.Fact(_("Released"), report.released_at))
    if report.released_by:
        facts.append(c.Fact(_("Released by"), report.released_by))
    if report.withdrawn_reason:
        facts.append(c.Fact(_("Withdrawn because"), report.withdrawn_reason))
    if paper:
        public = reverse("papers:verify", kwargs={"code": paper.code})
        facts.append(c.Fact(_("Paper"), c.Link(f"№ {paper.number}", public), PAPER_WORDS[paper.state]))
    if report.digest:
        facts.append(c.Fact(_("Digest (SHA-256)"), report.digest[:16] + "…"))
    return facts


def comparison_of(report: Report, office: Office) -> Comparison | None:
    """Against the release before, which stays as it was; None where the year has none."""
    before = release_before(report)
    if before is None:
        return None
    found = differences(before, report)
    names = row_names(figure for one in found for figure in (one.before, one.now) if figure is not None)
    changed = []
    for one in found:
        figure = one.now or one.before
        assert figure is not None  # one of them is there
        changed.append(
            Changed(
                title=BY_CODE[figure.code].title,
                name=names.get((figure.code, figure.row), ""),
                before=shown_figure(one.before, office) if one.before else None,
                now=shown_figure(one.now, office) if one.now else None,
                records=f"+{one.came} −{one.went}" if one.came or one.went else "",
            )
        )
    url = reverse("reporting:report", kwargs={"office": office.slug, "pk": before.pk})
    return Comparison(number_of(before), url, changed)


def definition_of(figure: Figure) -> Definition:
    return BY_CODE[figure.code]
