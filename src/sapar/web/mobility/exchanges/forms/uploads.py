"""A file field that refuses what is too large before it is read; many small forms on one page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _


class Upload(forms.FileField):
    def clean(self, data: Any, initial: Any = None) -> Any:
        found = super().clean(data, initial)
        if isinstance(found, UploadedFile) and (found.size or 0) > settings.MAX_UPLOAD_BYTES:
            most = settings.MAX_UPLOAD_BYTES // 1024**2
            raise forms.ValidationError(_("The file is larger than %(most)s MB.") % {"most": most})
        return found


def are_valid(forms_: Iterable[forms.Form]) -> bool:
    """All of them are asked, so that every error shows at once."""
    answers = [form.is_valid() for form in forms_]
    return all(answers)
