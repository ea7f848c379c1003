"""Learning agreements: components n to m, three signatures, changes as numbered versions."""

from sapar.mobility.services.learning.rows import MOST_ROWS, ComponentEntry, SketchRow
from sapar.mobility.services.learning.signing import (
    Recipient,
    refuse_learning_agreement,
    send_learning_agreement,
    sign_learning_agreement,
    void_learning_agreement,
)
from sapar.mobility.services.learning.versions import check_may_be_agreed
from sapar.mobility.services.learning.writing import (
    draft_learning_agreement,
    give_back_proposal,
    keep_sketch,
    propose_learning_agreement,
    take_back_proposal,
)

__all__ = [
    "MOST_ROWS",
    "ComponentEntry",
    "Recipient",
    "SketchRow",
    "check_may_be_agreed",
    "draft_learning_agreement",
    "give_back_proposal",
    "keep_sketch",
    "propose_learning_agreement",
    "refuse_learning_agreement",
    "send_learning_agreement",
    "sign_learning_agreement",
    "take_back_proposal",
    "void_learning_agreement",
]
