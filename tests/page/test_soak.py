"""Ten minutes of play in a real Chromium; a long test. What memory it held stays in ``screenshots/soak.csv``."""

import time

import psutil
import pytest
from playwright.sync_api import Browser

from tests.page.conftest import SCREENSHOTS, opened
from tests.page.server import Server
from tests.page.test_browser import LAST, press, wait_for_quarter

_SECONDS, _SECONDS_A_MINUTE = 600.0, 60.0
_MOST_GROWTH = 1.15
_WARM_ROUNDS = 2  # compiled code and caches fill in the first rounds


@pytest.mark.long
def test_ten_minutes_of_play_with_resets_keep_memory(browser: Browser, server: Server) -> None:
    process = psutil.Process(server.process.pid)
    held_mib: list[float] = []
    start = time.monotonic()
    SCREENSHOTS.mkdir(exist_ok=True)
    with opened(browser, server) as page, (SCREENSHOTS / "soak.csv").open("w", encoding="utf-8") as log:
        log.write("round,minutes,server_mib\n")
        while time.monotonic() < start + _SECONDS:
            press(page, "▶")
            wait_for_quarter(page, LAST)
            press(page, "Reset")
            wait_for_quarter(page, -1)
            held_mib.append(process.memory_info().rss / 2**20)
            minutes = (time.monotonic() - start) / _SECONDS_A_MINUTE
            log.write(f"{len(held_mib)},{minutes:.2f},{held_mib[-1]:.1f}\n")
            log.flush()
    settled = held_mib[_WARM_ROUNDS:]
    assert max(settled) < _MOST_GROWTH * settled[0], held_mib
