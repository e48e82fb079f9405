"""Hostile clients against one server: other sites' pages, forged names, paths that lead out, hand-made messages."""

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from html import escape
from importlib.metadata import files
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from websockets.exceptions import InvalidStatus

from experiments.page.guard import MOST_CONNECTIONS
from experiments.page.reference_line import MOST_PROCESSES
from experiments.page.tabs import FULL, MOST_TABS
from tests.page.conftest import SHORT, opened
from tests.page.hand_made import ask, tab, websocket
from tests.page.server import Server, served
from tests.page.test_browser import press, wait_for_quarter

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_SECONDS, _PAUSE_S = 60, 0.1
_FEW = 2  # tabs of the server of most tests, so that it is soon full
FOLDERS = (
    "/_solara/cdn", "/static", "/static/assets", "/static/public", "/jupyter/nbextensions",
    "/jupyter/nbextensions/jupyter-vue", "/jupyter/nbextensions/jupyter-vuetify",
)  # fmt: skip
"""Beginnings of addresses under which Solara has files."""
_UP = ("../", "%2e%2e/", "..%2f", "%2e%2e%2f", "..\\", "..%5c", "%252e%252e%252f", "....//", "a/../../")
_GOALS = ("etc/passwd", "/etc/passwd", "pyproject.toml", "..%00/etc/passwd", "proc/self/environ")
TRAVERSALS = [f"{up * 12}{goal}" for up in _UP for goal in _GOALS]
_CLOSED = (
    "/resourcez", "/resourcez?verbose", "/readyz", "/metrics", "/jupyter/api/kernels/x", "/favicon.ico", "/other",
    "/_solara/api/evict/x", "/_solara/auth/login", "/docs", "/static/public/x", "//", "/_solara", "/_solara/cdn",
)  # fmt: skip


def packaged() -> Path:
    """The folder of Solara's packaged assets."""
    found = next(file for file in files("solara-assets") or () if file.match("requirejs@*/require.js"))
    return Path(str(found.locate())).resolve().parents[1]


def tree_hash(folder: Path) -> str:
    """One hash of the names and contents of all files below a folder."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        whole.update(f"{path.relative_to(folder)}\n".encode())
        if path.is_file():
            whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _link(here: str, there: str) -> None:
    """The same file at another place: quicker than a copy, which is made where there are no links."""
    try:
        os.link(here, there)
    except OSError:
        shutil.copy2(here, there)


@pytest.fixture(scope="module")
def assets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The packaged assets at another place, the same after all attacks."""
    copy = tmp_path_factory.mktemp("packaged") / "cdn"
    shutil.copytree(packaged(), copy, copy_function=_link)
    (copy / "way-out.js").symlink_to("/etc/passwd")
    before = tree_hash(copy)
    yield copy
    assert tree_hash(copy) == before


@pytest.fixture(scope="module")
def server(assets: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    scenario = tmp_path_factory.mktemp("scenarios") / "short.toml"
    scenario.write_text(SHORT, encoding="utf-8")
    with served(
        str(scenario), "--consumers", "500", "--allow-host", "lab.example", assets=assets, tabs=_FEW
    ) as running:
        yield running


def test_a_directory_asked_for_is_not_found_and_stays(server: Server, assets: Path) -> None:
    """The image tag on any site that took style and script from the page."""
    for path in sorted(assets.rglob("*")):
        if path.is_dir() and len(path.relative_to(assets).parts) <= 2:
            name = path.relative_to(assets).as_posix()
            assert ask(server, f"/_solara/cdn/{name}").status == 404
            assert path.is_dir()
    for folder in FOLDERS:
        for ending in ("", "/", "/.", "/%2e", "/dist", "/dist/"):
            assert ask(server, folder + ending).status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_assets_are_only_read(server: Server, method: str) -> None:
    target = "/_solara/cdn/requirejs@2.3.6/require.js"
    assert ask(server, target, method, Origin=server.address).status == 404
    read = ask(server, target)
    assert read.status == 200
    assert read.body
    assert ask(server, target, "HEAD").body == b""


def test_there_are_45_ways_out_of_a_folder() -> None:
    assert len(set(TRAVERSALS)) == 45


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_path_leads_out_of_a_folder(server: Server, folder: str) -> None:
    for way in TRAVERSALS:
        answer = ask(server, f"{folder}/{way}")
        assert answer.status in (400, 404), way
        assert b"root:" not in answer.body
    assert ask(server, f"{folder}/x%00.js").status == 404
    assert ask(server, f"{folder}/{'a' * 5000}").status == 404


def test_a_link_that_leads_out_is_not_followed(server: Server) -> None:
    assert ask(server, "/_solara/cdn/way-out.js").status == 404


@pytest.mark.parametrize("route", _CLOSED)
def test_no_other_route_is_open_nor_tells_of_the_machine(server: Server, route: str) -> None:
    answer = ask(server, route)
    assert answer.status == 404
    assert answer.body in (b"Not Found", b"")
    assert "server" not in answer.headers


@pytest.mark.parametrize(
    "host",
    ["attacker.example", "127.0.0.1.attacker.example", "127.0.0.1@attacker.example", "localhost.attacker.example:80",
     "attacker.example:8765", "", "[::2]", "127.0.0.1:80:80", "localhost/..", None],
)  # fmt: skip
def test_a_name_that_was_made_to_lead_here_is_refused(server: Server, host: str | None) -> None:
    """DNS rebinding: the address is this computer's, the name is the attacker's."""
    assert ask(server, "/", Host=host).status in (400, 403)
    assert ask(server, server.entrance.removeprefix(server.address), Host=host).status in (400, 403)
    assert ask(server, "/_solara/cdn/requirejs@2.3.6/require.js", Host=host).status in (400, 403)


@pytest.mark.parametrize(
    "origin", ["http://attacker.example", "null", "http://127.0.0.1:1", "file://", "http://localhost"]
)
def test_a_page_of_another_site_or_port_is_refused(server: Server, origin: str) -> None:
    assert ask(server, "/", Origin=origin).status == 403
    assert ask(server, "/_solara/api/close/x?session_id=y", "POST", Origin=origin).status == 403
    with pytest.raises(InvalidStatus, match="403"), websocket(server, origin):
        pass


def test_what_changes_something_tells_its_origin(server: Server) -> None:
    assert ask(server, "/_solara/api/close/x?session_id=y", "POST").status == 403
    assert ask(server, "/_solara/api/close/x?session_id=y", "POST", Origin=server.address).status == 200
    with pytest.raises(InvalidStatus, match="403"), websocket(server, None):
        pass


@pytest.mark.parametrize("wrong", [None, "detour-127-0-0-1=x", "token=x"])
def test_nothing_is_told_without_the_token(server: Server, wrong: str | None) -> None:
    for target in ("/", "/?token=", "/?token=x", "/resourcez", "/static/main-vuetify.js", "/_solara/cdn/x"):
        assert ask(server, target, Cookie=wrong).status == 403
    with pytest.raises(InvalidStatus, match="403"), websocket(server, Cookie=wrong or ""):
        pass


def test_the_token_moves_from_the_address_into_a_cookie_that_scripts_cannot_read(server: Server) -> None:
    entered = ask(server, server.entrance.removeprefix(server.address), Cookie=None)
    assert (entered.status, entered.headers["location"]) == (303, "/")
    cookie, *rules = entered.headers["set-cookie"].split("; ")
    assert cookie.partition("=")[0] == f"detour-127-0-0-1-{server.address.rpartition(':')[2]}"
    assert {rule.lower() for rule in rules} == {"httponly", "path=/", "samesite=strict"}
    page = ask(server, "/", Cookie=cookie)
    assert page.status == 200
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("host", ["localhost:9999", "lab.example", "LAB.example:80", "[::1]:1"])
def test_a_tunnel_and_an_allowed_name_enter_with_the_token(server: Server, host: str) -> None:
    entered = ask(server, server.entrance.removeprefix(server.address), Host=host, Cookie=None)
    cookie = entered.headers["set-cookie"].partition(";")[0]
    assert ask(server, "/", Host=host, Cookie=cookie, Origin=f"http://{host.lower()}").status == 200


def test_controls_set_by_hand_out_of_bounds_are_told_in_a_sentence_and_the_tab_lives(server: Server) -> None:
    with tab(server) as page:
        for consumers in (300_000, -5, "abc", None, [1], 10**30, True, 2000.5):
            page.event(page.find(label="Consumers"), "choose", consumers)
            shown = escape(f"Consumers: {consumers!r} is not allowed; give a whole number, 500 to 200,000")
            assert shown in page.read(shown)
        for seed, told in {"-5": "-5", "abc": "'abc'", "4294967296": "4294967296", "1" * 5000: "'1111"}.items():
            page.event(page.find(label="Seed"), "choose", seed)
            assert "dt-banner" in page.read(escape(f"Seed: {told}"))
        page.event(page.find(label="Scenario"), "choose", "../../../etc/passwd")
        assert "choose from its list" in page.read("passwd")
        for steps, told in (
            ("x", "as a list"),
            ([{"from": "2027Q1", "value": 1e9}], "allowed are 0 to 5"),
            ([7], "is 7"),
        ):
            page.event(page.lever("policy.tariff_factor"), "date", steps)
            assert "dt-banner" in page.read(told)
        for kind in ("../x", None, ["report"]):
            page.event(page.find(kinds=page.shown_value("kinds")), "take", kind)
        for slid, told in (("abc", "abc"), ([1], "[1]"), (1e9, "1000000000"), (None, "None"), ({"x": 1}, "{")):
            page.event(page.lever("policy.tariff_factor"), "move", slid)
            assert "dt-banner" in page.read(f" is {told}")
        for wrong in (["x"], 7, None):
            page.event(page.find(label="Color states and zones by"), "choose", wrong)
        for place in (99, -1, "abc", None, [1]):
            page.update(page.find(_model_name="BtnToggleModel"), v_model=place)
        page.event(page.find(label="Consumers"), "choose", "2000")
        page.read("Press Reset to run it.")
        page.wait(lambda: None if page.has("dt-banner") else True)
        assert page.has("500 consumers, seed 1")


def test_one_tab_too_many_is_told_so_and_reference_runs_end_with_their_tabs(server: Server) -> None:
    crowd(server, _FEW)


@pytest.mark.long
def test_twenty_tabs_are_served_and_no_more() -> None:
    with served("--consumers", "500") as running:
        crowd(running, MOST_TABS)


def crowd(server: Server, most: int) -> None:
    """Open as many tabs as are served and one more; then one when they are closed."""
    process = psutil.Process(server.process.pid)
    with contextlib.ExitStack() as stack:
        for _ in range(most):
            stack.enter_context(tab(server)).find(label="Seed")
        assert len(process.children()) <= MOST_PROCESSES
        with tab(server) as one_more:
            assert FULL in one_more.read("dt-banner")
    with tab(server) as again:
        again.find(label="Seed")
    end = time.monotonic() + _SECONDS
    while process.children():
        assert time.monotonic() < end
        time.sleep(_PAUSE_S)


def test_connections_are_counted(server: Server) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(MOST_CONNECTIONS):
            stack.enter_context(websocket(server))
        with pytest.raises(InvalidStatus, match="403"), websocket(server):
            pass


def test_after_all_that_assets_are_whole_and_the_page_works_offline(
    browser: "Browser", server: Server, assets: Path
) -> None:
    """The last test of this file."""
    (assets / "way-out.js").unlink()
    whole = tree_hash(assets) == tree_hash(packaged())
    (assets / "way-out.js").symlink_to("/etc/passwd")
    assert whole
    with opened(browser, server) as page:
        press(page, "Step")
        wait_for_quarter(page, 0)
        assert page.url == f"{server.address}/"
        assert page.evaluate("document.cookie").find("detour-") == -1
