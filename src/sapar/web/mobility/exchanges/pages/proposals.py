"""What the student sees while writing a proposal: groups as short cards, what is missing, the sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from sapar.mobility.models import Exchange, LearningAgreement
from sapar.mobility.queries.credits import converter_for
from sapar.mobility.queries.exchanges import latest_learning_agreement
from sapar.mobility.states import ExchangeState, LearningAgreementState, Side
from sapar.mobility.wording.credits import amount_words, unit_words
from sapar.web.mobility.exchanges.forms.learning import ComponentForm, Editor
from sapar.web.mobility.exchanges.pages.learning import GroupLines, Total, group_lines, totals_in


@dataclass(frozen=True)
class CardLine:
    words: str
    amount: str
    removed: bool
    added: bool


@dataclass(frozen=True)
class Card:
    """One group on the overview."""

    number: int
    studied: Sequence[CardLine]
    recognised: Sequence[CardLine]
    missing: Sequence[str]


@dataclass(frozen=True)
class Overview:
    cards: Sequence[Card]
    totals: tuple[Total, Total]
    is_change: bool
    next_group: int
    ready: bool


def may_still_propose(exchange: Exchange, latest: LearningAgreement | None) -> bool:
    """There is something to agree on, and nobody has it under signature."""
    open_ = exchange.state in (ExchangeState.ACCEPTED, ExchangeState.READY, ExchangeState.AWAY)
    return open_ and (latest is None or latest.state != LearningAgreementState.TO_SIGN)


def proposal_button(exchange: Exchange) -> str:
    """What the student may do now with the own learning agreement; empty when nothing."""
    latest = latest_learning_agreement(exchange)
    if not may_still_propose(exchange, latest):
        return ""
    if latest is None:
        return _("Propose what you will study")
    return {
        LearningAgreementState.DRAFT: _("Go on with your proposal"),
        LearningAgreementState.PROPOSED: _("See your proposal"),
    }.get(LearningAgreementState(latest.state), _("Propose a change"))


def overview_page(editor: Editor, exchange: Exchange) -> Overview:
    """All groups; rows that are still empty are left out."""
    next_group = editor.next_group() if any(not form.is_blank for form in editor.forms) else 1
    totals = totals_in(editor, converter_for(exchange))
    editor.bind()
    editor.is_valid()
    cards = []
    for group in editor.groups():
        rows = [form for form in (*group.studied, *group.recognised) if form.component or not form.is_blank]
        if not rows:
            continue
        cards.append(
            Card(
                group.number,
                [_card_line(form, editor) for form in group.studied if form in rows],
                [_card_line(form, editor) for form in group.recognised if form in rows],
                _missing(rows),
            )
        )
    return Overview(
        cards=cards,
        totals=totals,
        is_change=editor.is_change,
        next_group=next_group,
        ready=bool(cards)
        and not any(card.missing for card in cards)
        and (not editor.is_change or _differs(cards)),
    )


def _differs(cards: Sequence[Card]) -> bool:
    """A change that changes nothing is not sent."""
    lines = (line for card in cards for line in (*card.studied, *card.recognised))
    return any(line.removed or line.added for line in lines)


def _card_line(form: ComponentForm, editor: Editor) -> CardLine:
    if (kept := form.component) is not None and editor.is_change:
        words, amount = f"{kept.code} {kept.title}".strip(), amount_words(kept.credits, kept.credit_unit)
    else:
        course = editor.courses.get(form["course"].value() or "") if "course" in form.fields else None
        code = form["code"].value() or (course.code if course else "")
        title = form["title"].value() or (course.title if course else "")
        words = f"{code} {title}".strip() or _("without a title")
        typed = (form["credits"].value() or "").strip()
        amount = _typed_amount(typed, form["credit_unit"].value() or "ECTS") if typed else ""
        if course is not None and not typed:
            amount = amount_words(course.credits, editor.units.get(Side(form["side"].value()), "ECTS"))
    removed = bool(form["removed"].value()) and form.component is not None
    return CardLine(words, amount, removed, editor.is_change and form.component is None)


def _typed_amount(typed: str, unit: str) -> str:
    """What is no number yet is shown as it was typed."""
    try:
        value = Decimal(typed.replace(",", "."))
    except InvalidOperation:
        value = Decimal("nan")
    return amount_words(value, unit) if value.is_finite() else f"{typed} {unit_words(unit)}"


def _missing(rows: Sequence[ComponentForm]) -> list[str]:
    found = [str(error) for form in rows for errors in form.errors.values() for error in errors]
    kept = [form for form in rows if not form["removed"].value()]
    if kept and not any(form["side"].value() == Side.STUDIED for form in kept):
        found.append(_("Name a course at the host for it."))
    return list(dict.fromkeys(found))


def preview(editor: Editor) -> list[GroupLines]:
    """The table as the coordinator will get it."""
    return group_lines([asdict(entry) for entry in editor.entries()])
