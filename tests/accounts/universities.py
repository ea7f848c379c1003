"""Sign-on services of invented universities: OpenID Connect on loopback, SAML by signing answers."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import oidc_provider_mock
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from pytest_django.fixtures import Settings

from sapar.config.sign_on import read_sign_on

EMAIL = "urn:oid:0.9.2342.19200300.100.1.3"
SUBJECT = "urn:oasis:names:tc:SAML:attribute:subject-id"
ENTITY = "https://sso.example.org/idp"


def sign_on_by(settings: Settings, path: Path, said: str) -> None:
    """As if the server had been started with this file."""
    path.write_text(said, encoding="utf-8")
    found = read_sign_on(path)
    settings.SOCIALACCOUNT_PROVIDERS = found.providers
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {
        "DIRECTIVES": {**policy, "form-action": ["'self'", *found.origins]},
    }


@contextmanager
def oidc_provider(people: dict[str, dict[str, object]]) -> Iterator[str]:
    """A provider that lets everybody sign in as one of the people; answers its address."""
    users = [oidc_provider_mock.User(sub=sub, claims=claims) for sub, claims in people.items()]
    with oidc_provider_mock.run_server_in_thread(user_claims=users) as server:
        yield f"http://127.0.0.1:{server.server_port}"


OIDC_FILE = """
[osh]
kind = "oidc"
name = "Osh Demo University"
domains = ["example.org"]
server = "{server}"
client_id = "sapar"
client_secret = "not-a-secret-in-tests"
"""


@dataclass(frozen=True)
class Key:
    private: str
    certificate: str


@cache
def key_of(name: str) -> Key:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .sign(key, hashes.SHA256())
    )
    return Key(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode(),
        certificate.public_bytes(serialization.Encoding.PEM).decode(),
    )


def saml_file(folder: Path) -> str:
    (folder / "idp.pem").write_text(key_of("idp").certificate)
    return f"""
[tokmok]
kind = "saml"
name = "Tokmok Demo University"
domains = ["example.org"]
entity_id = "{ENTITY}"
sso_url = "https://sso.example.org/sso"
certificate = "idp.pem"
"""


def request_id(address: str) -> str:
    """The id of the request for sign-on that stands in the address to which the browser was sent."""
    packed = parse_qs(urlsplit(address).query)["SAMLRequest"][0]
    return str(etree.fromstring(zlib.decompress(base64.b64decode(packed), -15)).get("ID"))


@dataclass
class Answer:
    """What the university answers; each part can be made wrong."""

    to: str
    acs: str = "http://localhost/accounts/saml/tokmok/acs/"
    audience: str = "http://localhost/accounts/saml/tokmok/metadata/"
    issuer: str = ENTITY
    subject: str = "s-1"
    email: str = "aigul@example.org"
    minutes: int = 5
    signed_by: str = "idp"
    attributes: dict[str, str] = field(default_factory=dict)

    def assertion(self) -> str:
        now = datetime.now(UTC)
        end = _moment(now + timedelta(minutes=self.minutes))
        start = _moment(now - timedelta(minutes=30))
        said = {SUBJECT: self.subject, EMAIL: self.email, **self.attributes}
        attributes = "".join(
            f'<saml:Attribute Name="{name}"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>'
            for name, value in said.items()
        )
        in_response = f' InResponseTo="{self.to}"' if self.to else ""
        return (
            f'<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_{uuid4().hex}" Version="2.0"'
            f' IssueInstant="{_moment(now)}"><saml:Issuer>{self.issuer}</saml:Issuer>'
            f"<saml:Subject><saml:NameID>{self.subject}</saml:NameID>"
            '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
            f'<saml:SubjectConfirmationData NotOnOrAfter="{end}" Recipient="{self.acs}"{in_response}/>'
            "</saml:SubjectConfirmation></saml:Subject>"
            f'<saml:Conditions NotBefore="{start}" NotOnOrAfter="{end}"><saml:AudienceRestriction>'
            f"<saml:Audience>{self.audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>"
            f'<saml:AuthnStatement AuthnInstant="{_moment(now)}" SessionIndex="_{uuid4().hex}"><saml:AuthnContext>'
            "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>"
            f"</saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>{attributes}"
            "</saml:AttributeStatement></saml:Assertion>"
        )

    def signed_assertion(self) -> str:
        if not self.signed_by:
            return self.assertion()
        key = key_of(self.signed_by)
        return _text(OneLogin_Saml2_Utils.add_sign(self.assertion(), key.private, key.certificate))

    def response(self, *assertions: str) -> str:
        in_response = f' InResponseTo="{self.to}"' if self.to else ""
        inside = "".join(assertions) or self.signed_assertion()
        return (
            '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"'
            ' xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"'
            f' ID="_{uuid4().hex}" Version="2.0" IssueInstant="{_moment(datetime.now(UTC))}"'
            f' Destination="{self.acs}"{in_response}><saml:Issuer>{self.issuer}</saml:Issuer>'
            '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
            f"{inside}</samlp:Response>"
        )


def packed(response: str) -> str:
    return base64.b64encode(response.encode()).decode()


def _moment(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(xml: Any) -> str:
    return xml.decode() if isinstance(xml, bytes) else str(xml)
