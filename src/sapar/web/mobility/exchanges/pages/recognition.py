"""One recognition: each group studied beside what was promised, how marks were converted, and the balance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from sapar.accounts.models import Office, User
from sapar.mobility.models import Decision, Exchange, RecognitionCase
from sapar.mobility.policies import may_change_exchange, may_decide_recognition
from sapar.mobility.queries.grades import rules_of
from sapar.mobility.queries.recognition import balance_of
from sapar.mobility.states import CaseState, Verdict
from sapar.mobility.wording.credits import (
    amount_words,
    counted_unit,
    credits_shown,
    in_home_unit_sentence,
)
from sapar.mobility.wording.recognition import (
    method_sentence,
    refusal_sentence,
    rule_words,
    suggestion_sentence,
    table_title,
    way_sentences,
)
from sapar.web.components import Action, Crumb, Fact, Head, State
from sapar.web.mobility.exchanges.words import case_state, page_url, verdict_state


@dataclass(frozen=True)
class Way:
    """How one mark was converted; everything but the sentence is behind "details"."""

    sentence: str
    steps: Sequence[str]
    rule: str
    table: str
    version: str
    sources: Sequence[str]


@dataclass(frozen=True)
class StudiedLine:
    code: str
    title: str
    credits: str
    unit: str
    at_home: str
    sources: Sequence[str]
    mark: str
    passed: bool
    way: Way


@dataclass(frozen=True)
class HomeLine:
    code: str
    title: str
    credits: str
    unit: str


@dataclass(frozen=True)
class GroupPage:
    number: int
    state: State
    studied: Sequence[StudiedLine]
    missing: Sequence[str]
    home: Sequence[HomeLine]
    promised: str
    recognised: str
    home_mark: str
    reason: str
    decided_by: str
    suggested: State
    suggested_credits: str
    because: str
    decide: Action | None


@dataclass(frozen=True)
class CasePage:
    head: Head
    groups: Sequence[GroupPage]
    balance: Sequence[Fact]
    commission: Sequence[str]
    commission_url: str
    again: Action | None


def case_page(case: RecognitionCase, user: User, office: Office) -> CasePage:
    exchange = case.exchange
    decisions = list(case.decisions.order_by("group"))
    decides = case.state == CaseState.OPEN and may_decide_recognition(user, exchange)
    whole = [
        one
        for one in decisions
        if not one.verdict
        and one.method.get("suggestion", {}).get("verdict") in (Verdict.RECOGNISED, Verdict.ELECTIVE)
    ]
    bulk = None
    if decides and whole:
        bulk = Action(
            _("Decide %(count)s as suggested") % {"count": len(whole)},
            page_url("accept_suggestions", office, exchange.pk),
            post=True,
            asks=_("All groups that were passed and agreed in full are recognised. The others stay for you."),
        )
    again = None
    if decides and any(one.method.get("suggestion", {}).get("because") == "no_factor" for one in decisions):
        again = Action(
            _("Convert the credits anew"),
            page_url("convert_again", office, exchange.pk),
            post=True,
            asks=_("Groups that were decided in this case are decided anew."),
        )
    return CasePage(
        head=_head(case, decisions, user, office, bulk, decides=decides),
        groups=[_group(one, exchange, office, decides=decides) for one in decisions],
        balance=_balance(decisions, rules_of(office).credit_unit),
        again=again,
        commission=case.commission,
        commission_url=page_url("commission", office, exchange.pk) if decides else "",
    )


def _head(
    case: RecognitionCase,
    decisions: Sequence[Decision],
    user: User,
    office: Office,
    bulk: Action | None,
    *,
    decides: bool,
) -> Head:
    exchange = case.exchange

    def url(name: str, **more: object) -> str:
        return page_url(name, office, exchange.pk, **more)

    open_ = sum(1 for one in decisions if not one.verdict)
    next_action, others = bulk, []
    if decides and not open_:
        next_action = Action(
            _("Close and write the protocol"),
            url("close_case"),
            post=True,
            asks=_("The protocol gets its number, and the decisions become final."),
        )
    if case.state == CaseState.DECIDED and may_change_exchange(user, exchange):
        next_action = Action(_("Issue the order"), url("order"))
    for kind in ("pdf", "docx"):
        others.append(
            Action(
                _("Protocol, %(kind)s") % {"kind": kind.upper()},
                url("case_paper", what="protocol", kind=kind),
            )
        )
    if case.state != CaseState.OPEN:
        for kind in ("pdf", "docx"):
            others.append(
                Action(
                    _("Order, %(kind)s") % {"kind": kind.upper()}, url("case_paper", what="order", kind=kind)
                )
            )
    return Head(
        _("Recognition"),
        kind=f"{exchange.person.display_name}, {exchange.partner.name}",
        number=case.number or exchange.number,
        state=case_state(case),
        crumbs=[
            Crumb(_("Stays"), page_url("home", office)),
            Crumb(exchange.person.display_name, url("exchange")),
        ],
        next=next_action,
        others=others,
        lead=_answer(decisions),
    )


def _answer(decisions: Sequence[Decision]) -> str:
    """The page in one sentence: what is still to be decided, or what came out."""
    left = sum(1 for one in decisions if not one.verdict)
    if left:
        return _("Groups decided: %(done)d of %(all)d.") % {
            "done": len(decisions) - left,
            "all": len(decisions),
        }
    balance = balance_of(decisions)
    facts = {
        "recognised": credits_shown(
            sum((one.credits_recognised or Decimal(0) for one in decisions), Decimal(0))
        ),
        "promised": credits_shown(sum((one.credits_promised for one in decisions), Decimal(0))),
        "difference": credits_shown(balance.difference),
    }
    if balance.difference:
        return (
            _("Recognised: %(recognised)s of %(promised)s promised credits; to be made up: %(difference)s.")
            % facts
        )
    return _("Recognised: %(recognised)s of %(promised)s promised credits; nothing is to be made up.") % facts


def _group(decision: Decision, exchange: Exchange, office: Office, *, decides: bool) -> GroupPage:
    suggestion: dict[str, Any] = decision.method.get("suggestion", {})
    decide = None
    if decides:
        url = page_url("decide", office, exchange.pk, group=decision.group)
        decide = Action(_("Decide") if not decision.verdict else _("Decide otherwise"), url)
    return GroupPage(
        number=decision.group,
        state=verdict_state(decision.verdict),
        studied=[studied_line(line) for line in decision.studied],
        missing=decision.method.get("missing", []),
        home=[home_line(one) for one in decision.home],
        promised=credits_shown(decision.credits_promised),
        recognised=credits_shown(decision.credits_recognised),
        home_mark=decision.home_mark,
        reason=decision.reason,
        decided_by=decision.decided_by,
        suggested=verdict_state(suggestion.get("verdict", "")),
        suggested_credits=credits_shown(suggestion["credits"]) if "credits" in suggestion else "",
        because=suggestion_sentence(suggestion) if suggestion else "",
        decide=decide,
    )


def studied_line(line: dict[str, Any]) -> StudiedLine:
    converted = in_home_unit_sentence(line)
    return StudiedLine(
        line["code"],
        line["title"],
        credits_shown(line["credits"]),
        counted_unit(line["credits"], line.get("credit_unit", "ECTS")),
        converted,
        line["in_home_unit"]["source"].split() if converted else [],
        line["mark"],
        line["passed"],
        way_of(line),
    )


def home_line(one: dict[str, Any]) -> HomeLine:
    return HomeLine(
        one["code"],
        one["title"],
        credits_shown(one["credits"]),
        counted_unit(one["credits"], one.get("credit_unit", "ECTS")),
    )


def way_of(line: dict[str, Any]) -> Way:
    conversion = line.get("conversion")
    if conversion is None:
        words = refusal_sentence(line.get("refusal_code", ""), line.get("refusal", ""))
        return Way(words, [], "", "", "", [])
    return Way(
        method_sentence(conversion),
        way_sentences(conversion),
        rule_words(conversion["rule"]) if conversion["rule"] else "",
        conversion.get("table_title") or table_title(conversion["table"]),
        conversion["version"],
        [part for part in conversion["source"].split() if part.startswith(("https://", "http://"))],
    )


def _balance(decisions: Sequence[Decision], unit: str) -> list[Fact]:
    """In one unit: what was promised against what was recognised, and what is left."""
    balance = balance_of(decisions)
    promised = sum((one.credits_promised for one in decisions), Decimal(0))
    recognised = sum((one.credits_recognised or Decimal(0) for one in decisions), Decimal(0))
    return [
        Fact(_("Credits passed at the host"), amount_words(balance.studied, unit)),
        Fact(_("Not passed"), amount_words(balance.failed, unit)),
        Fact(_("Promised in the learning agreement"), amount_words(promised, unit)),
        Fact(_("Recognised"), amount_words(recognised, unit)),
        Fact(
            _("Academic difference"),
            amount_words(balance.difference, unit),
            _("required at home and not recognised, to be made up"),
        ),
    ]
