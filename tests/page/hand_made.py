"""Clients that no browser is: requests byte by byte, and a tab's messages made by hand."""

import contextlib
import json
import re
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeVar

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.page.server import Server

Found = TypeVar("Found")
_SECONDS = 30
_PAUSE_S = 0.05
_PATIENCE_TO_CLOSE_S = 0.5  # a server that has closed a tab does not take leave of its websocket as well


@dataclass(frozen=True)
class Answer:
    """An answer's status and what came with it."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(server: Server, target: str, method: str = "GET", **headers: str | None) -> Answer:
    """Send a request target as it stands; ``headers`` replace Host and Cookie, None leaves one out."""
    host = server.address.removeprefix("http://")
    told = {"Host": host, "Cookie": cookie(server), "Connection": "close", **headers}
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items() if value is not None)]
    address, _, port = host.rpartition(":")
    with socket.create_connection((address, int(port)), timeout=_SECONDS) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        answered = b"".join(iter(lambda: connection.recv(2**16), b""))
    head, _, body = answered.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    found = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
    return Answer(int(first.split(" ")[1]), found, body)


def cookie(server: Server) -> str:
    """The cookie of a browser that opened the printed address."""
    name = re.sub("[^a-z0-9]", "-", server.address.removeprefix("http://"))
    return f"detour-{name}={server.entrance.partition('token=')[2]}; solara-session-id=hand-made"


def websocket(
    server: Server, origin: str | None = "", kernel: str = "", page: str = "", **headers: str
) -> AbstractContextManager[ClientConnection]:
    """A websocket of a new tab; ``origin``: that of the page if empty."""
    path = f"/jupyter/api/kernels/{kernel or uuid.uuid4()}/channels?session_id={page or uuid.uuid4()}"
    told = {"Cookie": cookie(server), **headers}
    told_origin = None if origin is None else Origin(origin or server.address)
    return connect(
        server.address.replace("http", "ws", 1) + path, origin=told_origin,
        additional_headers=told, max_size=None, open_timeout=_SECONDS, ping_interval=None,
        close_timeout=_PATIENCE_TO_CLOSE_S,
    )  # fmt: skip


@contextlib.contextmanager
def tab(server: Server) -> Iterator["HandMadeTab"]:
    """A hand-made tab, closed as a browser closes one."""
    kernel, page = str(uuid.uuid4()), str(uuid.uuid4())
    with websocket(server, kernel=kernel, page=page) as connection:
        try:
            yield HandMadeTab(connection)
        finally:
            ask(server, f"/_solara/api/close/{kernel}?session_id={page}", "POST", Origin=server.address)


class HandMadeTab:
    """A tab that knows the widgets of its page and sends what it likes; ``shown`` is their state by identity."""

    def __init__(self, connection: ClientConnection) -> None:
        self.shown: dict[str, dict[str, Any]] = {}
        self._socket = connection
        self._control = uuid.uuid4().hex
        self._send("comm_open", {"comm_id": self._control, "target_name": "solara.control", "data": {}})
        themes: dict[str, Any] = {"light": {}, "dark": {}}
        run = {"method": "run", "args": {"path": "", "appName": None, "themes": themes, "dark": False}}
        self._send("comm_msg", {"comm_id": self._control, "data": run})

    def update(self, widget: str, **state: object) -> None:
        """Set a widget to what no person could."""
        told = {"method": "update", "state": state, "buffer_paths": []}
        self._send("comm_msg", {"comm_id": widget, "data": told})

    def event(self, widget: str, name: str, data: object) -> None:
        """An event of a component drawn in the browser."""
        told = {"method": "custom", "content": {"event": name, "data": data}}
        self._send("comm_msg", {"comm_id": widget, "data": told})

    def find(self, **state: object) -> str:
        """The widget with this state, as soon as there is one."""
        return self.wait(lambda: next(self._matching(state), None))

    def shown_value(self, key: str) -> object:
        """What the first widget that has this in its state has there."""
        return self.wait(lambda: next((state[key] for state in list(self.shown.values()) if key in state), None))

    def lever(self, name: str) -> str:
        """The widget of a lever."""
        return self.wait(
            lambda: next(
                (
                    widget
                    for widget, state in list(self.shown.items())
                    if isinstance(state.get("lever"), dict) and state["lever"]["name"] == name
                ),
                None,
            )
        )

    def read(self, text: str) -> str:
        """What a widget shows that has this text in it, as soon as there is one."""
        return self.wait(lambda: next((found for found in self._texts() if text in found), None))

    def has(self, text: str) -> bool:
        """Whether a widget shows this text."""
        return any(text in found for found in self._texts())

    def wait(self, look: Callable[[], Found | None]) -> Found:
        """What is found once enough has come."""
        end = time.monotonic() + _SECONDS
        while time.monotonic() < end:
            found = look()
            if found is not None:
                return found
            with contextlib.suppress(TimeoutError):
                self._note(self._socket.recv(timeout=_PAUSE_S))
        raise AssertionError(f"the page never shows it; it shows {list(self._texts())[:30]}")

    def _texts(self) -> Iterator[str]:
        for state in list(self.shown.values()):
            yield from (
                each
                for each in (state.get("unsafe_innerHTML"), *_listed(state.get("children")))
                if isinstance(each, str)
            )

    def _matching(self, state: dict[str, object]) -> Iterator[str]:
        for widget, known in list(self.shown.items()):
            if all(known.get(key) == value for key, value in state.items()):
                yield widget

    def _send(self, kind: str, content: dict[str, Any]) -> None:
        header = {
            "msg_id": uuid.uuid4().hex,
            "msg_type": kind,
            "session": "",
            "username": "",
            "version": "5.3",
            "date": "",
        }
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        self._socket.send(json.dumps({**message, "buffers": []}))

    def _note(self, raw: str | bytes) -> None:
        message = json.loads(raw if isinstance(raw, str) else _first_buffer(raw))
        content, kind = message["content"], message["header"]["msg_type"]
        if kind == "comm_open":
            self.shown[content["comm_id"]] = dict(content["data"].get("state", {}))
        elif kind == "comm_close":
            self.shown.pop(content["comm_id"], None)
        elif kind == "comm_msg" and content["data"].get("method") == "update":
            self.shown.setdefault(content["comm_id"], {}).update(content["data"]["state"])


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _first_buffer(raw: bytes) -> bytes:
    """The message in front of its buffers: a count, offsets, then the parts."""
    count = int.from_bytes(raw[:4], "big")
    places = [int.from_bytes(raw[4 * (1 + part) : 4 * (2 + part)], "big") for part in range(count)]
    return raw[places[0] : places[1] if count > 1 else None]
