"""Start the page's server: offline, without telemetry, on this machine only unless told otherwise."""

import ipaddress
import os
import socket
import sys
import warnings
from types import FrameType
from typing import NoReturn

from experiments.errors import InputError
from experiments.explorer.kept import kept
from experiments.inputs.scenario_files import REFERENCE
from experiments.page.guard import Door, Guard
from experiments.page.reference_line import LINES
from experiments.page.routes import EXPLORER, packaged_folders, page_routes
from experiments.page.start import Start, settle

_SETTINGS = {
    "SOLARA_APP": "experiments.page.page",
    "SOLARA_MODE": "production",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
    "SOLARA_ASSETS_PROXY": "True",  # pages ask this server for assets; routes.py serves those of solara-assets
    "SOLARA_ASSETS_CDN": "http://127.0.0.1:9/",  # nothing is looked for elsewhere
    "SOLARA_ROOT_PATH": "",  # else the first request may choose it by a header
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "False",
    "SOLARA_CHECK_HOOKS": "off",  # it finds fault with Mesa's own components
    "SOLARA_SESSION_SAME_SITE": "lax",
    "SOLARA_KERNEL_CULL_TIMEOUT": "10m",  # a tab that lost its connection is forgotten after this
    "SOLARA_THEME_LOADER": "plain",
    "MPLBACKEND": "agg",
}
OPEN_WARNING = (
    "Warning: the page can be reached from other computers at {host}; the token in its address keeps others out, but "
    "travels unencrypted. Name what other computers call this one with --allow-host NAME, or leave --host out to keep "
    "the page to yourself."
)
_LARGEST_MESSAGE_BYTES = 2**20  # a browser's messages to the page are some kilobytes


def is_local(host: str) -> bool:
    """Whether only programs of this computer can reach a host name or address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_free(host: str, port: int) -> None:
    """Raise InputError unless a server can listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InputError(f"--host {host} --port {port}: {error.strerror}; choose another") from error


def first_address(start: Start) -> str:
    """Where who enters is led: the explorer with the scenario at B, or the living market with a file of a user's."""
    if start.scenario not in kept().paths:
        return "/"
    return EXPLORER if start.scenario == REFERENCE else f"{EXPLORER}#a={REFERENCE}&b={start.scenario}"


def serve(start: Start, door: Door) -> NoReturn:
    """Serve the page until it is stopped, then end the process. Raises InputError if nothing can listen there."""
    check_free(door.host, door.port)
    settle(start)
    os.environ.update(_SETTINGS)
    os.environ.update({"SERVER_NAME": door.host, "SERVER_PORT": str(door.port)})
    warnings.filterwarnings("ignore", message="Cookies with samesite=none require https")  # the page is in no frame
    import uvicorn  # noqa: PLC0415 - Solara reads its settings when it is loaded, so not before they are made
    from solara.server.starlette import app  # noqa: PLC0415

    class _Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's signature
            _end(128 + sig)

    guarded = Guard(page_routes(app, packaged_folders()), door, first_address(start))
    config = uvicorn.Config(
        guarded, host=door.host, port=door.port, log_level="critical",
        ws="websockets-sansio", ws_max_size=_LARGEST_MESSAGE_BYTES, proxy_headers=False, server_header=False,
    )  # fmt: skip
    _Server(config).run()
    _end(1)


def _end(code: int) -> NoReturn:
    """End the process at once: a quarter under way in a thread would hold it up, and nothing is being written."""
    LINES.stop()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
