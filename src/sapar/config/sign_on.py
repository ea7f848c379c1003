"""Sign-on through universities: read from a file, so that secrets stand neither in the program nor in the database."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,49}")
NEEDED = {
    "oidc": {"server", "client_id", "client_secret"},
    "saml": {"entity_id", "sso_url", "certificate"},
}
POSSIBLE = {"oidc": {"token_auth_method"}, "saml": {"slo_url", "email_attribute", "subject_attribute"}}
COMMON = {"kind", "name", "domains"}


class SignOnUnclear(ValueError):
    """The file does not say what it must; the sentence says where."""


@dataclass(frozen=True)
class SignOn:
    """What the sign-in library wants to know, and where the sign-in form may lead the browser."""

    providers: dict[str, Any] = field(default_factory=dict)
    origins: tuple[str, ...] = ()

    @property
    def uses_saml(self) -> bool:
        return bool(self.providers.get("saml", {}).get("APPS"))


def read_sign_on(path: Path | None) -> SignOn:
    """The universities of the file; none without a file.

    Raises:
        SignOnUnclear
    """
    if path is None:
        return SignOn()
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SignOnUnclear(f"{path} cannot be read: {error}") from error
    apps: dict[str, list[dict[str, Any]]] = {"oidc": [], "saml": []}
    origins = set()
    for name, said in found.items():
        kind = _checked(name, said, path)
        apps[kind].append(_oidc(name, said) if kind == "oidc" else _saml(name, said, path))
        origins.add(_origin(str(said["server" if kind == "oidc" else "sso_url"])))
    return SignOn(
        {
            "openid_connect": {"APPS": apps["oidc"], "OAUTH_PKCE_ENABLED": True},
            "saml": {"APPS": apps["saml"]},
        },
        tuple(sorted(origins)),
    )


def _checked(name: str, said: object, path: Path) -> str:
    if not isinstance(said, dict) or not NAME.fullmatch(name):
        raise SignOnUnclear(f"{path}: [{name}] must be a table named by small letters, digits and hyphens.")
    kind = said.get("kind")
    if kind not in NEEDED:
        raise SignOnUnclear(f"{path}: [{name}] says kind = {kind!r}; it must be “oidc” or “saml”.")
    needed = NEEDED[kind] | COMMON
    if missing := sorted(needed - set(said)):
        raise SignOnUnclear(f"{path}: [{name}] lacks {', '.join(missing)}.")
    if unknown := sorted(set(said) - needed - POSSIBLE[kind]):
        raise SignOnUnclear(f"{path}: [{name}] says {', '.join(unknown)}, which means nothing here.")
    domains = said["domains"]
    if not isinstance(domains, list) or not domains or not all(isinstance(one, str) for one in domains):
        raise SignOnUnclear(f"{path}: [{name}] must list the domains of its own e-mail addresses.")
    return str(kind)


def _oidc(name: str, said: dict[str, Any]) -> dict[str, Any]:
    settings = {"server_url": said["server"], "domains": _domains(said)}
    if "token_auth_method" in said:
        settings["token_auth_method"] = said["token_auth_method"]
    return {
        "provider_id": name,
        "name": said["name"],
        "client_id": said["client_id"],
        "secret": said["client_secret"],
        "settings": settings,
    }


def _saml(name: str, said: dict[str, Any], path: Path) -> dict[str, Any]:
    certificate = said["certificate"]
    if "BEGIN CERTIFICATE" not in certificate:
        try:
            certificate = (path.parent / certificate).read_text(encoding="ascii")
        except (OSError, ValueError) as error:
            raise SignOnUnclear(f"{path}: the certificate of [{name}] cannot be read: {error}") from error
    idp = {"entity_id": said["entity_id"], "sso_url": said["sso_url"], "x509cert": certificate}
    if "slo_url" in said:
        idp["slo_url"] = said["slo_url"]
    mapping = {
        "uid": [said.get("subject_attribute", "urn:oasis:names:tc:SAML:attribute:subject-id")],
        "email": [
            said.get("email_attribute", "urn:oid:0.9.2342.19200300.100.1.3"),
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
        ],
    }
    return {
        "provider_id": name,
        "name": said["name"],
        "client_id": name,
        # A university's own addresses are its word; whose they are is asked by `domains`.
        "settings": {
            "idp": idp,
            "attribute_mapping": mapping,
            "domains": _domains(said),
            "verified_email": True,
        },
    }


def _domains(said: dict[str, Any]) -> list[str]:
    return sorted({str(one).strip().lower().lstrip("@") for one in said["domains"]})


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
