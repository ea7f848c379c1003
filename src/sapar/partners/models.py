"""Tables of partnerships and agreements."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from sapar.accounts.models import OfficeOwned, User
from sapar.directory.models import Organisation, Unit
from sapar.directory.states import Level
from sapar.files.models import StoredFile
from sapar.partners.states import (
    AgreementKind,
    AgreementListState,
    AgreementState,
    ApprovalRole,
    Direction,
    ImportState,
    MobilityKind,
    PartnershipState,
    RowDecision,
    StepState,
    VersionState,
)


class PartnerImport(OfficeOwned):
    """One list brought by the office, from mapping to undo."""

    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.MAPPED)
    columns = models.JSONField(help_text="the file's columns, in order")
    mapping = models.JSONField(default=dict, help_text="our field → the file's column")
    notes = models.JSONField(default=list, help_text="rows and cells that belong to no column")
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True, help_text="why the comparison stopped")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)


class ImportMapping(OfficeOwned):
    """How the office's lists are to be read; remembered by their column names."""

    signature = models.CharField(max_length=64)
    mapping = models.JSONField()
    used_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="import_mapping_once", fields=["office", "signature"])
        ]


class Partnership(OfficeOwned):
    """What the office has with one organisation.

    Where two organisations are merged and the office had both as partners, one partnership stands for the other.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="partnerships")
    state = models.CharField(max_length=8, choices=PartnershipState.choices, default=PartnershipState.ACTIVE)
    since = models.DateField(null=True, blank=True)
    last_contact_on = models.DateField(null=True, blank=True)
    responsible = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    local_number = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)
    imported_by = models.ForeignKey(
        PartnerImport, null=True, blank=True, on_delete=models.SET_NULL, related_name="partnerships"
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    added_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="partnership_once", fields=["office", "organisation"])
        ]


class PartnerImportRow(OfficeOwned):
    """One row of the office's list, what we think it is, and why."""

    batch = models.ForeignKey(PartnerImport, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(help_text="row in the file, the first line is 1")
    cells = models.JSONField()
    fields = models.JSONField(default=dict, help_text="our field → value")
    decision = models.CharField(max_length=8, choices=RowDecision.choices)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.SET_NULL, related_name="+")
    score = models.FloatField(null=True)
    reasons = models.JSONField(default=list)
    candidates = models.JSONField(default=list, help_text="[{organisation, score, reasons}]")
    problems = models.JSONField(default=list, help_text="[{column, value, reason}]")
    same_as = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="an earlier row that adds it",
    )
    decided_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    partnership = models.ForeignKey(Partnership, null=True, on_delete=models.SET_NULL, related_name="+")
    contact = models.ForeignKey("Contact", null=True, on_delete=models.SET_NULL, related_name="+")
    created_organisation = models.BooleanField(default=False)
    created_partnership = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="import_row_once", fields=["batch", "number"])]


class Contact(OfficeOwned):
    """A person at the partner; no account, reached by links and letters."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=200)
    post = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=5, default="en")
    is_main = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="one_main_contact", fields=["partnership"], condition=Q(is_main=True)
            )
        ]


class AgreementImport(OfficeOwned):
    """One list of agreements signed before, from its columns to undo. Its rows stay in the file."""

    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=10, choices=AgreementListState.choices, default=AgreementListState.MAPPED
    )
    columns = models.JSONField(help_text="the file's columns, in order")
    signature = models.CharField(max_length=64, help_text="the same for lists with the same columns")
    mapping = models.JSONField(default=dict, help_text="our field → the file's column")
    header_row = models.PositiveIntegerField(default=0)
    settings = models.JSONField(default=dict, help_text="what is meant where no column says it")
    partners = models.JSONField(default=dict, help_text="name in the list → organisation, or nothing yet")
    reasons = models.JSONField(default=dict, help_text="name in the list → why it is that organisation")
    candidates = models.JSONField(default=dict, help_text="name in the list → organisations it may be")
    kinds = models.JSONField(default=dict, help_text="unknown kind of the list → kind, or nothing yet")
    faculties = models.JSONField(default=dict, help_text="unknown faculty of the list → unit, or nothing yet")
    ready = models.JSONField(default=list, help_text="what can be taken, one agreement after the other")
    refused = models.JSONField(default=list, help_text="[{row, column, value, reason}]")
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True, help_text="why background work stopped")
    contacts = models.JSONField(default=list, help_text="contact persons that it added")
    partnerships = models.JSONField(default=list, help_text="partnerships that it began")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)


class Agreement(OfficeOwned):
    """A legal tie with one partnership; its content lives in numbered versions."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="agreements")
    kind = models.CharField(max_length=20, choices=AgreementKind.choices)
    title = models.CharField(max_length=250)
    number = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=14, choices=AgreementState.choices, default=AgreementState.DRAFT)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True, help_text="empty: unlimited")
    renews_automatically = models.BooleanField(default=False)
    renewal_months = models.PositiveSmallIntegerField(default=0)
    notice_months = models.PositiveSmallIntegerField(default=3)
    signed_on = models.DateField(null=True, blank=True)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="agreements")
    responsible = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    languages = models.JSONField(default=list, help_text="one or two languages side by side")
    home_signer = models.CharField(max_length=200, blank=True)
    home_signer_post = models.CharField(max_length=200, blank=True)
    home_authority = models.CharField(max_length=200, blank=True, help_text="basis of authority to sign")
    partner_signer = models.CharField(max_length=200, blank=True)
    partner_signer_post = models.CharField(max_length=200, blank=True)
    partner_authority = models.CharField(max_length=200, blank=True)
    renewal_alerted_at = models.DateTimeField(null=True, blank=True)
    replaces = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="successors"
    )
    termination_reason = models.TextField(blank=True)
    imported_by = models.ForeignKey(
        AgreementImport,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="agreements",
        help_text="the office's list it was taken from: signed on paper, outside Sapar",
    )
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="agreement_number_once", fields=["office", "number"], condition=~Q(number="")
            ),
            models.CheckConstraint(
                name="agreement_ends_after_it_starts",
                condition=Q(ends_on__isnull=True)
                | Q(starts_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="agreement_in_force_is_numbered_and_dated",
                condition=~Q(state=AgreementState.IN_FORCE)
                | (~Q(number="") & Q(signed_on__isnull=False) & Q(starts_on__isnull=False)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["office", "state", "ends_on"]),
            # The list begins with what ends first: the page is read from the index, not sorted out of all.
            models.Index(fields=["office", "ends_on", "id"]),
            models.Index(fields=["office", "-made_at"]),
        ]


class AgreementVersion(OfficeOwned):
    """The content at one moment. Frozen, it has a snapshot and its digest; a change is a new version."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default=VersionState.DRAFT)
    texts = models.JSONField(default=dict, help_text="language → [{heading, text}]")
    snapshot = models.JSONField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="agreement_version_once", fields=["agreement", "number"]),
            models.CheckConstraint(
                name="frozen_version_has_its_digest",
                condition=Q(state=VersionState.DRAFT) | (~Q(digest="") & Q(snapshot__isnull=False)),
            ),
        ]


class Condition(OfficeOwned):
    """Places for one academic year in one direction, as a row of the agreement's table."""

    version = models.ForeignKey(AgreementVersion, on_delete=models.CASCADE, related_name="conditions")
    academic_year = models.PositiveSmallIntegerField(help_text="the year it begins: 2026 is 2026/27")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    kind = models.CharField(max_length=14, choices=MobilityKind.choices, default=MobilityKind.STUDY)
    isced_f = models.CharField(max_length=4, blank=True, help_text="four digits; empty: any field")
    level = models.CharField(max_length=10, choices=Level.choices, blank=True)
    places = models.PositiveSmallIntegerField()
    months = models.DecimalField(max_digits=4, decimal_places=1, help_text="months for each person")
    language = models.CharField(max_length=8, blank=True)
    language_level = models.CharField(max_length=2, blank=True)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="condition_months_positive", condition=Q(months__gt=0)),
            models.CheckConstraint(name="condition_places_positive", condition=Q(places__gt=0)),
        ]


class ApprovalStep(OfficeOwned):
    """One station of the route for one version."""

    version = models.ForeignKey(AgreementVersion, on_delete=models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=12, choices=ApprovalRole.choices)
    state = models.CharField(max_length=8, choices=StepState.choices, default=StepState.WAITING)
    waiting_since = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=200, blank=True)
    remark = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True, help_text="digest of what was approved")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="approval_step_once", fields=["version", "order"]),
            models.CheckConstraint(
                name="answered_step_says_who_and_what",
                condition=Q(state=StepState.WAITING)
                | (Q(answered_at__isnull=False) & ~Q(answered_by="") & ~Q(digest="")),
            ),
        ]


class Obligation(OfficeOwned):
    """Something an agreement obliges somebody to, with a date."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="obligations")
    text = models.CharField(max_length=300)
    due_on = models.DateField()
    responsible = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    done_on = models.DateField(null=True, blank=True)
    result = models.CharField(max_length=300, blank=True)
