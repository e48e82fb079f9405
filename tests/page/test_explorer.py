"""The explorer in a real Chromium, opened from a file with the network off."""

import io
import re
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from agents.arrays import Floats
from experiments.explorer.indicators import CHARTS, INDICATORS, TILES, indicator
from experiments.explorer.kept import kept
from experiments.inputs.scenario_files import REFERENCE, load_scenario
from experiments.studies.comparison import CONFIDENCE
from experiments.studies.stop_rule import half_width
from market.base import quarters
from tests.page.conftest import SCREENSHOTS
from tests.page.server import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CREDIT, CENTERS = "policy.federal_credit_factor@2027Q1", "storage.data_center_factor"
AT = quarters.index("2030Q4") - quarters.index("2024Q4") - 1  # place of the quarter it opens with in a path
_MINUS, _TIMES = "\u2212", "\u00d7"
_NUMBER = re.compile(rf"[{_MINUS}+]?\$?[\d,]+(?:\.\d+)?")


def opened(context: "BrowserContext", file: Path, fragment: str = "") -> "Page":
    page = context.new_page()
    page.goto(f"{file.as_uri()}{fragment and '#'}{fragment}")
    return page


def number(text: str) -> float:
    """The first number of a text as it is written for people."""
    found = _NUMBER.search(text)
    assert found, text
    return float(found[0].replace(_MINUS, "-").replace("$", "").replace(",", ""))


def level(page: "Page", column: str, world: str) -> float:
    return number(page.locator(f'[data-column="{column}"] [data-world="{world}"]').inner_text())


def differences(column: str, a: str, b: str) -> Floats:
    """Paired differences of streams in the quarter it opens with, as shown, (streams,)."""
    return (kept().drawn(b, column)[:, AT] - kept().drawn(a, column)[:, AT]) * indicator(column).scale


def drag(page: "Page", lever: str, value: float) -> None:
    """Move a lever's slider as a drag does: the value, then its events."""
    page.get_by_role("slider", name=lever, exact=True).evaluate(
        "(range, value) => { range.value = value; range.dispatchEvent(new Event('input'));"
        " range.dispatchEvent(new Event('change')) }", value,
    )  # fmt: skip


def saved(page: "Page", button: str) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("button", name=button, exact=True).click()
    return Path(download.value.path()).read_bytes()


def test_it_opens_with_the_finding_and_both_worlds_of_the_detour(context: "BrowserContext", file: Path) -> None:
    page = opened(context, file)
    assert page.get_by_role("heading", level=1).inner_text().startswith("In this model, letting battery lines")
    assert page.locator("#finding-more").inner_text().startswith("In 2030, against the same world")
    assert page.locator("#quarter-name").inner_text() == "2030Q4"
    assert page.locator("#charts .card").count() == len(CHARTS)
    assert page.locator(".plot").count() == 2 * len(CHARTS)
    assert page.locator("#ranking-list li").count() == len(kept().paths) - 1
    for column in TILES:
        for world in ("no-detour", REFERENCE):
            median = np.median(kept().drawn(world, column)[:, AT]) * indicator(column).scale
            assert level(page, column, world) == pytest.approx(median, abs=0.51 * 10.0 ** -indicator(column).digits)
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / "explorer.png")


def test_differences_and_their_intervals_are_students_of_the_kept_pairs(context: "BrowserContext", file: Path) -> None:
    page = opened(context, file, "a=reference&b=data-center-boom&quarter=2030Q4")
    for column in ("storage_installed_gw", "storage_price_usd_per_kwh"):
        apart = differences(column, REFERENCE, "data-center-boom")
        row = page.locator(f'[data-column="{column}"] .apart')
        half = float(half_width(apart, CONFIDENCE))
        low, high = (number(part) for part in row.locator("small").inner_text().split(" to "))
        told = number(row.locator("b").inner_text())
        np.testing.assert_allclose(
            [told, low, high], [apart.mean(), apart.mean() - half, apart.mean() + half], atol=0.6
        )
        assert row.locator(".unseen").inner_text().startswith("B is") == (abs(apart.mean()) > half)


def test_a_lever_gives_the_estimate_of_the_kept_emulator_and_undo_takes_it_back(
    context: "BrowserContext", file: Path
) -> None:
    page = opened(context, file)
    drag(page, "Data centers", 2.5)
    drag(page, "Federal EV credit from 2027", 0.8)
    path = kept().emulator.at({CENTERS: 2.5, CREDIT: 0.8})
    for column in TILES:
        value = path[column][AT] * indicator(column).scale
        assert level(page, column, "levers") == pytest.approx(value, abs=0.51 * 10.0 ** -indicator(column).digits)
    assert page.locator(".lever.is-moved").count() == 2
    assert "estimate" in page.locator("#tiles-note").inner_text().lower()
    assert page.locator('#charts path[stroke-dasharray="6 4"]').count() > 0
    page.get_by_role("button", name="Undo").click()
    assert page.locator(".lever.is-moved").count() == 1
    page.get_by_role("button", name="Redo").click()
    assert page.locator(".lever.is-moved").count() == 2
    page.get_by_role("button", name="Reset Data centers").click()
    assert page.locator(".lever.is-moved").count() == 1


def test_outside_of_the_ranges_of_its_runs_it_refuses_in_a_sentence(context: "BrowserContext", file: Path) -> None:
    page = opened(context, file)
    typed = page.get_by_role("spinbutton", name="Data centers, times")
    typed.fill("4.5")
    typed.press("Enter")
    assert f"Data centers: the estimate knows 0{_TIMES} to 3{_TIMES} only" in page.locator("#levers-said").inner_text()
    assert page.get_by_text("no estimate", exact=True).count() == len(TILES)
    typed.fill("3")
    typed.press("Enter")
    assert page.get_by_text("no estimate", exact=True).count() == 0
    typed.fill("-1")
    typed.press("Enter")
    assert f"Data centers can be 0{_TIMES} to 5{_TIMES}; it stays as it was." in page.locator("#notice").inner_text()
    assert typed.input_value() == "3"
    refused = opened(context, file, "b=levers&world.lithium_factor=-3")
    assert "world.lithium_factor=-3" in refused.locator("#notice").inner_text()


def test_the_address_restores_what_is_shown_and_says_what_it_does_not_know(
    context: "BrowserContext", file: Path
) -> None:
    page = opened(context, file)
    drag(page, "Lithium price", 2.2)
    page.get_by_label("Outcome").select_option("fast_ports")
    page.locator(".plot").first.press("PageUp")
    fragment = page.url.partition("#")[2]
    assert "token" not in fragment
    shown = [page.locator(part).inner_text() for part in ("#tiles", "#ranking-list", "#levers")]
    again = opened(context, file, fragment)
    assert again.url == page.url
    assert [again.locator(part).inner_text() for part in ("#tiles", "#ranking-list", "#levers")] == shown
    nasty = quote("<img src=x onerror=alert(1)>")
    wrong = opened(context, file, f"a=nowhere&quarter=2050Q1&world.lithium_factor=much&{nasty}=1")
    assert wrong.locator("#quarter-name").inner_text() == "2030Q4"
    assert "a=nowhere, quarter=2050Q1, world.lithium_factor=much, <img" in wrong.locator("#notice").inner_text()


def test_time_scrubs_both_ways_by_slider_keys_and_pointer(context: "BrowserContext", file: Path) -> None:
    page = opened(context, file)
    plot = page.locator(".plot").first
    plot.press("ArrowLeft")
    assert page.locator("#quarter-name").inner_text() == "2030Q3"
    assert "2030Q3: storage cells" in (plot.get_attribute("aria-valuetext") or "")
    page.get_by_role("slider", name="Quarter shown").press("Home")
    assert page.locator("#quarter-name").inner_text() == "2017Q1"
    assert page.locator(".tile .apart").first.inner_text() == "observed: the same in both"
    box = plot.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] - 11, box["y"] + box["height"] / 2)
    assert page.locator(".key .when").first.inner_text() == "2035Q4"
    page.mouse.move(0, 0)
    assert page.locator(".key .when").first.inner_text() == "2017Q1"


def test_a_table_stands_behind_each_chart_with_the_numbers_of_the_studies(
    context: "BrowserContext", file: Path
) -> None:
    page = opened(context, file, "a=reference&b=")
    card = page.locator("#chart-storage")
    card.get_by_text("Table", exact=True).click()
    row = card.locator("tr", has_text="2030Q4").locator("td")
    median = float(np.median(kept().drawn(REFERENCE, "storage_installed_gw")[:, AT]))
    assert number(row.inner_text()) == pytest.approx(median, abs=0.051)
    assert card.locator("tbody tr").count() == 76


def test_every_export_opens(context: "BrowserContext", file: Path) -> None:
    page = opened(context, file, f"a=reference&b=levers&{CENTERS}=2.5&{quote(CREDIT)}=0.5")
    drawn = ET.fromstring(saved(page, "SVG of Installed storage"))  # noqa: S314 - our own page wrote it
    words = [each.text for each in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Installed storage", "GW", "Reference", "Your levers (estimate)", "observed"} <= set(words)
    with Image.open(io.BytesIO(saved(page, "PNG of Installed storage"))) as picture:
        assert picture.size[0] == 2 * int(drawn.get("width", "0"))
        assert len(picture.convert("RGB").getcolors(maxcolors=10**6) or []) > 20
    table = pd.read_csv(io.BytesIO(saved(page, "All data (CSV)")))
    assert len(table) == 2 * len(INDICATORS) * 76
    estimate = table[(table["world"] == "levers") & (table["outcome"] == "fast_ports") & (table["kind"] == "estimate")]
    own = kept().emulator.at({CENTERS: 2.5, CREDIT: 0.5})["fast_ports"] / 1000.0
    np.testing.assert_allclose(estimate["value"], own, rtol=1e-6)
    assert len(pd.read_csv(io.BytesIO(saved(page, "CSV of Installed storage")))) == 2 * 76


def test_the_scenario_of_levers_and_of_a_world_is_what_detour_run_takes(
    context: "BrowserContext", file: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.toml"
    page = opened(context, file, f"a=reference&b=levers&{CENTERS}=2.5&{quote(CREDIT)}=0.5&grid.managed_share=0.25")
    mine.write_bytes(saved(page, "Scenario (TOML)"))
    scenario = load_scenario(str(mine)).scenario
    assert (scenario.storage.data_center_factor, scenario.grid.managed_share) == (2.5, 0.25)
    overrides = [
        'policy.federal_credit_end="2035Q4"', "policy.federal_credit_factor@2025Q4=0.0",
        'policy.federal_credit_factor@2025Q4.known="2025Q3"', f"{CREDIT}=0.5",
    ]  # fmt: skip
    assert scenario.policy == load_scenario(REFERENCE, overrides).scenario.policy, "as the runs behind the estimate"
    page = opened(context, file, "a=reference&b=no-detour")
    mine.write_bytes(saved(page, "Scenario (TOML)"))
    assert tomllib.loads(mine.read_text(encoding="utf-8"))["extends"] == "no-detour"
    assert load_scenario(str(mine)).scenario == load_scenario("no-detour").scenario


@pytest.mark.parametrize("width", [1280, 750, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_screen_in_any_light(
    context: "BrowserContext", file: Path, width: int, scheme: str
) -> None:
    # 750 px are 1500 at 200 % zoom
    page = opened(context, file)
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.locator(".tile").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.get_by_role("button", name="▶ Play").is_visible()
    page.screenshot(path=SCREENSHOTS / f"explorer_{width}_{scheme}.png", full_page=True)


def test_the_app_opens_with_it_and_hands_levers_to_the_living_market(browser: "Browser") -> None:
    with served("--consumers", "500") as server:
        context = browser.new_context(viewport={"width": 1500, "height": 1000})
        stranger = context.request.get(f"{server.address}/explorer")
        assert (stranger.status, stranger.headers["x-frame-options"]) == (403, "DENY")
        page = context.new_page()
        page.goto(server.entrance)
        assert page.url.startswith(f"{server.address}/explorer#a=")
        drag(page, "Data centers", 2.5)
        drag(page, "Federal EV credit from 2027", 0.5)
        page.get_by_role("link", name="Run this in the living market").click()
        page.get_by_text("Storage and data centers (1 changed)").wait_for()
        page.get_by_text("Credits and tariffs (2 changed)").wait_for()  # when they end, and at dates how large they are
        page.get_by_role("link", name="Explorer").click()
        page.locator(".tile").first.wait_for()
        context.close()
