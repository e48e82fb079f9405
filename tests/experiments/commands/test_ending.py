"""A stop that comes where nothing can be raised ends the command all the same, without a traceback."""

import subprocess
import sys

import pytest
import typer

from experiments.commands.ending import FAILED, NO_MEMORY_SENTENCE, errors_in_one_sentence, is_lack_of_memory

SWALLOWED = """
import signal, sys, typer, weakref
from experiments.commands.ending import end_if_stopped, errors_in_one_sentence, stop
signal.signal(signal.SIGINT, stop)
class Thing: pass
thing = Thing()
def goes(_):
    {what}
watch = weakref.ref(thing, goes)
try:
    with errors_in_one_sentence():
        del thing
        end_if_stopped()
except typer.Exit as ended:
    sys.exit(ended.exit_code)
"""


def told(what: str) -> tuple[str, int]:
    done = subprocess.run(
        [sys.executable, "-c", SWALLOWED.format(what=what)], capture_output=True, text=True, check=False
    )
    return done.stderr, done.returncode


def test_ctrl_c_in_a_callback_is_answered_in_one_sentence() -> None:
    said, code = told("signal.raise_signal(signal.SIGINT)")
    assert said == "Stopped; nothing half-written is left and earlier results are untouched.\n"
    assert code == 130


def test_what_else_fails_in_a_callback_is_still_told() -> None:
    said, code = told("raise ValueError('lost')")
    assert "ValueError: lost" in said
    assert code == 0


def test_too_little_memory_is_told_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended, errors_in_one_sentence():
        raise MemoryError
    assert ended.value.exit_code == FAILED
    assert capsys.readouterr().err == f"{NO_MEMORY_SENTENCE}\n"


@pytest.mark.parametrize(("error", "short"), [
    (MemoryError(), True), (ImportError("libx.so: failed to map segment from shared object"), True),
    (OSError(12, "Cannot allocate memory"), True), (ImportError("No module named 'x'"), False),
    (OSError(28, "No space left on device"), False),
])  # fmt: skip
def test_what_libraries_say_of_too_little_memory_is_known(error: Exception, *, short: bool) -> None:
    assert is_lack_of_memory(error) == short
