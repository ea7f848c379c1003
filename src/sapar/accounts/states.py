"""Who somebody is to an office, and what a link is for."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    OFFICER = "officer", _("International officer")
    COORDINATOR = "coordinator", _("Faculty coordinator")
    LEGAL = "legal", _("Legal department")
    VICE_RECTOR = "vice_rector", _("Vice-rector")
    RECTOR = "rector", _("Rector")
    REVIEWER = "reviewer", _("Reviewer of applications")
    VIEWER = "viewer", _("Reader of lists and reports")


class ScopeKind(TextChoices):
    OFFICE = "office", _("the whole office")
    UNIT = "unit", _("one faculty or department")
    AGREEMENT = "agreement", _("one agreement")
    EVENT = "event", _("one event")


class LinkPurpose(TextChoices):
    """What the holder of a signed link may do; each purpose belongs to one kind of record."""

    ANSWER_AGREEMENT = "answer_agreement", _("read and answer an agreement")
    APPLY = "apply", _("fill in an application")
    ANSWER_NOMINATION = "answer_nomination", _("accept or decline nominated students")
    SIGN_LEARNING_AGREEMENT = "sign_learning_agreement", _("sign a learning agreement")
    GIVE_TRANSCRIPT = "give_transcript", _("give a transcript of records")
    FOLLOW_STAY = "follow_stay", _("follow one's own stay")


class ConsentKind(TextChoices):
    PROCESSING = "processing", _("processing of personal data")
    TRANSFER_TO_PARTNER = "transfer_to_partner", _("transfer of personal data to the partner university")
    PUBLICITY = "publicity", _("photo and story in publications")
