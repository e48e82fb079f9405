"""Who may talk to the page: a known host name, no other site's page, and only who holds the token.

A page of another site can make a browser ask this computer for anything. It does so under a foreign ``Host`` (a
name that was made to lead here: DNS rebinding), with its own ``Origin``, or without the cookie, which a browser
sends to no other site's request. Each of the three is refused before anything else of the page sees the request.
"""

import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv6Address

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from experiments.errors import InputError
from experiments.page.tabs import MOST_TABS

MOST_CONNECTIONS = 2 * MOST_TABS
"""Websockets open at a time: a tab that reconnects has two for a moment."""
_THIS_COMPUTER = ("localhost", "127.0.0.1", "::1")
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - told apart, not listened on
_NAME = r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?"
_HOST = re.compile(rf"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>{_NAME}))(?P<port>:[0-9]{{1,5}})?")
_TOKEN_BYTES = 32
_TOKEN = "token"  # noqa: S105 - its name in the address
_READING = ("GET", "HEAD")
_REFUSED, _TRY_LATER = 1008, 1013  # close codes of RFC 6455 and of its registry
_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_UNKNOWN_HOST = "This page is not served under that host name; add it with --allow-host NAME if it is yours."
_FOREIGN = "A page of another site, or of another port, may not talk to this one."
_NO_TOKEN = "Open the address that `detour app` printed when it started, with its token."  # noqa: S105 - a sentence
_CROWDED = "Too many connections are open; close a tab of the page."


def host_name(written: str) -> str | None:
    """Name in a ``Host`` header, without port and brackets and in small letters; None if it is not one."""
    found = _HOST.fullmatch(written.lower())
    return found and (found["six"] or found["name"])


def _allowed_name(given: str) -> str:
    """A name given with ``--allow-host``. Raises InputError."""
    try:
        return str(IPv6Address(given.strip("[]")))
    except ValueError:
        name = given.lower()
    if not re.fullmatch(_NAME, name):
        raise InputError(f"--allow-host {given}: give a host name or address alone, like lab.example.org, without port")
    return name


@dataclass(frozen=True)
class Door:
    """Where the page listens, the host names it answers to and the token that opens it."""

    host: str
    port: int
    names: frozenset[str]
    token: str = field(repr=False, compare=False)

    @property
    def address(self) -> str:
        """The address to open, with the token."""
        name = _ANY_ADDRESS.get(self.host, self.host)
        return f"http://{f'[{name}]' if ':' in name else name}:{self.port}/?{_TOKEN}={self.token}"

    def refusal(self, asked: HTTPConnection) -> str | None:
        """Why a request is not of the page's own: foreign host name or foreign origin; None if neither.

        A browser tells the origin of all but plain reads, which change nothing.
        """
        hosts, origins = asked.headers.getlist("host"), asked.headers.getlist("origin")
        if len(hosts) != 1 or host_name(hosts[0]) not in self.names:
            return _UNKNOWN_HOST
        reads = asked.scope["type"] == "http" and asked.scope["method"] in _READING
        own = {f"{scheme}://{hosts[0].lower()}" for scheme in ("http", "https")}
        if any(origin.lower() not in own for origin in origins) or not (origins or reads):
            return _FOREIGN
        return None

    def opens(self, given: str) -> bool:
        """Whether this is the token; the time taken does not tell how much of it is right."""
        return hmac.compare_digest(given.encode(), self.token.encode())


def new_door(host: str, port: int, allowed: Sequence[str] = ()) -> Door:
    """A door with a new token for this computer's names, the address listened on and more. Raises InputError."""
    names = {*_THIS_COMPUTER, host.lower(), *map(_allowed_name, allowed)}
    return Door(host, port, frozenset(names), secrets.token_urlsafe(_TOKEN_BYTES))


def cookie_name(host: str) -> str:
    """Name of the cookie that holds the token: cookies know no ports, so that it must."""
    return f"detour-{re.sub('[^a-z0-9]', '-', host.lower())}"


class Guard:
    """ASGI middleware: nothing passes that a door does not let in; who enters is led to the address ``first``."""

    def __init__(self, app: ASGIApp, door: Door, first: str = "/") -> None:
        self._app = app
        self._door = door
        self._first = first
        self._connections = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request or hand it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._connect(scope, receive, send)
        else:
            await self._answer(scope, receive, send)

    def _refusal(self, asked: HTTPConnection) -> str | None:
        refused = self._door.refusal(asked)
        if refused is None and not self._door.opens(asked.cookies.get(cookie_name(asked.headers["host"]), "")):
            return _NO_TOKEN
        return refused

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        asked = HTTPConnection(scope)
        refused = self._refusal(asked)
        answer: ASGIApp = self._app
        if self._enters(asked):
            answer = self._entrance(asked)
        elif refused is not None:
            answer = PlainTextResponse(f"{refused}\n", 403)
        await answer(scope, receive, send_with_headers)

    def _enters(self, asked: HTTPConnection) -> bool:
        """Whether this is the address that was printed."""
        if (asked.scope["method"], asked.scope["path"]) != ("GET", "/") or self._door.refusal(asked) is not None:
            return False
        return self._door.opens(asked.query_params.get(_TOKEN, ""))

    def _entrance(self, asked: HTTPConnection) -> Response:
        """The token moves from the address into a cookie that neither scripts nor other sites' requests have."""
        response = RedirectResponse(self._first, 303, {"Cache-Control": "no-store"})
        name = cookie_name(asked.headers["host"])
        response.set_cookie(name, self._door.token, httponly=True, samesite="strict")
        return response

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = self._refusal(HTTPConnection(scope))
        if refused is not None:
            await WebSocketClose(_REFUSED, refused)(scope, receive, send)
            return
        if self._connections >= MOST_CONNECTIONS:
            await WebSocketClose(_TRY_LATER, _CROWDED)(scope, receive, send)
            return
        self._connections += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._connections -= 1
