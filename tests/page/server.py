"""The page's command in a process, for browser tests; a run with seed 13 fails in its third quarter."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from experiments.states.store import SETTING

ROOT = Path(__file__).parents[2]
UNLUCKY_SEED = 13
FORCED = "a forced error"
_CALL = f"""
import os
import sys
from experiments.cli import main
from experiments.page import tabs
from market.model import Market

step = Market.step

def failing(market):
    if market.seed == {UNLUCKY_SEED} and market.quarter == 1:
        raise RuntimeError("{FORCED}")
    step(market)

Market.step = failing
tabs.TABS = tabs.Tabs(int(os.environ.get("DETOUR_TEST_TABS", tabs.MOST_TABS)))
sys.argv = ["detour", *sys.argv[1:]]
main()
"""
_SECONDS_TO_START = 120
_PAUSE_S = 0.1


@dataclass(frozen=True)
class Server:
    """A running server: its process, address and the address with the token that it printed."""

    process: "subprocess.Popen[str]"
    address: str
    entrance: str


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(
    *arguments: str, assets: Path | None = None, tabs: int | None = None, cache: Path | None = None
) -> Iterator[Server]:
    """A server that listens, ended afterwards if the test has not done so.

    ``assets``: its packaged assets; ``tabs``: how many it serves; ``cache``: where it keeps states of runs, if it does.
    """
    port = free_port()
    command = [sys.executable, "-c", _CALL, "app", *arguments, "--port", str(port)]
    environment = {**os.environ, "NUMBA_NUM_THREADS": "1", SETTING: "" if cache is None else str(cache)}
    if assets is not None:
        environment["SOLARA_ASSETS_PROXY_CACHE_DIR"] = str(assets)
    if tabs is not None:
        environment["DETOUR_TEST_TABS"] = str(tabs)
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        entrance = _printed_address(process)
        _wait_for(process, port)
        yield Server(process, f"http://127.0.0.1:{port}", entrance)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _printed_address(process: "subprocess.Popen[str]") -> str:
    """The address with its token; the command prints it before it listens."""
    assert process.stdout is not None
    told = process.stdout.readline()
    address = re.search(r"http://\S+", told)
    assert address is not None, told + process.stdout.read()
    return address[0]


def _wait_for(process: "subprocess.Popen[str]", port: int) -> None:
    end = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError(process.stdout.read() if process.stdout else "the server ended")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(_PAUSE_S)
    raise AssertionError("the server does not listen")
