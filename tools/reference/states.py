"""States of every record, with the words people read and the moves between them."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sapar.core.flow import Flow
from sapar.files.states import PAPER_FLOW
from sapar.mobility import states as mobility
from sapar.partners import states as partners
from sapar.reporting.states import REPORT_FLOW
from tools.reference.markdown import table

FLOWS: tuple[tuple[str, Flow[Any]], ...] = (
    ("Partner list", partners.IMPORT_FLOW),
    ("Agreement", partners.AGREEMENT_FLOW),
    ("List of signed agreements", partners.AGREEMENT_LIST_FLOW),
    ("Call", mobility.CALL_FLOW),
    ("Application", mobility.APPLICATION_FLOW),
    ("Exchange", mobility.EXCHANGE_FLOW),
    ("Learning agreement", mobility.LEARNING_AGREEMENT_FLOW),
    ("Recognition case", mobility.CASE_FLOW),
    ("Group visit", mobility.VISIT_FLOW),
    ("List of earlier stays", mobility.STAY_LIST_FLOW),
    ("Erasure of a person", mobility.ERASURE_FLOW),
    ("Report", REPORT_FLOW),
    ("Paper", PAPER_FLOW),
)


def states() -> str:
    return "\n\n".join(f"## {title}\n\n{_states(flow)}\n\n{_moves(flow)}" for title, flow in FLOWS)


def _states(flow: Flow[Any]) -> str:
    rows = [
        (f"`{state.value}`", _label(state), ", ".join(flow.moves_from(state)) or "ends here")
        for state in _kind(flow)
    ]
    return table(("state", "on pages", "moves from here"), rows)


def _moves(flow: Flow[Any]) -> str:
    rows = [
        (f"`{name}`", ", ".join(f"`{source.value}`" for source in chosen.sources), f"`{chosen.target.value}`")
        for name, chosen in flow.moves.items()
    ]
    return table(("move", "from", "to"), rows)


def _kind(flow: Flow[Any]) -> list[StrEnum]:
    """All states that the flow's enum knows."""
    kind: type[StrEnum] = type(next(iter(flow.moves.values())).target)
    return list(kind)


def _label(state: StrEnum) -> str:
    return str(getattr(state, "label", state.value))
