"""What can be done with an agreement now: the one next action and the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from django.utils.translation import gettext as _

from sapar.accounts.models import User
from sapar.files.models import Paper
from sapar.files.states import PaperState
from sapar.partners.models import Agreement, ApprovalStep
from sapar.partners.policies import may_answer_step, may_change_agreement, may_sign, may_terminate
from sapar.partners.queries.ending import in_notice
from sapar.partners.states import AGREEMENT_FLOW, AgreementState
from sapar.web.components import Action
from sapar.web.partners.words import page_url


class UrlOf(Protocol):
    """The address of a page of this agreement."""

    def __call__(self, name: str, **more: object) -> str: ...


@dataclass
class Chosen:
    next: Action | None = None
    others: list[Action] = field(default_factory=list)


def actions_of(
    agreement: Agreement, user: User, waiting: ApprovalStep | None, papers: Sequence[Paper], *, today: date
) -> Chosen:
    def url(name: str, **more: object) -> str:
        return page_url(name, agreement.office, agreement.pk, **more)

    chosen = Chosen()
    if waiting is not None and may_answer_step(user, waiting):
        chosen.next = Action(_("Read and answer"), url("read"))
    if may_change_agreement(user, agreement):
        _officer(chosen, agreement, papers, url, today=today, signs=may_sign(user, agreement))
    if chosen.next is None or chosen.next.url != url("read"):
        chosen.others.append(Action(_("Read it whole"), url("read"), icon="book-open"))
    if agreement.imported_by_id is None:  # else its text is on paper only
        chosen.others += [
            Action(_("Draft to negotiate (DOCX)"), url("draft", kind="docx"), icon="download"),
            Action(_("Draft to read (PDF)"), url("draft", kind="pdf"), icon="download"),
        ]
    if may_terminate(user, agreement) and AGREEMENT_FLOW.allows("terminate", agreement.state):
        chosen.others.append(Action(_("Terminate the agreement"), url("terminate"), danger=True))
    return chosen


def _officer(
    chosen: Chosen,
    agreement: Agreement,
    papers: Sequence[Paper],
    url: UrlOf,
    *,
    today: date,
    signs: bool,
) -> None:
    take_back = Action(
        _("Take back to draft"),
        url("take_back"),
        post=True,
        asks=_(
            "The version that was sent round stays as it is; you go on with a new one, and all approve again."
        ),
    )
    match agreement.state:
        case AgreementState.DRAFT:
            chosen.next = chosen.next or Action(_("Send for approval"), url("send"))
            chosen.others = [
                Action(_("Change the head"), url("edit"), icon="pencil"),
                Action(_("Change the places"), url("edit_places"), icon="table"),
                Action(_("Change the texts"), url("edit_texts"), icon="text"),
                Action(_("Give the draft up"), url("give_up"), danger=True),
            ]
        case AgreementState.IN_APPROVAL:
            chosen.others = [take_back]
        case AgreementState.WITH_PARTNER:
            chosen.next = chosen.next or Action(_("Invite the partner to answer"), url("invite"))
            chosen.others = [take_back]
        case AgreementState.APPROVED if signs:
            issued = any(one.kind == "agreement" and one.state == PaperState.VALID for one in papers)
            issue = Action(_("Make the PDF to sign"), url("issue"), post=True)
            sign = Action(_("Bring into force"), url("sign"))
            chosen.next, chosen.others = (sign, [issue]) if issued else (issue, [sign])
            chosen.others.append(take_back)
        case AgreementState.IN_FORCE | AgreementState.EXPIRED:
            successor = Action(
                _("Continue by a new agreement"),
                url("continue"),
                post=True,
                asks=_(
                    "A draft with the same content is made, its years moved on. This agreement stays in force."
                ),
            )
            memo = Action(_("Write the memo on renewal (PDF)"), url("memo"), post=True, icon="file-text")
            memo_docx = Action(_("Memo on renewal (DOCX)"), url("memo_docx"), icon="download")
            if in_notice(agreement, today) and agreement.state == AgreementState.IN_FORCE:
                chosen.next = chosen.next or successor
                chosen.others = [memo, memo_docx]
            else:
                chosen.others = [successor, memo, memo_docx]
            if agreement.imported_by_id is not None:
                chosen.others.append(Action(_("Add a scan"), url("scan"), icon="file-text"))
            elif agreement.state == AgreementState.IN_FORCE and signs:
                chosen.others.append(
                    Action(
                        _("Make the PDF anew, with the signers"), url("issue"), post=True, icon="file-text"
                    )
                )
