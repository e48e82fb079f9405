"""The explorer's waterfall, and the explorer for everybody: axe-core finds nothing."""

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe

from experiments.explorer.kept import kept
from experiments.explorer.why import GROUPS, kept_why
from market.base import quarters
from tests.page.test_explorer import CENTERS, number, opened, saved

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext


def test_why_b_differs_is_told_by_causes_that_add_up_in_the_last_quarter_of_the_year(
    context: "BrowserContext", file: Path
) -> None:
    page = opened(context, file, "a=no-detour&b=credit-restored&quarter=2031Q2")
    rows = [row.inner_text() for row in page.locator("#why-bars .number").all()]
    a, *parts, b = [round(1000 * number(row)) for row in rows]
    place = quarters.index("2031Q4") - quarters.index("2024Q4") - 1
    shares = [kept().expected(name, "bev_share_new")[place] for name in ("no-detour", "credit-restored")]
    assert [a, b] == [round(1e5 * share) for share in shares]
    assert sum(parts) == b - a
    why = kept_why().parts
    own = [why["credit-restored"][group][6] - why["no-detour"][group][6] for group in GROUPS]
    assert parts == own
    said = page.locator("#why-said").inner_text()
    assert said.startswith(
        f"In 2031Q4, on the expected path, the BEV share of new cars is {(b - a) / 1000:.3f} points higher"
    )
    assert "most of it through prices, incentives and fuel" in said
    table = pd.read_csv(io.BytesIO(saved(page, "CSV of causes")))
    assert list(table["points"]) == pytest.approx([each / 1000 for each in (a, *parts, b)])


@pytest.mark.parametrize(
    ("fragment", "said"),
    [
        ("a=reference&b=", "Choose a scenario at B"), ("a=reference&b=reference&quarter=2030Q4", "the same scenario"),
        ("a=reference&b=no-credits&quarter=2020Q1", "Up to the end of observed data"),
        (f"a=reference&b=levers&{CENTERS}=2.5", "An estimate has no causes"),
    ],
)  # fmt: skip
def test_where_nothing_is_to_be_explained_a_sentence_says_so(
    context: "BrowserContext", file: Path, fragment: str, said: str
) -> None:
    page = opened(context, file, fragment)
    assert said in page.locator("#why-said").inner_text()
    assert page.locator("#why-bars li").count() == 0
    assert page.locator("#save-why").is_hidden()


@pytest.mark.parametrize(
    ("width", "scheme", "fragment"),
    [
        (1500, "light", "a=reference&b=credit-restored"), (390, "dark", f"a=reference&b=levers&{CENTERS}=2.5"),
    ],
)  # fmt: skip
def test_axe_finds_nothing(context: "BrowserContext", file: Path, width: int, scheme: str, fragment: str) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(f"{file.as_uri()}#{fragment}")
    page.locator(".tile").first.wait_for()
    for summary in page.locator("summary:visible").all():
        summary.click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
