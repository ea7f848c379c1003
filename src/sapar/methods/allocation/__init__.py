"""Giving exchange places to applicants with ranked wishes, so that every answer can be explained.

    problem = Problem(
        applicants=(Applicant(code="aibek", score=78.4, wishes=(Wish("ANK"), Wish("KRK")), facts={"gpa": 3.4}), ...),
        offers=(Offer(code="ANK", places=2, reserves=(Reserve(code="law", places=1, rules=(Rule(...),)),)), ...),
        rules=(Rule(code="gpa", fact="gpa", test=Test.AT_LEAST, required=3.0),),
        ties=(Criterion(fact="credits"),),
    )
    result = allocate(problem, seed=2026)             # mechanism="deferred_acceptance" unless named
    result.offer_of("aibek"); result.placements; result.cutoffs; result.unused; result.reserve_lists; result.lottery
    explain(problem, result).of("aibek")              # one Reason per wish, in facts
    verify(problem, result)                           # Verification: .sound, .stable, .violations, .blocking
    compare(problem, seed=2026)                       # one Comparison per mechanism
    refill(problem, result, withdrawn=..., confirmed=..., willing=...)   # Refill: .problem, .allocation, .moves
    shares, offers = deal(offers, (Claim(code="law", weight=340), ...))    # university-wide places to faculties
    plain(problem); from_plain(Problem, data); digest(problem)           # JSON and back; SHA-256

Large data skip the names: `market(...)` builds the same from arrays, `run(...)` gives the places, `blocking(...)`
lists unanswered claims and `standings(...)` the queues.

Gale & Shapley (1962); reserved places as slot-specific priorities, Kominers & Sönmez (2016).
"""

from sapar.methods.allocation.arrays import (
    EVERYBODY,
    NOBODY,
    NOWHERE,
    Market,
    market,
)
from sapar.methods.allocation.codec import (
    digest,
    from_plain,
    plain,
)
from sapar.methods.allocation.comparison import (
    Comparison,
    compare,
)
from sapar.methods.allocation.deferred import (
    Matching,
    deferred_acceptance,
)
from sapar.methods.allocation.faculties import Claim, Share, SplitRule, deal, split
from sapar.methods.allocation.mechanisms import (
    Mechanism,
    immediate_acceptance,
    run,
    serial_dictatorship,
)
from sapar.methods.allocation.outcome import (
    Allocation,
    Cutoff,
    Placement,
    ReserveList,
    Unused,
    allocate,
)
from sapar.methods.allocation.problem import (
    OPEN,
    Applicant,
    Criterion,
    Holding,
    Offer,
    Problem,
    Reserve,
    Wish,
    check,
)
from sapar.methods.allocation.queues import (
    Standings,
    blocking,
    standings,
)
from sapar.methods.allocation.ranking import (
    lottery_number,
)
from sapar.methods.allocation.reasons import (
    Explanation,
    PartReason,
    Reason,
    explain,
)
from sapar.methods.allocation.rules import (
    CEFR,
    Failure,
    Rule,
    Test,
)
from sapar.methods.allocation.verification import (
    BlockingPair,
    Verification,
    Violation,
    verify,
)
from sapar.methods.allocation.withdrawals import (
    Move,
    Refill,
    refill,
)

__all__ = [
    "CEFR",
    "EVERYBODY",
    "NOBODY",
    "NOWHERE",
    "OPEN",
    "Allocation",
    "Applicant",
    "BlockingPair",
    "Claim",
    "Comparison",
    "Criterion",
    "Cutoff",
    "Explanation",
    "Failure",
    "Holding",
    "Market",
    "Matching",
    "Mechanism",
    "Move",
    "Offer",
    "PartReason",
    "Placement",
    "Problem",
    "Reason",
    "Refill",
    "Reserve",
    "ReserveList",
    "Rule",
    "Share",
    "SplitRule",
    "Standings",
    "Test",
    "Unused",
    "Verification",
    "Violation",
    "Wish",
    "allocate",
    "blocking",
    "check",
    "compare",
    "deal",
    "deferred_acceptance",
    "digest",
    "explain",
    "from_plain",
    "immediate_acceptance",
    "lottery_number",
    "market",
    "plain",
    "refill",
    "run",
    "serial_dictatorship",
    "split",
    "standings",
    "verify",
]
