"""Tables of accounts."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sapar.accounts.states import ConsentKind, LinkPurpose, Role, ScopeKind
from sapar.core.crypto import EncryptedTextField


class Office(models.Model):
    """One tenant: the international office of one institution."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    names = models.JSONField(default=dict, blank=True, help_text="language → name")
    country_code = models.CharField(max_length=2)
    languages = models.JSONField(default=list, help_text="languages of papers, state language first")
    near_abroad = models.JSONField(default=list, blank=True, help_text="country codes counted as near abroad")
    year_starts_month = models.PositiveSmallIntegerField(default=9)
    keep_years = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="time of keeping: years after the last thing about a person ended"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def name_in(self, language: str | None) -> str:
        """What the office is called in a language; its own name where it has none there."""
        return str(self.names.get((language or "").split("-")[0]) or self.name)


class OfficeOwned(models.Model):
    """A row that belongs to exactly one office; no query of a door may cross offices."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in. People who apply, visit or sign through a link are no users."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(max_length=5, default="en")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def get_full_name(self) -> str:
        return self.name


class RoleGrant(OfficeOwned):
    """`user` has `role` in `office`, within the scope."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    scope_kind = models.CharField(max_length=12, choices=ScopeKind.choices, default=ScopeKind.OFFICE)
    scope_id = models.BigIntegerField(null=True, blank=True)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="grant_scope_is_whole_or_named",
                condition=Q(scope_kind=ScopeKind.OFFICE, scope_id__isnull=True)
                | (~Q(scope_kind=ScopeKind.OFFICE) & Q(scope_id__isnull=False)),
            ),
            models.UniqueConstraint(
                name="grant_once",
                fields=["office", "user", "role", "scope_kind", "scope_id"],
                condition=Q(scope_id__isnull=False),
            ),
            models.UniqueConstraint(
                name="grant_of_whole_office_once",
                fields=["office", "user", "role", "scope_kind"],
                condition=Q(scope_id__isnull=True),
            ),
        ]


class SignedLink(OfficeOwned):
    """A key handed to somebody without an account, for one purpose on one record.

    Only a hash of the key is kept: who reads the database cannot act with it.
    """

    purpose = models.CharField(max_length=32, choices=LinkPurpose.choices)
    subject_id = models.BigIntegerField()
    key_hash = models.CharField(max_length=64, unique=True)
    holder_name = models.CharField(max_length=200)
    holder_email = models.EmailField(blank=True)
    language = models.CharField(max_length=5, default="en")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["purpose", "subject_id"])]


class Consent(OfficeOwned):
    """What a person agreed to, with the words they saw; withdrawn, never deleted."""

    person_id = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=24, choices=ConsentKind.choices)
    text = models.TextField()
    language = models.CharField(max_length=5)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)


class ApiToken(OfficeOwned):
    """A machine's key; acts as its user, within its scopes."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)


class SavedView(OfficeOwned):
    """A list with filters, order and columns that somebody wants to see again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    list_name = models.CharField(max_length=50)
    title = models.CharField(max_length=80)
    query = models.CharField(max_length=1000)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="saved_view_once", fields=["user", "office", "list_name", "title"])
        ]


class NumberSeries(OfficeOwned):
    """The last number given in one register of one year."""

    series = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="number_series_once", fields=["office", "series", "year"])
        ]


class Sending(models.Model):
    """A form or a request that came and what was answered, so that the same one coming again changes nothing.

    It belongs to a door and not to an office. The answer may show a key that is shown once: it is encrypted.
    """

    mark = models.CharField(max_length=64, unique=True)
    content = models.CharField(max_length=64, blank=True)
    status = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=100, blank=True)
    place = models.TextField(blank=True)
    answer_text = EncryptedTextField(blank=True)
    sent_at = models.DateTimeField(db_index=True)
