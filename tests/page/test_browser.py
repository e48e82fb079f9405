"""The page in a real Chromium: what a person does with it. Screenshots go to tests/page/screenshots."""

import re
import signal
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from experiments.page.player import Player
from tests.page.conftest import SCREENSHOTS, opened
from tests.page.server import FORCED, UNLUCKY_SEED, Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_SECONDS_TO_END = 5
ORIGIN, LAST = 31, 35  # 2024Q4, 2025Q4
HEAD_AND_CHART_AGREE = """() => {
    const head = document.querySelector('.dt-number b'), chart = document.querySelector('.dt-chart')
    return chart.innerText.includes('model ' + head.innerText.split(' ')[0])
}"""
"""Views are drawn one after the other: the BEV share at the head and in the chart are soon the same."""


def quarter(page: "Page") -> int:
    """The quarter shown, -1 before the first."""
    return int(page.locator("h1[data-quarter]").get_attribute("data-quarter") or "-1")


def wait_for_quarter(page: "Page", number: int) -> None:
    page.locator(f'h1[data-quarter="{number}"]').wait_for()


def wait_for_count(page: "Page", selector: str, number: int) -> None:
    """Wait until so many are shown: views are drawn one after the other."""
    page.wait_for_function(f"() => document.querySelectorAll('{selector}').length === {number}")


def wait_while_playing(page: "Page", number: int) -> None:
    """Wait until a quarter has been reached; at play one may be shown too shortly to be seen."""
    page.wait_for_function(f"() => +document.querySelector('h1[data-quarter]').dataset.quarter >= {number}")


def press(page: "Page", name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def choose(page: "Page", label: str, option: str) -> None:
    """Choose an option of a select by its label."""
    page.get_by_label(label, exact=True).select_option(option)


def inspect(page: "Page", kind: str) -> None:
    page.locator(".dt-inspect .v-btn-toggle").get_by_role("button", name=kind, exact=True).click()


def set_seed(page: "Page", seed: int) -> None:
    field = page.get_by_label("Seed")
    field.fill(str(seed))
    field.press("Enter")
    page.get_by_text("Press Reset to run it.").wait_for()


def photograph(page: "Page", name: str) -> None:
    """A screenshot for a person to look at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def test_a_new_tab_shows_the_map_and_eight_charts_and_talks_to_nobody_else(tab: "Page", server: Server) -> None:
    assert quarter(tab) == -1
    assert tab.locator(".dt-map path").first.is_visible()
    wait_for_count(tab, ".dt-chart", 8)
    assert "What happens to 2025?" in tab.locator(".dt-head").inner_text()
    peers = [each.raddr.ip for each in psutil.Process(server.process.pid).net_connections("inet") if each.raddr]
    assert set(peers) <= {"127.0.0.1"}
    listens = {each.laddr.ip for each in psutil.Process(server.process.pid).net_connections("inet") if not each.raddr}
    assert listens == {"127.0.0.1"}
    photograph(tab, "start")


def test_step_shows_one_quarter_on_map_and_charts(tab: "Page") -> None:
    press(tab, "Step")
    wait_for_quarter(tab, 0)
    wait_for_count(tab, "circle[data-zone]", 127)
    wait_for_count(tab, "[data-plant]", 3)  # those that anybody knew of in 2017
    press(tab, "Step")
    wait_for_quarter(tab, 1)
    tab.wait_for_function(HEAD_AND_CHART_AGREE)
    assert re.fullmatch(r"\d+\.\d %", tab.locator(".dt-number b").first.inner_text())


def play_pause_play(tab: "Page") -> None:
    """Play, pause before the end of observed data, and play on."""
    press(tab, "▶")
    wait_while_playing(tab, 2)
    press(tab, "❚❚")
    tab.get_by_role("button", name="Step", exact=True).and_(tab.locator(":enabled")).wait_for()
    under_way, paused = -1, quarter(tab)
    while paused not in (under_way, ORIGIN):  # what was under way when Pause was pressed ends first
        tab.wait_for_timeout(1_500)
        under_way, paused = paused, quarter(tab)
    assert paused < ORIGIN
    press(tab, "▶")
    wait_while_playing(tab, paused + 1)


def test_play_pause_play_and_a_lever_goes_on_without_reset_to_the_end_and_every_kind_is_inspected(
    tab: "Page", played: Player
) -> None:
    assert played.steps > ORIGIN, "its state is in the server's cache"
    play_pause_play(tab)
    tab.get_by_text("Storage and data centers", exact=True).click()
    tab.locator('[data-lever="storage.data_center_factor"]').get_by_role("slider").press("ArrowRight")
    tab.get_by_text("The run goes on from the end of observed data, Q4 2024").wait_for()
    wait_for_quarter(tab, LAST)
    assert tab.get_by_role("button", name="Step", exact=True).is_disabled()
    chart = tab.locator(".dt-chart").first
    chart.get_by_role("slider").press("Home")
    assert chart.locator(".dt-readout").inner_text().startswith("Q1 2017"), "what was before it is there"
    photograph(tab, "end")
    for kind, words in {
        "Automaker": "Battery pack, all automakers", "Plant": "GWh/year", "Utility": "Expected peak load",
        "Operator": "thousand $ per plug", "Zone": "BEV share of new sales", "Consumer": "Household income",
    }.items():  # fmt: skip
        inspect(tab, kind)
        shown = tab.locator(".dt-inspection", has_text=words)
        shown.wait_for()
        text = shown.inner_text().lower()
        assert all(part in text for part in ("sees", "decided", "why")), kind
        photograph(tab, f"inspect_{kind.lower()}")
    before = tab.locator(".dt-inspection h3").inner_text()
    press(tab, "Another")
    tab.locator(".dt-inspection h3").filter(has_not_text=re.compile(f"^{before}$")).wait_for()
    tab.locator('circle[data-zone="Miami, FL"]').click()
    tab.locator(".dt-inspection h3", has_text="Miami, FL").wait_for()


def test_a_lever_that_acts_before_the_end_of_observed_data_begins_anew(tab: "Page") -> None:
    def believed() -> str:
        press(tab, "Step")
        wait_for_quarter(tab, 0)
        row = tab.locator(".dt-inspection tr", has_text="Perceived charging success")
        row.wait_for()
        return row.inner_text().split()[-1]

    inspect(tab, "Zone")
    assert believed() == "85.0%"
    tab.get_by_text("Chargers", exact=True).click()
    lever = tab.locator('[data-lever="charging.plug_success"]')
    lever.get_by_role("slider").press("ArrowLeft")
    tab.locator('[data-lever="charging.plug_success"].dt-changed').wait_for()
    tab.get_by_text("acts before the end of observed data").wait_for()
    photograph(tab, "levers")
    assert lever.locator(".dt-value").inner_text() == "moved to 84 %"
    set_to = 0.84
    press(tab, "Reset")
    wait_for_quarter(tab, -1)
    assert believed() == f"{set_to:.1%}"


def test_dates_of_a_lever_are_added_and_come_out_in_the_file_to_take_away(tab: "Page") -> None:
    tab.get_by_text("Credits and tariffs", exact=True).click()
    lever = tab.locator('[data-lever="policy.tariff_factor"]')
    lever.get_by_text("Dates", exact=False).first.click()
    lever.get_by_role("button", name="Add a date").click()
    value = lever.get_by_label("value")
    value.fill("99")
    value.press("Enter")
    tab.locator(".dt-banner", has_text="allowed are 0 to 5").wait_for()
    value.fill("2")
    value.press("Enter")
    lever.locator(".dt-value", has_text="1 at first; 2 from Q1 2027").wait_for()
    tab.get_by_text("The run begins in Q1 2017").wait_for()
    with tab.expect_download() as download:
        press(tab, "Scenario (TOML)")
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert tomllib.loads(text)["policy"]["tariff_factor"] == [{"from": "2027Q1", "value": 2.0}]
    with tab.expect_download() as report:
        press(tab, "Report (HTML)")
    assert report.value.suggested_filename == "detour-report.html"
    lever.get_by_role("button", name="Remove").click()
    lever.locator(".dt-date").wait_for(state="detached")
    assert "dt-changed" not in (lever.get_attribute("class") or "")


def test_a_private_file_is_called_by_its_name_and_can_be_chosen_again(tab: "Page") -> None:
    assert tab.get_by_label("Scenario", exact=True).input_value() == "short.toml"
    choose(tab, "Scenario", "no-credits")
    choose(tab, "Scenario", "short.toml")
    tab.locator(".dt-asks", has_text="What happens to 2025?").wait_for()


def test_on_a_phone_the_panel_leaves_room_to_tap_it_away_and_nothing_is_wider_than_the_screen(
    browser: "Browser", server: Server
) -> None:
    with opened(browser, server, width=390, height=844) as page:
        panel = page.locator(".v-navigation-drawer")
        panel.wait_for()
        box = panel.bounding_box()
        assert box is not None
        assert box["width"] < 350
        page.mouse.click(375, 500)
        page.locator(".v-overlay--active").wait_for(state="detached")
        wide = "() => [...document.querySelectorAll('.dt-page *')].every(e => e.getBoundingClientRect().right <= 391)"
        page.wait_for_function(wide)
        photograph(page, "phone")


def test_a_chosen_scenario_runs_after_reset(tab: "Page") -> None:
    choose(tab, "Scenario", "no-detour")
    asked = tab.locator(".dt-asks").filter(has_not_text="2025")
    asked.wait_for()
    press(tab, "Reset")
    tab.locator(".dt-question", has_text=asked.inner_text()).wait_for()
    press(tab, "Step")
    wait_for_quarter(tab, 0)


def test_an_error_in_a_step_is_told_and_reset_recovers(tab: "Page") -> None:
    set_seed(tab, UNLUCKY_SEED)
    press(tab, "Reset")
    tab.locator(".dt-status", has_text=f"seed {UNLUCKY_SEED}").wait_for()
    press(tab, "▶")
    banner = tab.locator(".dt-banner")
    banner.wait_for()
    assert FORCED in banner.inner_text()
    assert "Q3 2017" in banner.inner_text()
    assert quarter(tab) == 1
    photograph(tab, "error")
    set_seed(tab, 1)
    press(tab, "Reset")
    wait_for_quarter(tab, -1)
    banner.wait_for(state="hidden")
    press(tab, "Step")
    wait_for_quarter(tab, 0)


def test_a_hidden_tab_stops_and_goes_on_when_it_is_seen(tab: "Page") -> None:
    def see(state: str) -> None:
        tab.evaluate(
            f"Object.defineProperty(document, 'hidden', {{ value: {state}, configurable: true }});"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )

    press(tab, "▶")
    wait_while_playing(tab, 1)
    see("true")
    tab.wait_for_timeout(2_500)  # what was under way ends
    stopped = quarter(tab)
    tab.wait_for_timeout(4_000)
    assert quarter(tab) == stopped < LAST
    see("false")
    wait_while_playing(tab, stopped + 1)


def test_what_is_being_typed_stays_while_the_page_is_drawn(tab: "Page") -> None:
    field = tab.get_by_label("Seed")
    field.fill("77")
    press(tab, "Step")
    wait_for_quarter(tab, 0)
    field.focus()
    field.fill("78")
    tab.keyboard.press("Control+End")
    field.evaluate("() => new Promise((done) => setTimeout(done, 1500))")  # the reference line draws the page meanwhile
    assert field.input_value() == "78"
    field.press("Enter")
    tab.get_by_text("Press Reset to run it.").wait_for()


def test_two_tabs_share_nothing(tab: "Page", browser: "Browser", server: Server) -> None:
    with opened(browser, server) as other:
        press(tab, "Step")
        wait_for_quarter(tab, 0)
        assert quarter(other) == -1
        press(other, "Step")
        wait_for_quarter(other, 0)
        press(other, "Step")
        wait_for_quarter(other, 1)
        assert quarter(tab) == 0


def test_ctrl_c_ends_a_playing_server_and_its_helpers_in_time(tab: "Page", server: Server) -> None:
    """The last test of this file: it ends the server the others use."""
    press(tab, "▶")
    wait_while_playing(tab, 1)
    helpers = psutil.Process(server.process.pid).children()
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(_SECONDS_TO_END) == 128 + signal.SIGINT
    assert psutil.wait_procs(helpers, timeout=1)[1] == []
