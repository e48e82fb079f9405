"""The server's settings: on this computer only, offline, wrong ports in one sentence."""

import socket

import pytest
from typer.testing import CliRunner

import experiments.page.serve as serve_module
from experiments.cli import app
from experiments.errors import InputError
from experiments.page.guard import Door, cookie_name, host_name, new_door
from experiments.page.serve import check_free, is_local
from experiments.page.start import Start

RUNNER = CliRunner()


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Start, Door]]:
    """What the command would serve; nothing is."""
    calls: list[tuple[Start, Door]] = []
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


def test_the_page_stays_on_this_computer_unless_told_otherwise(served: list[tuple[Start, Door]]) -> None:
    done = RUNNER.invoke(app, ["app"])
    assert done.exit_code == 0, done.output
    assert served == [(Start(), new_door("127.0.0.1", 8765))]
    assert f"http://127.0.0.1:8765/?token={served[0][1].token} " in done.output
    assert "Warning" not in done.output


def test_opening_the_page_to_the_network_warns(served: list[tuple[Start, Door]]) -> None:
    done = RUNNER.invoke(app, ["app", "no-detour", "--host", "0.0.0.0", "--port", "9000", "--seed", "4"])  # noqa: S104
    assert done.exit_code == 0, done.output
    assert served == [(Start("no-detour", 4), new_door("0.0.0.0", 9000))]  # noqa: S104
    assert "can be reached from other computers" in done.output
    assert f"http://127.0.0.1:9000/?token={served[0][1].token} " in done.output


def test_a_door_answers_to_this_computer_the_address_given_and_names_allowed() -> None:
    door = new_door("10.0.0.7", 8765, ["Lab.Example.org", "[FE80::1]"])
    assert door.names == {"localhost", "127.0.0.1", "::1", "10.0.0.7", "lab.example.org", "fe80::1"}
    assert door.address.startswith("http://10.0.0.7:8765/?token=")
    assert new_door("::1", 1).address.startswith("http://[::1]:1/?token=")


def test_a_token_is_new_each_time_long_and_never_shown_by_chance() -> None:
    door = new_door("127.0.0.1", 8765)
    assert len(door.token) >= 43  # 256 bits
    assert door.token != new_door("127.0.0.1", 8765).token
    assert door.token not in repr(door)
    assert door.opens(door.token)
    assert not any(door.opens(wrong) for wrong in ("", door.token[:-1], door.token + "x", "\u00e9"))


@pytest.mark.parametrize("name", ["*", "http://lab.example", "lab.example:80", "", "a b", "lab.example/", ".."])
def test_an_allowed_name_that_is_none_is_told_in_a_sentence(served: list[tuple[Start, Door]], name: str) -> None:
    done = RUNNER.invoke(app, ["app", "--allow-host", name])
    assert done.exit_code == 2
    assert "give a host name or address alone" in " ".join(done.output.split())
    assert served == []


@pytest.mark.parametrize(
    ("header", "name"),
    [("127.0.0.1:8765", "127.0.0.1"), ("LOCALHOST", "localhost"), ("[::1]:80", "::1"), ("::1", None), ("a@b", None),
     ("", None), ("localhost:", None), ("localhost:80:80", None), ("localhost\n", None)],
)  # fmt: skip
def test_a_host_header_is_read_strictly(header: str, name: str | None) -> None:
    assert host_name(header) == name


def test_two_servers_of_one_computer_have_two_cookies() -> None:
    assert cookie_name("localhost:8765") != cookie_name("localhost:8766")


def test_a_wrong_scenario_is_told_before_anything_is_served(served: list[tuple[Start, Door]]) -> None:
    done = RUNNER.invoke(app, ["app", "no-detuor"])
    assert done.exit_code == 2
    assert "did you mean no-detour?" in done.output
    assert served == []


def test_nothing_is_asked_of_other_machines() -> None:
    settings = serve_module._SETTINGS
    assert settings["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] == "False"
    assert settings["SOLARA_ASSETS_CDN"].startswith("http://127.0.0.1:")
