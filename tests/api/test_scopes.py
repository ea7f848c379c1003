"""A token does what its scopes say and no more, for as long as its user may."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from sapar.accounts.models import ApiToken, User
from sapar.accounts.services import make_token
from tests.api.test_foreign_ids import CHANGING, everything, routes
from tests.api.test_routes import ALL, client_of
from tests.cast import NOW, Cast, signed_in


def ask(client: Client, route: str) -> int:
    method, path = route.split()
    call = getattr(client, method.lower())
    return int(call("/api/v1" + path.format(pk=1), content_type="application/json").status_code)


@pytest.mark.parametrize("scope", ALL)
def test_of_all_routes_only_those_of_the_scope_go_beyond_the_door(cast: Cast, scope: str) -> None:
    """Even an administrator's token."""
    client = client_of(cast.administrator, cast.office, [scope])
    needs = dict.fromkeys(routes(*CHANGING), "write") | dict.fromkeys(routes("get"), "read")
    needs |= {route: "connect" for route in needs if "/webhooks" in route}
    before = everything()
    for route, needed in needs.items():
        if needed != scope:
            assert ask(client, route) == 403, route
    assert everything() == before
    assert any(ask(client, route) != 403 for route, needed in needs.items() if needed == scope)


LOSSES: dict[str, Callable[[User], object]] = {
    "the role is withdrawn": lambda user: user.grants.all().delete(),
    "the account is closed": lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_who_lost_the_right_is_out_at_once_by_page_and_by_token(cast: Cast, loss: str) -> None:
    page, token = signed_in(cast.officer), client_of(cast.officer, cast.office)
    assert (page.get("/o/alatoo/").status_code, token.get("/api/v1/calls").status_code) == (200, 200)
    LOSSES[loss](cast.officer)
    assert page.get("/o/alatoo/").status_code in (302, 404)
    for route in (*routes("get"), *routes(*CHANGING)):
        assert ask(token, route) == 401, route


def test_a_smaller_role_makes_the_same_token_smaller(cast: Cast) -> None:
    token = client_of(cast.officer, cast.office)
    assert token.get("/api/v1/agreement-lists").status_code == 200
    cast.officer.grants.update(role="viewer")
    assert token.get("/api/v1/agreement-lists").status_code == 403
    assert token.get("/api/v1/calls").status_code == 200


def test_a_new_password_ends_the_other_sessions_and_lets_nobody_reuse_the_old_one(cast: Cast) -> None:
    thief = signed_in(cast.officer)
    assert thief.get("/o/alatoo/").status_code == 200
    cast.officer.set_password("another-long-journey")
    cast.officer.save()
    assert thief.get("/o/alatoo/").status_code == 302


def test_a_token_of_another_office_or_of_the_past_is_none(cast: Cast) -> None:
    """The role of one office does not carry a token that was made in another."""
    client = client_of(cast.officer, cast.office)
    ApiToken.objects.update(office=cast.other_office)
    assert client.get("/api/v1/calls").status_code == 401
    token, key = make_token(cast.officer, cast.office, name="t", scopes=ALL, days=1, by=cast.officer, at=NOW)
    ApiToken.objects.filter(pk=token.pk).update(expires_at=NOW)
    assert Client(headers={"authorization": f"Bearer {key}"}).get("/api/v1/calls").status_code == 401
