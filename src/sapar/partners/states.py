"""Kinds and states of partnerships and agreements."""

from __future__ import annotations

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from sapar.core.flow import Flow, move


class PartnershipState(TextChoices):
    ACTIVE = "active", _("active")
    DORMANT = "dormant", _("dormant")
    ENDED = "ended", _("ended")


class Zone(TextChoices):
    """Where a partner is, seen from the office: each office says itself what is near abroad."""

    HOME = "home", _("in the country")
    NEAR = "near", _("near abroad")
    FAR = "far", _("far abroad")


class AgreementKind(TextChoices):
    MEMORANDUM = "memorandum", _("Memorandum of understanding")
    FRAMEWORK = "framework", _("Framework agreement")
    EXCHANGE = "exchange", _("Exchange agreement")
    INTER_INSTITUTIONAL = "inter_institutional", _("Inter-institutional agreement")
    DOUBLE_DEGREE = "double_degree", _("Double degree agreement")
    RESEARCH = "research", _("Research agreement")


KINDS_WITH_PLACES = frozenset(
    {AgreementKind.EXCHANGE, AgreementKind.INTER_INSTITUTIONAL, AgreementKind.DOUBLE_DEGREE}
)


class AgreementState(TextChoices):
    DRAFT = "draft", _("draft")
    IN_APPROVAL = "in_approval", _("in approval")
    WITH_PARTNER = "with_partner", _("with the partner")
    APPROVED = "approved", _("approved, to be signed")
    IN_FORCE = "in_force", _("in force")
    EXPIRED = "expired", _("expired")
    TERMINATED = "terminated", _("terminated")


_S = AgreementState
AGREEMENT_FLOW = Flow(
    send_for_approval=move([_S.DRAFT], _S.IN_APPROVAL),
    return_to_draft=move([_S.IN_APPROVAL, _S.WITH_PARTNER], _S.DRAFT),
    send_to_partner=move([_S.DRAFT, _S.IN_APPROVAL], _S.WITH_PARTNER),
    approve=move([_S.WITH_PARTNER], _S.APPROVED),
    revise=move([_S.APPROVED], _S.DRAFT),
    bring_into_force=move([_S.APPROVED], _S.IN_FORCE),
    expire=move([_S.IN_FORCE], _S.EXPIRED),
    give_up=move([_S.DRAFT], _S.TERMINATED),
    terminate=move([_S.IN_FORCE, _S.APPROVED, _S.WITH_PARTNER, _S.IN_APPROVAL], _S.TERMINATED),
)


class VersionState(StrEnum):
    """A version is a draft until it is sent round; then its snapshot is frozen for good."""

    DRAFT = "draft"
    FROZEN = "frozen"
    SUPERSEDED = "superseded"


class Direction(TextChoices):
    OUTGOING = "out", _("outgoing")
    INCOMING = "in", _("incoming")


class MobilityKind(TextChoices):
    STUDY = "study", _("students, studies")
    TRAINEESHIP = "traineeship", _("students, traineeship")
    TEACHING = "teaching", _("staff, teaching")
    STAFF_TRAINING = "staff_training", _("staff, training")


class ApprovalRole(TextChoices):
    """Stations of the route, in their usual order; the partner answers through a signed link."""

    LEGAL = "legal", _("Legal department")
    VICE_RECTOR = "vice_rector", _("Vice-rector")
    RECTOR = "rector", _("Rector")
    PARTNER = "partner", _("Partner")


class StepState(TextChoices):
    WAITING = "waiting", _("waiting")
    APPROVED = "approved", _("approved")
    RETURNED = "returned", _("returned with a remark")


class ImportState(TextChoices):
    MAPPED = "mapped", _("columns recognised")
    MATCHING = "matching", _("being compared with the directory")
    PREVIEWED = "previewed", _("ready to import")
    TAKEN = "taken", _("imported")
    UNDONE = "undone", _("undone")
    DISCARDED = "discarded", _("thrown away")


_I = ImportState
IMPORT_FLOW = Flow(
    compare=move([_I.MAPPED, _I.MATCHING, _I.PREVIEWED], _I.MATCHING),
    preview=move([_I.MATCHING], _I.PREVIEWED),
    stop=move([_I.MATCHING], _I.MAPPED),
    take=move([_I.PREVIEWED], _I.TAKEN),
    undo=move([_I.TAKEN], _I.UNDONE),
    discard=move([_I.MAPPED, _I.MATCHING, _I.PREVIEWED], _I.DISCARDED),
)


class RowDecision(TextChoices):
    """What happens with a row of the office's list."""

    MATCH = "match", _("the same as in the directory")
    NEW = "new", _("add to the directory")
    ASK = "ask", _("a person must decide")
    SKIP = "skip", _("leave out")
    REJECT = "reject", _("cannot be taken")


class AgreementListState(TextChoices):
    """A list of agreements that were signed before the office began with Sapar."""

    MAPPED = "mapped", _("columns recognised")
    READING = "reading", _("being read")
    PREVIEWED = "previewed", _("ready to be put on record")
    TAKING = "taking", _("being put on record")
    TAKEN = "taken", _("on record")
    UNDONE = "undone", _("undone")
    DISCARDED = "discarded", _("thrown away")


_L = AgreementListState
AGREEMENT_LIST_FLOW = Flow(
    read=move([_L.MAPPED, _L.READING, _L.PREVIEWED], _L.READING),
    preview=move([_L.READING], _L.PREVIEWED),
    choose=move([_L.PREVIEWED], _L.PREVIEWED),
    stop=move([_L.READING], _L.MAPPED),
    begin=move([_L.PREVIEWED], _L.TAKING),
    take=move([_L.PREVIEWED, _L.TAKING], _L.TAKEN),
    halt=move([_L.TAKING], _L.PREVIEWED),
    undo=move([_L.TAKEN], _L.UNDONE),
    discard=move([_L.MAPPED, _L.READING, _L.PREVIEWED], _L.DISCARDED),
)
