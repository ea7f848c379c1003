"""The diagrams of docs/concepts/records.md are those of the tables that the services ask."""

from __future__ import annotations

import re
from pathlib import Path

from sapar.files.states import PAPER_FLOW
from sapar.mobility.states import (
    APPLICATION_FLOW,
    CALL_FLOW,
    CASE_FLOW,
    EXCHANGE_FLOW,
    LEARNING_AGREEMENT_FLOW,
    VISIT_FLOW,
)
from sapar.partners.states import AGREEMENT_FLOW, IMPORT_FLOW
from sapar.reporting.states import REPORT_FLOW

PAGE = Path(__file__).parents[2] / "docs" / "concepts" / "records.md"
DRAWN = (
    ("Partner list", IMPORT_FLOW),
    ("Agreement", AGREEMENT_FLOW),
    ("Call", CALL_FLOW),
    ("Application", APPLICATION_FLOW),
    ("Exchange", EXCHANGE_FLOW),
    ("Learning agreement", LEARNING_AGREEMENT_FLOW),
    ("Recognition case", CASE_FLOW),
    ("Group visit", VISIT_FLOW),
    ("Report", REPORT_FLOW),
    ("Paper", PAPER_FLOW),
)


def test_the_page_draws_every_flow_as_it_is() -> None:
    page = PAGE.read_text(encoding="utf-8").partition("## States")[2]
    drawn = re.findall(r"^### ([^\n]+)\n\n```mermaid\n(.+?)\n```", page, re.MULTILINE | re.DOTALL)
    assert drawn == [(title, flow.as_mermaid()) for title, flow in DRAWN]
