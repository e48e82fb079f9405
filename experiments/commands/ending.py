"""How a command ends: errors in one sentence with their exit code, and stops by a signal."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import typer

from experiments.errors import InputError, RunFailedError
from experiments.shown_text import one_line, say

FAILED, BAD_INPUT = 1, 2
STOPPED = 128 + signal.SIGINT  # what shells report of a command stopped by Ctrl-C
NO_MEMORY_SENTENCE = (
    "There is not enough memory for this command: free some, raise its limit, "
    "or ask for fewer --consumers or --workers."
)
STOPPED_SENTENCE = "Stopped; nothing half-written is left and earlier results are untouched."


@contextmanager
def errors_in_one_sentence(stopped: str = STOPPED_SENTENCE) -> Iterator[None]:
    """Turn the errors of a command into one sentence on standard error and the exit code that belongs to them.

    ``stopped``: what to say after Ctrl-C.
    """
    try:
        yield
    except InputError as error:
        code, sentence = BAD_INPUT, str(error)
    except RunFailedError as error:
        code, sentence = FAILED, str(error)
    except MemoryError:
        code, sentence = FAILED, NO_MEMORY_SENTENCE
    except KeyboardInterrupt:
        code, sentence = STOPPED, stopped
    else:
        return
    say(one_line(sentence), error=True)
    raise typer.Exit(code)


def is_lack_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory is short; libraries that cannot be loaded for it say so in words alone."""
    words = ("failed to map segment", "Cannot allocate memory", "load shared object file")
    return isinstance(error, MemoryError) or any(each in str(error) for each in words)


_stopped_by: list[int] = []


def stop(signal_number: int, _frame: FrameType | None) -> None:
    """End as the signal asks; it is remembered, because compiled code may swallow what is raised within it."""
    _stopped_by.append(signal_number)
    sys.unraisablehook = _silent_about_stops
    end_if_stopped()


def _silent_about_stops(lost: "sys.UnraisableHookArgs") -> None:
    """Tell of an exception that could not be raised, unless it is a stop, which is remembered.

    A signal may come in a callback of the garbage collector or of an import, from which nothing can be raised.
    """
    if not isinstance(lost.exc_value, KeyboardInterrupt | SystemExit):
        sys.__unraisablehook__(lost)


def end_if_stopped() -> None:
    """End if a signal asked for it before."""
    if not _stopped_by:
        return
    if _stopped_by[0] == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(128 + _stopped_by[0])
