"""Authenticator apps: a code counts once, also the one by which the app was added."""

from __future__ import annotations

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import encrypt


class AddApp(ActivateTOTPForm):  # type: ignore[misc]
    def clean_code(self) -> str:
        """The library notes a code as used where somebody signs in, and not here."""
        code: str = super().clean_code()
        app = Authenticator(
            user=self.user, type=Authenticator.Type.TOTP, data={"secret": encrypt(self.secret)}
        )
        if not TOTP(app).validate_code(code):
            raise get_adapter().validation_error("incorrect_code")
        return code
