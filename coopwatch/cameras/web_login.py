"""A user name and a password go in; requests that prove them, when and how the camera asks for it, come out."""

import http
from collections.abc import Generator

import httpx


class AskedAuth(httpx.Auth):
    """Sends the password only when the camera asks for it, and as it asks: digest where offered, else basic."""

    def __init__(self, username: str, password: str) -> None:
        self._digest = httpx.DigestAuth(username, password)
        self._basic = httpx.BasicAuth(username, password)
        self._asked: httpx.Auth | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """What httpx asks for: each request to send, for the answer to the one before."""
        request.headers.encoding = "utf-8"  # else httpx cannot send a user name or a realm with an umlaut
        if self._asked is None:
            answer = yield request
            if answer.status_code != http.HTTPStatus.UNAUTHORIZED:
                return
            offers = [offer.lower() for offer in answer.headers.get_list("www-authenticate")]
            self._asked = self._digest if any(offer.startswith("digest") for offer in offers) else self._basic
        yield from self._asked.auth_flow(request)
