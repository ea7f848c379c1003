"""What every form that is sent brings along. Loaded for all templates, so that no form can forget it."""

from __future__ import annotations

import secrets

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html

from sapar.accounts.sendings import ONCE

register = template.Library()


class FormMarks(CsrfTokenNode):
    """The token that shows whose page a form is from, and the mark that tells this form from its next copy."""

    def render(self, context: Context) -> str:
        token = super().render(context)
        once = format_html('<input type="hidden" name="{}" value="{}">', ONCE, secrets.token_urlsafe(16))
        return token + once if token else token


@register.tag
def csrf_token(parser: Parser, token: Token) -> FormMarks:
    """In place of Django's own tag of this name."""
    del parser, token
    return FormMarks()
