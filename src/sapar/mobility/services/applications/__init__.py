"""Applications: written by applicants, checked and scored by the office."""

from sapar.mobility.services.applications.checking import (
    accept_many,
    accept_papers,
    ask_for_completion,
    reject_application,
    review_application,
)
from sapar.mobility.services.applications.writing import (
    Begun,
    Draft,
    Identity,
    add_paper,
    ask_for_link,
    begin_application,
    invite_again,
    remove_paper,
    reopen_application,
    save_draft,
    send_new_link,
    submit_application,
    withdraw_application,
)

__all__ = [
    "Begun",
    "Draft",
    "Identity",
    "accept_many",
    "accept_papers",
    "add_paper",
    "ask_for_completion",
    "ask_for_link",
    "begin_application",
    "invite_again",
    "reject_application",
    "remove_paper",
    "reopen_application",
    "review_application",
    "save_draft",
    "send_new_link",
    "submit_application",
    "withdraw_application",
]
