"""Seats for tabs and processes for reference lines: few at a time, and none that nobody needs."""

import subprocess
import sys
import time

import pytest

from experiments.page.reference_line import MOST_KEPT, MOST_PROCESSES, ReferenceLine, ReferenceLines
from experiments.page.tabs import MOST_TABS, Tabs

_SECONDS, _PAUSE_S = 60, 0.01
_SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
_QUICK = [sys.executable, "-c", "print('{}')"]


class _Popen(subprocess.Popen[str]):
    """Processes that stand for runs: those of even seeds take long."""

    def __init__(self, command: list[str], **_: object) -> None:
        super().__init__(_QUICK if int(command[4]) % 2 else _SLEEPER, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> ReferenceLines:
    monkeypatch.setattr("experiments.page.reference_line.subprocess.Popen", _Popen)
    return ReferenceLines()


def wait_until_done(line: ReferenceLine) -> None:
    end = time.monotonic() + _SECONDS
    while not line.is_done:
        assert time.monotonic() < end
        time.sleep(_PAUSE_S)


def test_so_many_tabs_have_a_seat_and_one_that_closes_makes_room() -> None:
    tabs = Tabs()
    seats = [tabs.take() for _ in range(MOST_TABS)]
    assert None not in seats
    assert tabs.take() is None
    first = seats[0]
    assert first is not None
    first()
    first()  # given back twice, it is one seat
    assert tabs.take() is not None
    assert tabs.take() is None


def test_few_reference_runs_are_under_way_and_others_wait_their_turn(lines: ReferenceLines) -> None:
    held = [lines.hold(500, 2 * seed, "2025Q4") for seed in range(MOST_PROCESSES + 2)]
    assert [line.is_running for line in held] == [True] * MOST_PROCESSES + [False, False]
    lines.let_go(held[0])
    assert held[0].is_done
    assert [line.is_running for line in held[1:]] == [True] * MOST_PROCESSES + [False]
    lines.stop()
    assert not any(line.is_running for line in held)


def test_a_line_is_shared_and_stops_with_its_last_tab(lines: ReferenceLines) -> None:
    line = lines.hold(500, 2, "2025Q4")
    assert lines.hold(500, 2, "2025Q4") is line
    lines.let_go(line)
    assert line.is_running
    lines.let_go(line)
    assert not line.is_running
    assert lines.hold(500, 2, "2025Q4") is not line
    lines.stop()


def test_a_waiting_line_starts_when_another_is_whole_and_a_whole_one_is_kept(lines: ReferenceLines) -> None:
    held = [lines.hold(500, 2 * seed + 1, "2025Q4") for seed in range(MOST_PROCESSES + 1)]
    for line in held:
        wait_until_done(line)
        lines.let_go(line)
    assert [line.count for line in held] == [1] * len(held)
    assert lines.hold(500, 1, "2025Q4") is held[0]


def test_whole_lines_that_nobody_shows_are_kept_up_to_a_number(lines: ReferenceLines) -> None:
    for seed in range(MOST_KEPT + 3):
        line = lines.hold(500, seed, "2025Q4")
        line.is_done = line.is_whole = True
        lines.let_go(line)
    assert len(lines._lines) == MOST_KEPT
    lines.stop()
