"""The page for everybody: axe-core finds nothing, the keyboard reaches all, small, enlarged and dark screens serve."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.page.conftest import opened
from tests.page.server import Server
from tests.page.test_browser import inspect, photograph, press, wait_for_quarter

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

KINDS = ("Automaker", "Plant", "Utility", "Operator", "Zone", "Consumer")
SIZES = {"laptop": (1280, 720), "enlarged": (640, 360), "phone": (390, 844)}  # 640 by 360: a laptop at 200 %
_MOST_DARK, _LEAST_LIGHT = 60, 200  # of 255: means of the colors of a dark and of a light background


@pytest.fixture(scope="module")
def stepped(browser: "Browser", server: Server) -> Iterator["Page"]:
    """A tab after its first quarter, for tests that put back what they change."""
    with opened(browser, server) as page:
        press(page, "Step")
        wait_for_quarter(page, 0)
        page.locator(".dt-inspection").wait_for()
        yield page


def assert_accessible(page: "Page") -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def background(page: "Page") -> float:
    """How light the page's background is, 0 to 255."""
    color = page.evaluate("getComputedStyle(document.querySelector('.v-application')).backgroundColor")
    red, green, blue = (int(part) for part in re.findall(r"\d+", color)[:3])
    return (red + green + blue) / 3.0


def test_axe_finds_nothing_before_the_first_quarter(tab: "Page") -> None:
    assert_accessible(tab)


def test_axe_finds_nothing_with_every_group_of_levers_and_a_table_open(stepped: "Page") -> None:
    stepped.evaluate("document.querySelectorAll('.dt-group, .dt-table').forEach((each) => { each.open = true })")
    stepped.locator(".dt-table-rows").nth(7).wait_for()
    stepped.locator(".dt-plot-svg").first.focus()
    stepped.keyboard.press("ArrowLeft")
    stepped.locator(".dt-readout").wait_for()
    assert_accessible(stepped)
    stepped.keyboard.press("Escape")
    stepped.evaluate("document.querySelectorAll('.dt-group, .dt-table').forEach((each) => { each.open = false })")


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_with_an_agent_inspected(kind: str, stepped: "Page") -> None:
    inspect(stepped, kind)
    stepped.locator(".dt-inspect").get_by_label(re.compile(f"^{kind}")).and_(
        stepped.locator("select, input")
    ).wait_for()
    assert_accessible(stepped)


def test_the_page_says_its_language_may_be_enlarged_and_has_one_first_heading(stepped: "Page") -> None:
    assert stepped.locator("html").get_attribute("lang") == "en"
    viewport = stepped.locator("meta[name=viewport]").get_attribute("content") or ""
    assert "maximum-scale" not in viewport
    assert "user-scalable" not in viewport
    assert stepped.locator("h1").count() == 1
    assert stepped.locator("h2").all_inner_texts() == ["Levers", "Take it away", "Map", "Charts", "Inspector"]


@pytest.mark.parametrize("size", SIZES)
def test_play_and_levers_are_in_reach_on_every_screen(size: str, browser: "Browser", server: Server) -> None:
    width, height = SIZES[size]
    with opened(browser, server, width=width, height=height) as page:
        play, panel = page.get_by_role("button", name="▶", exact=True), page.locator(".v-navigation-drawer")
        if width < 960:
            panel.wait_for(state="attached")
            if "v-navigation-drawer--open" in (panel.get_attribute("class") or ""):
                page.mouse.click(width - 10, height - 10)
                page.locator(".v-overlay--active").wait_for(state="detached")
            page.get_by_role("button", name="Scenario and levers").click()
        page.get_by_text("Chargers", exact=True).click()
        lever = page.locator('[data-lever="charging.plug_success"]').get_by_role("slider")
        lever.scroll_into_view_if_needed()
        for control in (play, lever):
            box = control.bounding_box()
            assert box is not None
            assert 0 <= box["x"] < box["x"] + box["width"] <= width
            assert 0 <= box["y"] < box["y"] + box["height"] <= height
        if width < 960:
            page.keyboard.press("Escape")
            page.mouse.click(width - 10, height - 10)
            page.locator(".v-overlay--active").wait_for(state="detached")
        assert_accessible(page)
        page.mouse.wheel(0, 2_000)
        press(page, "▶")
        page.get_by_role("button", name="❚❚", exact=True).wait_for()
        photograph(page, size)


def test_a_browser_that_asks_for_dark_gets_dark(stepped: "Page") -> None:
    assert background(stepped) > _LEAST_LIGHT
    stepped.emulate_media(color_scheme="dark", reduced_motion="reduce")  # colors of labels fade from one to the other
    stepped.locator("#app.theme--dark, .v-application.theme--dark").first.wait_for()
    assert background(stepped) < _MOST_DARK
    assert_accessible(stepped)
    photograph(stepped, "dark")
    stepped.emulate_media(color_scheme="light", reduced_motion="no-preference")
    stepped.locator(".v-application.theme--light").first.wait_for()


def test_the_keyboard_reads_a_chart_quarter_by_quarter_as_its_table_does(stepped: "Page") -> None:
    chart = stepped.locator(".dt-chart").first
    plot = chart.get_by_role("slider")
    plot.focus()
    stepped.keyboard.press("Home")
    told = plot.get_attribute("aria-valuetext") or ""
    assert chart.locator(".dt-readout").inner_text().startswith("Q1 2017")
    chart.locator("summary").click()
    chart.locator(".dt-table-rows tr").nth(1).wait_for()
    cells = chart.locator(".dt-table-rows tr").nth(1).locator("th, td").all_inner_texts()
    assert cells[0] == "Q1 2017"
    assert f"model {cells[1]}" in told
    assert f"observed {cells[-1]}" in told
    assert told.endswith("% of new sales")
    chart.locator("summary").click()


def test_what_has_the_focus_is_seen(stepped: "Page") -> None:
    stepped.locator(".v-application").first.press("Tab")
    seen = set()
    for _ in range(12):
        stepped.keyboard.press("Tab")
        tag, style, width = stepped.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e), called = e.innerText || e.id;"
            " return [e.tagName + ' ' + called.slice(0, 30), s.outlineStyle, parseFloat(s.outlineWidth)] })()"
        )
        assert style != "none", tag
        assert width >= 2, tag
        seen.add(tag)
    assert len(seen) > 6


def test_the_list_beside_the_map_inspects_without_a_mouse(stepped: "Page") -> None:
    stepped.locator("#map-inspect").select_option(label="Miami, FL")
    stepped.locator(".dt-inspection h3", has_text="Miami, FL").wait_for()
    stepped.locator("#map-inspect").select_option(label="ERCOT (Texas)")
    stepped.locator(".dt-inspection h3", has_text="Utilities of ERCOT (Texas)").wait_for()
    stepped.locator("#map-inspect").select_option(label="Panasonic with Tesla, Sparks NV")
    stepped.locator(".dt-inspection h3", has_text="Panasonic with Tesla, Sparks NV").wait_for()


LABELS_APART = """() => {
    const boxes = [...document.querySelectorAll('.dt-map text')].map((each) => each.getBoundingClientRect());
    return boxes.length > 5 && boxes.every((one, i) => boxes.every((other, j) => i === j || one.right <= other.left
        || other.right <= one.left || one.bottom <= other.top || other.bottom <= one.top));
}"""


def shown_part(page: "Page") -> list[float]:
    return [float(each) for each in (page.locator(".dt-map-frame svg").get_attribute("viewBox") or "").split()]


def test_the_map_zooms_and_moves_by_keyboard_and_mouse_and_comes_back(stepped: "Page") -> None:
    whole, frame = shown_part(stepped), stepped.locator(".dt-map-frame")
    assert stepped.evaluate(LABELS_APART)
    frame.focus()
    for key in ("+", "+", "ArrowRight", "ArrowDown"):
        stepped.keyboard.press(key)
    stepped.wait_for_function(
        f"() => !document.querySelector('.dt-map-frame svg').getAttribute('viewBox').startsWith('{whole[0]:g} ')"
    )
    zoomed = shown_part(stepped)
    assert zoomed[2] == pytest.approx(whole[2] / 1.6**2)
    box = frame.bounding_box()
    assert box is not None
    stepped.mouse.move(box["x"] + 200, box["y"] + 150)
    stepped.mouse.down()
    stepped.mouse.move(box["x"] + 120, box["y"] + 110, steps=4)
    stepped.mouse.up()
    dragged = shown_part(stepped)
    assert dragged[0] > zoomed[0]
    assert dragged[1] > zoomed[1]
    assert dragged[2:] == zoomed[2:]
    assert_accessible(stepped)
    press(stepped, "Show the whole map")
    stepped.get_by_role("button", name="Zoom out").and_(stepped.locator(":disabled")).wait_for()
    assert shown_part(stepped) == whole
