"""The office's whole trail as a list: who did what, when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from sapar.accounts.models import Office
from sapar.audit.models import Entry
from sapar.web.components import Empty, Text
from sapar.web.directory import words as directory
from sapar.web.mobility.calls import words as calls
from sapar.web.mobility.earlier import words as earlier
from sapar.web.mobility.exchanges import words as exchanges
from sapar.web.mobility.visits import words as visits
from sapar.web.moments import ACCOUNT_WORDS, actor_of, words_for
from sapar.web.partners import told
from sapar.web.partners.imports import words as imports
from sapar.web.partners.signed import words as signed
from sapar.web.tables import Choice, Column, Dates, ListSpec, Words

# The kinds of records that acts are about.
KINDS: Mapping[str, Text] = {
    "accounts.office": _("office"),
    "accounts.rolegrant": _("role"),
    "accounts.user": _("colleague"),
    "directory.home": _("own university"),
    "directory.organisation": _("organisation"),
    "directory.person": _("person"),
    "directory.unit": _("faculty"),
    "files.paper": _("document"),
    "files.storedfile": _("file"),
    "interop.delivery": _("delivery"),
    "interop.webhook": _("receiver of events"),
    "mobility.application": _("application"),
    "mobility.call": _("call"),
    "mobility.equivalence": _("equivalence"),
    "mobility.exchange": _("stay"),
    "mobility.groupvisit": _("group visit"),
    "mobility.stayimport": _("list of earlier stays"),
    "mobility.recognitionrules": _("rules of recognition"),
    "mobility.savedletter": _("saved letter"),
    "partners.agreement": _("agreement"),
    "partners.agreementimport": _("list of signed agreements"),
    "partners.partnerimport": _("import"),
    "partners.partnerimportrow": _("row of an import"),
    "partners.partnership": _("partnership"),
    "reporting.report": _("report"),
}


def kind_of(subject_type: str) -> str:
    """The record's kind in words; the model's own name where nobody has written any."""
    words = KINDS.get(subject_type)
    return str(words if words is not None else apps.get_model(subject_type)._meta.verbose_name)


def kinds_of(office: Office) -> Sequence[tuple[str, str]]:
    """The kinds by their words; the database is not asked."""
    return sorted(((kind, str(words)) for kind, words in KINDS.items()), key=lambda pair: pair[1])


# Acts on records that have no timeline of their own.
ELSEWHERE: Mapping[str, Text] = {
    "files.paper.issued": _("issued the paper %(number)s"),
    "files.paper.revoked": _("revoked a paper"),
    "files.stored": _("stored the file “%(name)s”"),
    "interop.delivery.given_up": _("gave up telling another system"),
    "interop.delivery.tried_again": _("had another system told again"),
    "interop.webhook.added": _("added a system that is told: %(url)s"),
    "interop.webhook.removed": _("removed a system that is told"),
    "mobility.credit_factor.decided": _("decided a factor of credits"),
    "mobility.equivalence.kept": _("kept an equivalence of courses"),
    "mobility.grade_counts.noted": _("noted how often marks are given"),
    "mobility.recognition_rules.set": _("set the rules of recognition"),
    "mobility.scale.saved": _("saved the grade scale %(code)s"),
    "mobility.studies.taken": _("took a list of marks"),
    "mobility.curricula.taken": _("took courses of curricula"),
    "partners.agreement.answered": _("answered on an agreement"),
    "reporting.report.begun": _("began a report"),
    "reporting.report.failed": _("could not finish a report"),
    "reporting.report.filled": _("counted the figures of a report"),
    "reporting.report.released": _("released a report"),
    "reporting.report.withdrawn": _("withdrew a report"),
}
# action → words, as timelines tell them. Each room adds its own book.
WORD_BOOKS: tuple[Mapping[str, Text], ...] = (
    ACCOUNT_WORDS,
    told.WORDS,
    calls.CALL_ACTS,
    calls.APPLICATION_ACTS,
    exchanges.ACTS,
    earlier.ACTS,
    visits.ACTS,
    imports.ACTIONS,
    signed.ACTS,
    directory.ACTIONS,
    ELSEWHERE,
)


class _Gaps(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return "…"


def act(entry: Entry) -> Text:
    """What was done, in words; the bare code where no room has words for it."""
    known = (words_for(entry, book) for book in WORD_BOOKS)
    words: Text = next((words for words in known if words), entry.action)
    said = str(words) % _Gaps(entry.data) if "%(" in str(words) else str(words)
    return said.removeprefix("— ")  # where a language joins the act to the name before it with a dash


def details(entry: Entry) -> str:
    return ", ".join(f"{key}: {value}" for key, value in entry.data.items() if value not in (None, "", []))


TRAIL: ListSpec[Entry] = ListSpec(
    name="trail",
    title=_("Activity log"),
    default_order="-at",
    columns=[
        Column("at", _("When"), lambda entry: entry.at, order=["position"]),
        Column("who", _("Who"), actor_of, order=["actor"]),
        Column("what", _("Act"), act, order=["action"]),
        Column("record", _("Record"), lambda entry: f"{kind_of(entry.subject_type)} {entry.subject_id}"),
        Column("data", _("Details"), details, shown=False),
        Column("position", _("Number"), lambda entry: entry.position, order=["position"], align="end"),
    ],
    filters=[
        Dates("on", _("acts"), "at", timed=True),
        Choice("kind", _("Record"), kinds_of, field="subject_type"),
        Words("action", _("Act"), "action"),
    ],
    search=["actor", "action"],
    search_hint=_("Person or act"),
    empty=Empty(_("Nothing has happened yet"), _("Every act that changes a record is written here.")),
)
