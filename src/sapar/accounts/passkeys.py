"""Answers of passkeys, looked at before the sign-in library reads them.

A browser makes them, so what has another shape comes from a program that tries things: it is refused as a bad
request (400) and never becomes an error of ours.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm as SecondStepForm
from django import forms
from django.core.exceptions import BadRequest
from django.utils.translation import gettext_lazy as _
from fido2.utils import websafe_decode
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

MOST = 100_000  # characters; a long attestation has a few thousand
SIGNS = 12  # a number beyond them, in base 36, fits no column


class CredentialField(forms.JSONField):
    """JSON of bounded length, depth and numbers, whose `read` takes it."""

    def __init__(self, read: Any) -> None:
        self.read = read
        super().__init__(required=True, widget=forms.HiddenInput)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > MOST:
            raise BadRequest("The answer of the passkey is too long.")
        try:
            found = super().to_python(value)
            if found not in self.empty_values:
                self.read(found)
        except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
            raise BadRequest("The answer of the passkey cannot be read.") from error
        return found


def _registration(found: Any) -> None:
    RegistrationResponse.from_dict(found)


def _authentication(found: Any) -> None:
    AuthenticationResponse.from_dict(found)
    handle = found["response"].get("userHandle")
    if handle is not None and not (isinstance(handle, str) and len(websafe_decode(handle)) <= SIGNS):
        raise ValueError("this names no user")


class AddPasskey(AddWebAuthnForm):  # type: ignore[misc]
    credential = CredentialField(_registration)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")


class NamePasskey(EditWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")


class PasskeySignIn(LoginWebAuthnForm):  # type: ignore[misc]
    credential = CredentialField(_authentication)


class PasskeyAgain(ReauthenticateWebAuthnForm):  # type: ignore[misc]
    credential = CredentialField(_authentication)


class PasskeySecondStep(SecondStepForm):  # type: ignore[misc]
    credential = CredentialField(_authentication)
