"""Ten minutes of both pages in a real Chromium; a long test. Memory held is in ``screenshots/soak.csv``."""

import time
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.page.conftest import SCREENSHOTS, opened
from tests.page.server import Server
from tests.page.test_browser import LAST, press, wait_for_quarter

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_SECONDS, _SECONDS_A_MINUTE = 600.0, 60.0
_MOST_GROWTH = 1.15
_WARM_ROUNDS = 3  # compiled code and caches fill in the first rounds
_MOVES = 60  # of levers of the explorer a round


def held_by(page: "Page") -> float:
    """What a page's scripts hold after a collection, MiB."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return float(used) / 2**20


def move_levers(explorer: "Page") -> None:
    """Levers of the explorer up and down, and other worlds at A and B."""
    ranges = explorer.locator("#levers input[type=range]")
    for move in range(_MOVES):
        ranges.nth(move % 12).press("ArrowRight" if move % 24 < 12 else "ArrowLeft")
    explorer.get_by_label("B against A").select_option(index=2 + _MOVES % 20)


@pytest.mark.long
def test_ten_minutes_of_play_and_moving_levers_keep_memory(browser: "Browser", server: Server) -> None:
    process = psutil.Process(server.process.pid)
    held: list[tuple[float, float, float]] = []
    start = time.monotonic()
    SCREENSHOTS.mkdir(exist_ok=True)
    with opened(browser, server) as page, (SCREENSHOTS / "soak.csv").open("w", encoding="utf-8") as log:
        explorer = page.context.new_page()
        explorer.goto(f"{server.address}/explorer")
        log.write("round,minutes,server_mib,market_page_mib,explorer_mib\n")
        page.get_by_text("Storage and data centers", exact=True).click()
        lever = page.locator('[data-lever="storage.data_center_factor"]').get_by_role("slider")
        while time.monotonic() < start + _SECONDS:
            press(page, "▶")
            wait_for_quarter(page, LAST)
            lever.press("ArrowRight")  # goes on from the end of observed data
            page.get_by_text("The run goes on from").wait_for()
            wait_for_quarter(page, LAST)
            press(page, "Restore levers")
            page.locator(".dt-changed").wait_for(state="detached")
            move_levers(explorer)
            press(page, "Reset")
            wait_for_quarter(page, -1)
            held.append((process.memory_info().rss / 2**20, held_by(page), held_by(explorer)))
            minutes = (time.monotonic() - start) / _SECONDS_A_MINUTE
            log.write(f"{len(held)},{minutes:.2f},{','.join(f'{each:.1f}' for each in held[-1])}\n")
            log.flush()
    settled = held[_WARM_ROUNDS:]
    for one in zip(*settled, strict=True):
        assert max(one) < _MOST_GROWTH * one[0], held
