"""The server's settings: on this computer only, offline, wrong ports in one sentence."""

import socket

import pytest
from typer.testing import CliRunner

import experiments.page.serve as serve_module
from experiments.cli import app
from experiments.errors import InputError
from experiments.page.serve import check_free, is_local
from experiments.page.start import Start

RUNNER = CliRunner()


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Start, str, int]]:
    """What the command would serve; nothing is."""
    calls: list[tuple[Start, str, int]] = []
    monkeypatch.setattr(serve_module, "serve", lambda *arguments: calls.append(arguments))
    return calls


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("192.168.1.5", False), ("x", False)],  # noqa: S104 - not listened on
)
def test_only_this_computer_counts_as_local(host: str, *, local: bool) -> None:
    assert is_local(host) is local


def test_a_taken_port_is_told_in_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"--port {port}: .*; choose another"):
            check_free("127.0.0.1", port)
    check_free("127.0.0.1", port)


def test_the_page_stays_on_this_computer_unless_told_otherwise(served: list[tuple[Start, str, int]]) -> None:
    done = RUNNER.invoke(app, ["app"])
    assert done.exit_code == 0, done.output
    assert served == [(Start(), "127.0.0.1", 8765)]
    assert "http://127.0.0.1:8765" in done.output
    assert "Warning" not in done.output


def test_opening_the_page_to_the_network_warns(served: list[tuple[Start, str, int]]) -> None:
    done = RUNNER.invoke(app, ["app", "no-detour", "--host", "0.0.0.0", "--port", "9000", "--seed", "4"])  # noqa: S104
    assert done.exit_code == 0, done.output
    assert served == [(Start("no-detour", 4), "0.0.0.0", 9000)]  # noqa: S104
    assert "open to everybody" in done.output


def test_a_wrong_scenario_is_told_before_anything_is_served(served: list[tuple[Start, str, int]]) -> None:
    done = RUNNER.invoke(app, ["app", "no-detuor"])
    assert done.exit_code == 2
    assert "did you mean no-detour?" in done.output
    assert served == []


def test_nothing_is_asked_of_other_machines() -> None:
    settings = serve_module._SETTINGS
    assert settings["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] == "False"
    assert settings["SOLARA_ASSETS_CDN"].startswith("http://127.0.0.1:")
