"""Keys rotate without losing a value."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.utils import decrypt
from cryptography.fernet import Fernet
from django.db import connection
from django.test import override_settings

from sapar.config.encryption import encrypted_fields, rotate_field, rotate_second_steps, unreadable_fields
from sapar.core.crypto import UnreadableField
from sapar.directory.models import Person
from tests.cast import Cast
from tests.story import student

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def raw_number() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT passport_number FROM directory_person")
        return str(cursor.fetchone()[0])


def test_value_is_unreadable_in_the_database_and_survives_rotation(cast: Cast) -> None:
    with override_settings(FIELD_KEYS=[OLD]):
        person = student(cast, "Best", "3.9").person
        person.passport_number = "ID1234567"
        person.save()
        assert "ID1234567" not in raw_number()
    with override_settings(FIELD_KEYS=[NEW, OLD]):
        for model, field in encrypted_fields():
            rotate_field(model, field)
    with override_settings(FIELD_KEYS=[NEW]):
        assert Person.objects.get().passport_number == "ID1234567"
    with override_settings(FIELD_KEYS=[OLD]), pytest.raises(UnreadableField):
        Person.objects.get()


def test_secret_of_an_authenticator_app_is_unreadable_and_survives_rotation(cast: Cast) -> None:
    with override_settings(FIELD_KEYS=[OLD]):
        TOTP.activate(cast.officer, "JBSWY3DPEHPK3PXP")
        assert "JBSWY3DPEHPK3PXP" not in str(Authenticator.objects.get().data)
    with override_settings(FIELD_KEYS=[NEW, OLD]):
        assert rotate_second_steps() == 1
    with override_settings(FIELD_KEYS=[NEW]):
        assert decrypt(Authenticator.objects.get().data["secret"]) == "JBSWY3DPEHPK3PXP"


def test_what_the_keys_of_a_machine_do_not_open_is_named(cast: Cast) -> None:
    with override_settings(FIELD_KEYS=[OLD]):
        person = student(cast, "Best", "3.9").person
        person.passport_number = "ID1234567"
        person.save()
        TOTP.activate(cast.officer, "JBSWY3DPEHPK3PXP")
        assert unreadable_fields() == []
    with override_settings(FIELD_KEYS=[NEW]):
        assert unreadable_fields() == ["directory.Person.passport_number", "second steps of the sign-in"]
