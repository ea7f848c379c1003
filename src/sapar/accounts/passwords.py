"""The sign-in library's forms about passwords, as our other forms are: a label of ours, help as one paragraph.

Whoever changes a password chooses what becomes of the own tokens: a routine change stops no program that nobody
thought of. Whoever sets one by letter has lost the old one, perhaps to somebody who made a token with it: all end.
"""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, ResetPasswordForm, ResetPasswordKeyForm
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sapar.accounts.models import ApiToken
from sapar.accounts.queries import live_tokens_of
from sapar.accounts.services import withdraw_token


class _Helped:
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = " ".join(password_validators_help_texts())


class AskForPassword(ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")


class NewPassword(_Helped, ResetPasswordKeyForm):  # type: ignore[misc]
    def live_tokens(self) -> list[ApiToken]:
        """Those that end with it; the page says so before."""
        return list(live_tokens_of(self.user, at=timezone.now())) if self.user else []

    @transaction.atomic
    def save(self) -> None:
        super().save()
        for token in self.live_tokens():
            withdraw_token(token, by=self.user, at=timezone.now())


class ChosenTokens(forms.ModelMultipleChoiceField[ApiToken]):
    def label_from_instance(self, obj: ApiToken) -> str:
        named = f"{obj.name} · {obj.office.name}"
        if obj.last_used_at is None:
            return named
        used = date_format(timezone.localtime(obj.last_used_at), "DATE_FORMAT")
        return f"{named} · {gettext('last used %(day)s') % {'day': used}}"


class OtherPassword(_Helped, ChangePasswordForm):  # type: ignore[misc]
    tokens = ChosenTokens(
        ApiToken.objects.none(),
        required=False,
        label=_("Tokens to withdraw as well"),
        help_text=_("Programs go on with your tokens under the new password. Those ticked stop at once."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The page has this link beside its button.
        self.fields["oldpassword"].help_text = ""
        live = live_tokens_of(self.user, at=timezone.now())
        if live.exists():
            self.fields["tokens"].queryset = live
        else:
            del self.fields["tokens"]

    @transaction.atomic
    def save(self) -> None:
        super().save()
        for token in self.cleaned_data.get("tokens", ()):
            withdraw_token(token, by=self.user, at=timezone.now())
