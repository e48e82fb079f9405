"""The site is complete, builds strictly, works from a folder without network, and quotes numbers that are true."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from mkdocs.config import load_config
from playwright.sync_api import sync_playwright

from experiments.documents.site_pages import FROM_PROJECT, code_packages, code_page, linked, with_site_links

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FETCHED = re.compile(r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=["']?(?:https?:)?//""")
CELLS = r"(?:[^|]*\|)"  # with a number behind: cells of a row that are passed over
LATE = r"Targets in 2023-24 alone:(?:.|\n)*?"
SOURCES = {
    "2.15 points off on average": ("hindcast.md", r"four quarters ahead: MASE below 1 \| [\d.]+ \(([\d.]+) points"),
    "the last value, 1.25": ("hindcast.md", rf"{LATE}\| Last value \|{CELLS}{{2}} ([\d.]+)"),
    "a damped trend, 0.85": ("hindcast.md", rf"{LATE}\| Damped trend \|{CELLS}{{2}} ([\d.]+)"),
    "3.28 points": ("hindcast.md", r"\| BEV share of new cars \| points \| 8 \| [\d.]+ \| ([\d.]+) \|"),
    "last value 3.49": ("hindcast.md", r"\| BEV share of new cars \| points \| 8 \|(?:[^|]*\|){2} ([\d.]+) \|"),
    "damped trend 2.58": ("hindcast.md", r"\| BEV share of new cars \| points \| 8 \|(?:[^|]*\|){3} ([\d.]+) \|"),
    "held 67 % of outcomes": ("hindcast.md", r"\| shares of powertrains \| forecast \|(?:[^|]*\|){2} (\d+)%"),
    "held 54 %": ("hindcast.md", r"\| new cars sold \| forecast \|(?:[^|]*\|){2} (\d+)%"),
    "1.00 points; last year's": ("hindcast.md", r"nearer than last year's ranks .* \| ([\d.]+) against [\d.]+ points"),
    "split of the country, 0.95": ("hindcast.md", r"nearer than last year's .* \| [\d.]+ against ([\d.]+) points"),
    "5.5 GW, recorded": ("hindcast.md", r"total within 25 % \| ([\d.]+) GW, recorded"),
    "recorded 18.0": ("hindcast.md", r"total within 25 % \| [\d.]+ GW, recorded ([\d.]+)"),
    "ranks of regions 0.47": ("hindcast.md", r"rank correlation between regions above 0.85 \| ([\d.]+) \|"),
    "BEVs as a class is -3.21": ("evidence.md", r"price elasticity of BEVs as a class \|(?:[^|]*\|){2} (-[\d.]+) \|"),
    "by 0.67 points": ("evidence.md", r"\| no 45X \|[^|]*\|[^|]*\|[^|]*\| -([\d.]+) ±"),
}  # fmt: skip
"""What which-number.md says, and where the page it cites has the number, in a table that a command writes."""


def test_every_page_is_in_the_navigation_once() -> None:
    settings = load_config(str(ROOT / "mkdocs.yml"))
    named = re.findall(r"[\w./-]+\.md", json.dumps(settings.plugins.on_config(settings).nav))
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    assert sorted(set(named)) == sorted(named)
    assert pages | set(FROM_PROJECT) == {name for name in named if not name.startswith("reference/code/")}


def test_the_code_has_a_page_a_package_with_every_module() -> None:
    pages = {package.as_posix(): code_page(package) for package in code_packages()}
    assert {"agents/cells", "market/power", "market", "detour", "experiments/runs"} <= set(pages)
    assert "\n\n::: agents.cells.line_decision\n" in pages["agents/cells"]
    documented = {name for page in pages.values() for name in re.findall(r"^::: (\S+)$", page, re.MULTILINE)}
    modules = {path for name in ("agents", "market", "experiments", "detour") for path in (ROOT / name).rglob("*.py")}
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in modules if path.stem != "__init__"}
    assert documented == names


@pytest.mark.parametrize(
    ("uri", "link", "on_site"),
    [
        ("index.md", "[a](docs/odd.md)", "[a](odd.md)"),
        ("index.md", "[a](docs/performance.md#saved-states)", "[a](performance.md#saved-states)"),
        ("index.md", "![a](docs/images/page.png)", "![a](images/page.png)"),
        ("index.md", "[a](CONTRIBUTING.md) and [b](LICENSE)", "[a](contributing.md) and b"),
        ("howto/README.md", "[a](../../CONTRIBUTING.md)", "[a](../contributing.md)"),
        ("howto/date-a-lever.md", "[a](../tables.md)", "[a](../tables.md)"),
        ("reproducibility.md", "[`tests/x.py`](../tests/x.py)", "`tests/x.py`"),
        ("evidence.md", "![a](../results/b/c.png)", "![a](results/b/c.png)"),
        ("odd.md", "[a](https://example.org/b.md)", "[a](https://example.org/b.md)"),
        ("odd.md", "```\n[a](../README.md)\n```", "```\n[a](../README.md)\n```"),
        ("index.md", r"\$40/kWh, [a](docs/odd.md)", "$40/kWh, [a](odd.md)"),
    ],
)
def test_a_link_of_the_project_leads_to_its_page_of_the_site(uri: str, link: str, on_site: str) -> None:
    assert with_site_links(link, uri) == on_site


def test_links_of_a_page_are_told_from_the_folder_of_the_project() -> None:
    assert linked("[a](../README.md) ![b](../results/c.png)\n```\n[d](e.md)\n```\n", "odd.md") == {
        "README.md", "results/c.png",
    }  # fmt: skip


@pytest.mark.parametrize("said", sorted(SOURCES))
def test_a_number_to_quote_is_that_of_the_page_it_comes_from(said: str) -> None:
    page, pattern = SOURCES[said]
    found = re.search(pattern, (DOCS / page).read_text(encoding="utf-8"))
    assert found is not None, f"{page} no longer says it that way"
    assert re.search(rf"(?<![\d.]){re.escape(found[1])}(?![\d.]*\d)", said), f"{page} says {found[1]}"
    assert said in (DOCS / "which-number.md").read_text(encoding="utf-8")


def test_bands_are_called_too_narrow_or_too_wide_as_the_hindcast_says() -> None:
    rows = re.findall(
        r"^\| 80 % bands .* \| held (\d+) %.* \| (.*) \|$", (DOCS / "which-number.md").read_text("utf-8"), re.MULTILINE
    )
    assert len(rows) == 2
    for held, so in rows:
        assert ("too narrow" in so) == (int(held) < 70)
        assert ("too wide" in so) == (int(held) > 90)


def test_parameters_that_data_identify_are_counted_right() -> None:
    table = (DOCS / "calibration.md").read_text("utf-8").partition("<!-- parameters -->")[2].partition("<!-- end")[0]
    verdicts = [line.split("|")[-2].strip() for line in table.splitlines() if line.startswith("| `")]
    said = f"identify {verdicts.count('yes')} of {len(verdicts)} fitted parameters"
    assert said in (DOCS / "which-number.md").read_text("utf-8")


def test_the_hindcast_page_begins_with_how_many_aims_are_reached() -> None:
    page = (DOCS / "hindcast.md").read_text("utf-8")
    verdicts = re.findall(
        r"\| (yes|\*\*no\*\*) \|$", page.partition("<!-- must show -->")[2].partition("<!-- end")[0], re.MULTILINE
    )
    words = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight")
    said = f"{words[verdicts.count('yes')]} of {words[len(verdicts)].lower()} aims"
    assert page.split("**In short.** ")[1].startswith(said)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built strictly without the outputs of tutorials, whose own tests run them."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    environment = {**os.environ, "DETOUR_RUN_TUTORIALS": "false"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def browser() -> Iterator["Browser"]:
    """Chromium as Debian or the user installed it; without one the test is skipped, but never in CI."""
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        assert not os.environ.get("CI"), "no Chromium"
        pytest.skip("no Chromium or Chrome on PATH")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@pytest.mark.long
def test_the_site_builds_strictly_and_fetches_nothing(site: Path) -> None:
    pages = {path.relative_to(site).as_posix(): path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    assert {"index.html", "which-number.html", "tutorials/3-own-rule.html", "reference/python.html"} <= set(pages)
    assert [name for name, page in pages.items() if FETCHED.search(page)] == []
    assert 'id="market.power.regions' in pages["reference/code/market.power.html"]
    assert "A shipped scenario, that of a" in pages["reference/python.html"]


@pytest.mark.long
def test_the_site_can_be_searched_as_files_without_network(site: Path, browser: "Browser") -> None:
    page = browser.new_context(offline=True).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((site / "index.html").as_uri())
    page.fill("input.md-search__input", "hurdle")
    page.locator(".md-search-result__item").first.wait_for()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
