"""Recognising credits: suggestion, decision for each group, protocol, order; equivalences are remembered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from sapar.accounts.actors import Actor, label_of
from sapar.accounts.queries import head_of
from sapar.accounts.services import next_number
from sapar.audit.services import record
from sapar.core.announce import announce
from sapar.core.days import local_day
from sapar.core.marks import refuse_changed
from sapar.core.policy import require
from sapar.directory.queries import home_of
from sapar.mobility.errors import DecisionsOpen, NothingReceived, ReasonMissing, TooManyCredits
from sapar.mobility.facts import CreditsRecognised
from sapar.mobility.models import (
    Decision,
    Equivalence,
    Exchange,
    RecognitionCase,
)
from sapar.mobility.policies import may_change_exchange, may_decide_recognition
from sapar.mobility.queries.credits import converter_for
from sapar.mobility.queries.exchanges import transcript_of
from sapar.mobility.queries.grades import rules_of
from sapar.mobility.queries.recognition import course_key, home_credits
from sapar.mobility.queries.suggestions import (
    groups_of,
    home_component,
    studied_line,
    suggested_mark,
    suggestion_for,
)
from sapar.mobility.services.stay_papers import issue_order_paper, issue_protocol
from sapar.mobility.states import CASE_FLOW, EXCHANGE_FLOW, CaseState, ExchangeState, Verdict


@transaction.atomic
def open_case(
    exchange: Exchange, *, commission: Sequence[str] = (), by: Actor, at: datetime
) -> RecognitionCase:
    """Begin recognition: each group with its converted marks and the suggested verdict, nothing decided."""
    require(may_decide_recognition, by, exchange)
    exchange = Exchange.objects.select_for_update().get(pk=exchange.pk)
    if exchange.state != ExchangeState.TRANSCRIPT:
        EXCHANGE_FLOW.after("recognise", exchange.state)
    transcript = transcript_of(exchange)
    if transcript is None:
        raise NothingReceived
    case, _new = RecognitionCase.objects.update_or_create(
        exchange=exchange,
        defaults={
            "office": exchange.office,
            "transcript": transcript,
            "state": CaseState.OPEN,
            "commission": list(commission),
            "opened_at": at,
        },
    )
    case.decisions.all().delete()
    home_id, converter = home_of(exchange.office).pk, converter_for(exchange)
    Decision.objects.bulk_create(
        Decision(
            office_id=exchange.office_id,
            case=case,
            group=group.number,
            studied=[studied_line(exchange, line, transcript, home_id, converter) for line in group.lines],
            home=[home_component(component, converter) for component in group.home],
            credits_promised=group.promised,
            method={
                "missing": list(group.missing),
                "suggestion": suggestion_for(exchange, group, converter, today=local_day(at)),
            },
        )
        for group in groups_of(exchange, transcript, converter)
    )
    record("mobility.recognition.opened", subject=exchange, by=by, at=at, transcript=transcript.pk)
    return case


@transaction.atomic
def decide_group(
    decision: Decision,
    *,
    verdict: Verdict,
    credits: Decimal,
    home_mark: str = "",
    reason: str = "",
    seen: str = "",
    by: Actor,
    at: datetime,
) -> Decision:
    """Decide on one group. What goes beyond or below the promise needs a reason.

    Args:
        seen: mark of the decision as the page showed it.

    Raises:
        IllegalMove, TooManyCredits, ReasonMissing, ChangedMeanwhile
    """
    require(may_decide_recognition, by, decision.case.exchange)
    case = RecognitionCase.objects.select_for_update().get(pk=decision.case_id)
    decision = Decision.objects.select_for_update().get(pk=decision.pk)
    if case.state != CaseState.OPEN:
        CASE_FLOW.after("decide", case.state)
    refuse_changed(decision, seen)
    if verdict == Verdict.REFUSED:
        credits = Decimal(0)
    earned = sum((home_credits(line) for line in decision.studied), Decimal(0))
    if credits < 0 or (credits > max(decision.credits_promised, earned)):
        raise TooManyCredits(recognised=credits, promised=max(decision.credits_promised, earned))
    if (
        credits < decision.credits_promised or verdict in (Verdict.REFUSED, Verdict.PARTLY)
    ) and not reason.strip():
        raise ReasonMissing(what=str(Verdict(verdict).label))
    decision.verdict, decision.credits_recognised = verdict, credits
    decision.home_mark, decision.reason = home_mark.strip(), reason.strip()
    decision.decided_by, decision.decided_at = label_of(by), at
    decision.save()
    record(
        "mobility.recognition.group_decided",
        subject=case.exchange,
        by=by,
        at=at,
        group=decision.group,
        verdict=verdict,
        credits=credits,
    )
    return decision


@transaction.atomic
def close_case(case: RecognitionCase, *, by: Actor, at: datetime) -> RecognitionCase:
    """All groups are decided: number the protocol, sum up, remember the equivalences."""
    require(may_decide_recognition, by, case.exchange)
    case = RecognitionCase.objects.select_for_update().get(pk=case.pk)
    exchange = Exchange.objects.select_for_update().get(pk=case.exchange_id)
    case.state = CASE_FLOW.after("decide", case.state)
    decisions = list(case.decisions.order_by("group"))
    if open_ := sum(1 for decision in decisions if not decision.verdict):
        raise DecisionsOpen(count=open_)
    if not case.number:
        case.number = f"R-{at.year}-{next_number(case.office, 'recognition', at.year):04d}"
    case.decided_at = at
    case.save()
    exchange.state = EXCHANGE_FLOW.after("recognise", exchange.state)
    exchange.credits_recognised = sum((one.credits_recognised or Decimal(0) for one in decisions), Decimal(0))
    exchange.credits_studied = sum(
        (home_credits(line) for one in decisions for line in one.studied if line["passed"]), Decimal(0)
    )
    exchange.save(update_fields=["state", "credits_recognised", "credits_studied"])
    _remember(case, exchange, decisions, at=at)
    case.exchange = exchange
    issue_protocol(case, by=by, at=at)
    record(
        "mobility.recognition.decided",
        subject=exchange,
        by=by,
        at=at,
        number=case.number,
        recognised=exchange.credits_recognised,
        studied=exchange.credits_studied,
    )
    announce(CreditsRecognised(office_id=case.office_id, case_id=case.pk))
    return case


def _remember(
    case: RecognitionCase, exchange: Exchange, decisions: Sequence[Decision], *, at: datetime
) -> None:
    """One-to-one decisions, refusals on the content included, are suggested next time."""
    years = rules_of(case.office).equivalence_years
    valid_until = date(at.year + years, at.month, min(at.day, 28))
    for decision in decisions:
        if len(decision.studied) != 1 or len(decision.home) > 1 or not decision.studied[0]["passed"]:
            continue
        line = decision.studied[0]
        course_id = decision.home[0]["course"] if decision.home else None
        key = course_key(line["code"], line["title"])
        known = Equivalence.objects.filter(
            office=case.office, partner=exchange.partner, host_key=key, verdict=decision.verdict
        )
        known = known.filter(course=None) if course_id is None else known.filter(course_id=course_id)
        if known.update(uses=F("uses") + 1, valid_until=valid_until, decided_on=local_day(at)):
            continue
        Equivalence.objects.create(
            office=case.office,
            partner=exchange.partner,
            host_code=line["code"],
            host_title=line["title"],
            host_key=key,
            host_credits=Decimal(line["credits"]),
            course_id=course_id,
            home_programme=exchange.programme,
            verdict=decision.verdict,
            reason=decision.reason,
            decided_by=decision.decided_by,
            decided_on=local_day(at),
            valid_until=valid_until,
        )


@transaction.atomic
def issue_order(
    case: RecognitionCase,
    *,
    number: str = "",
    on: date | None = None,
    signer: str = "",
    by: Actor,
    at: datetime,
) -> RecognitionCase:
    """The rector's order on the recognition was issued; the case is closed.

    `number` is that of the register of orders; without one the protocol's number is used. Without a signer the
    institution's rector is named.
    """
    require(may_change_exchange, by, case.exchange)
    case = RecognitionCase.objects.select_for_update().get(pk=case.pk)
    case.state = CASE_FLOW.after("issue_order", case.state)
    on = on or local_day(at)
    case.ordered_at, case.ordered_on = at, on
    case.order_signer = signer.strip() or head_of(case.office)
    case.save(update_fields=["state", "ordered_at", "ordered_on", "order_signer"])
    number = number.strip() or case.number
    issue_order_paper(case, number=number, on=on, by=by, at=at)
    record("mobility.recognition.ordered", subject=case.exchange, by=by, at=at, number=number)
    return case


@transaction.atomic
def accept_suggestions(case: RecognitionCase, *, by: Actor, at: datetime) -> int:
    """Decide all open groups that can be recognised in full as suggested; answers how many.

    What was not passed, is missing or falls short is left to a person.
    """
    require(may_decide_recognition, by, case.exchange)
    case = RecognitionCase.objects.select_for_update().get(pk=case.pk)
    decided = 0
    for decision in case.decisions.filter(verdict="").order_by("group"):
        suggestion = decision.method.get("suggestion", {})
        if suggestion.get("verdict") not in (Verdict.RECOGNISED, Verdict.ELECTIVE):
            continue
        decide_group(
            decision,
            verdict=Verdict(suggestion["verdict"]),
            credits=Decimal(suggestion["credits"]),
            home_mark=suggested_mark(decision),
            by=by,
            at=at,
        )
        decided += 1
    return decided


@transaction.atomic
def name_commission(
    case: RecognitionCase, members: Sequence[str], *, seen: str = "", by: Actor, at: datetime
) -> RecognitionCase:
    """Who signs the protocol; may change until the case is closed.

    Args:
        seen: mark of the case as the page showed it.

    Raises:
        IllegalMove, ChangedMeanwhile
    """
    require(may_decide_recognition, by, case.exchange)
    case = RecognitionCase.objects.select_for_update().get(pk=case.pk)
    if case.state != CaseState.OPEN:
        CASE_FLOW.after("decide", case.state)
    refuse_changed(case, seen)
    case.commission = [name.strip() for name in members if name.strip()]
    case.save(update_fields=["commission"])
    record("mobility.recognition.commission", subject=case.exchange, by=by, at=at, count=len(case.commission))
    return case
