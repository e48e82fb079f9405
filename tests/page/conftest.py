"""A real Chromium, a server of its own and one small run that tests of the page share."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from experiments.explorer.page import write_explorer
from experiments.page.player import Player
from experiments.page.start import Start
from experiments.states.store import SETTING
from tests.page.server import Server, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

SCREENSHOTS = Path(__file__).parent / "screenshots"
SHORT = 'question = "What happens to 2025?"\n\n[run]\nlast_quarter = "2025Q4"\n'
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
_PATIENCE_MS = 150_000  # a first quarter may wait for the compiler


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where runs of the page's tests leave their states at the end of observed data."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def played(cache: Path) -> Player:
    """The reference in small, played to 2025Q2: after the first decisions about lines. Its state is in the cache."""
    chosen = Start(consumers=500).load(levers={"run.last_quarter": "2025Q4"})
    player = Player(parameters=chosen.scenario, rng=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SETTING, str(cache))
        while player.snapshot.label != "2025Q2":
            player.step()
            assert player.error is None
    return player


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Chromium as Debian or the user installed it; without one the tests are skipped, but never in CI."""
    path = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        sentence = "no Chromium or Chrome on PATH; install one (Debian: apt-get install chromium) to test the page"
        assert not os.environ.get("CI"), sentence
        pytest.skip(sentence)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def server(browser: "Browser", cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of small runs that end in 2025Q4; ``browser`` comes first, so that nothing starts without one."""
    assert browser.is_connected()
    scenario = tmp_path_factory.mktemp("scenarios") / "short.toml"
    scenario.write_text(SHORT, encoding="utf-8")
    with served(str(scenario), "--consumers", "500", cache=cache) as running:
        yield running


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_explorer(tmp_path_factory.mktemp("explorer") / "explorer.html")


@pytest.fixture
def context(browser: "Browser") -> "Iterator[BrowserContext]":
    """A browser without network, in which nothing may go wrong on the console."""
    context = browser.new_context(viewport={"width": 1500, "height": 1000}, offline=True, accept_downloads=True)
    wrong: list[str] = []
    context.on("console", lambda told: wrong.append(told.text) if told.type in ("error", "warning") else None)
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    context.on(
        "request", lambda asked: wrong.append(asked.url) if not asked.url.startswith(("file:", "blob:")) else None
    )
    yield context
    context.close()
    assert wrong == []


@pytest.fixture
def tab(browser: "Browser", server: Server) -> Iterator["Page"]:
    """A new tab with the page, which fails the test if it asks anything of another machine."""
    with opened(browser, server) as page:
        yield page


class opened:  # noqa: N801 - used like a function
    """A tab with the page in a browser context of its own."""

    def __init__(self, browser: "Browser", server: Server, width: int = 1500, height: int = 1300) -> None:
        self._context = browser.new_context(viewport={"width": width, "height": height})
        self._context.set_default_timeout(_PATIENCE_MS)
        self._server = server
        self.elsewhere: list[str] = []

    def __enter__(self) -> "Page":
        """Open it and wait for the controls."""
        page = self._context.new_page()
        page.on("request", lambda request: self._note(request.url))
        page.goto(self._server.entrance)
        page.get_by_role("button", name="Step", exact=True).wait_for()
        return page

    def _note(self, url: str) -> None:
        address = self._server.address
        local = (f"{address}/", f"{address.replace('http', 'ws', 1)}/", "data:", "blob:")
        if not url.startswith(local):
            self.elsewhere.append(url)

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._context.close()
        assert self.elsewhere == []
