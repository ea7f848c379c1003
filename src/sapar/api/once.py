"""`Idempotency-Key`: a program that got no answer sends its request again and changes nothing twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.utils import timezone
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from sapar.accounts.models import ApiToken
from sapar.accounts.sendings import digest_of, take_once
from sapar.api.access import valid_token
from sapar.core.errors import DomainError

HEADER, AGAIN = "Idempotency-Key", "Idempotency-Replayed"
MOST = 255
CHANGING = ("post", "put", "patch", "delete")
PARAMETER = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": MOST},
    "description": "Made anew for each request; the same request sent again with it gets the first one's answer.",
}


class KeyTooLong(DomainError):
    template = "The header Idempotency-Key has at most %(most)s characters."
    status = 422


class OnceAPI(NinjaAPI):
    """Knows the header on every route that changes something, and describes it there."""

    def get_openapi_schema(self, **asked: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**asked)
        for methods in schema["paths"].values():
            for method, operation in methods.items():
                if method in CHANGING:
                    operation["parameters"] = [*operation.get("parameters", []), PARAMETER]
        return schema

    def once(self, run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """Around a route: what came before with this key of this token is answered as it was then."""

        @wraps(run)
        def answer(request: HttpRequest, **asked: Any) -> HttpResponse:
            key, method = request.headers.get(HEADER, ""), (request.method or "").lower()
            token = _token(request) if key and method in CHANGING else None
            if token is None:  # nothing to remember, or the route itself refuses
                return run(request, **asked)
            try:
                return _answer_once(request, token, key, lambda: run(request, **asked))
            except DomainError as error:
                return self.on_exception(request, error)

        return answer


def _token(request: HttpRequest) -> ApiToken | None:
    scheme, _space, bearer = request.headers.get("Authorization", "").partition(" ")
    return valid_token(bearer, at=timezone.now()) if scheme.lower() == "bearer" else None


def _answer_once(
    request: HttpRequest, token: ApiToken, key: str, run: Callable[[], HttpResponse]
) -> HttpResponse:
    if len(key) > MOST:
        raise KeyTooLong(most=MOST)
    mark = digest_of(["api", str(token.pk), key])
    content = digest_of([str(request.method), request.get_full_path(), _sent(request)])
    response, again = take_once(mark, run, content=content, at=timezone.now())
    if again:
        response[AGAIN] = "true"
    return response


def _sent(request: HttpRequest) -> bytes:
    """The body as it came; of a form its fields and what its files hold."""
    if request.content_type == "multipart/form-data":
        files = [
            (field, file.name, hashlib.sha256(file.read()).hexdigest(), file.seek(0))
            for field, found in sorted(request.FILES.lists())
            for file in found
        ]
        return repr((sorted(request.POST.lists()), files)).encode()
    try:
        return request.body
    except RawPostDataException:
        return repr(sorted(request.POST.lists())).encode()
