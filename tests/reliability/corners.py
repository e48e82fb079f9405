"""Runs at the bounds of parameters: each parameter at both ends alone, and many at random ends together.

``python -m tests.reliability.corners ends|corners --from 0 --to 300 --step 1`` runs some of them and adds a line a
run to ``bounds.jsonl`` (``--log``: another file); those that stand there are not run again.
"""

import argparse
import json
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from experiments.inputs.dated_names import nested
from experiments.inputs.parameter_list import ParameterInfo, Value, every_parameter
from market.model import Market
from market.rules import RULES
from market.scenario import Scenario

BOUNDS = Path(__file__).with_name("bounds.jsonl")
"""How each run at the bounds ended, a line each."""
CORNERS = 300
_SEED = 24  # of the corners, not of the runs
FIXED = ("run.consumers", "run.fast_graph", "run.last_quarter", "run.mean_field", "run.origin", "run.recorded_until")
"""Parameters that say what is run and how finely."""
SMALL: dict[str, Value] = {"run.consumers": 2_000, "run.fast_graph": True, "run.last_quarter": "2030Q4"}


@dataclass(frozen=True)
class Outcome:
    """How a run at the bounds ended: ``refused`` at the door, ``failed`` on the way, or ``ran``; and what was said."""

    name: str
    end: str
    said: str
    cpu_s: float


def ends_of(known: ParameterInfo) -> list[Value]:
    """Both ends of a parameter, or all it may be; nothing for a text without bounds."""
    if known.kind is bool:
        return [True, False]
    if known.choices:
        return list(known.choices)
    if known.name.startswith("rules."):
        return list(RULES[known.name.removeprefix("rules.")])
    if known.low is None or known.high is None:
        return []
    return [known.kind(known.low), known.kind(known.high)]


@cache
def movable() -> dict[str, list[Value]]:
    """The ends of every parameter that has some, by name."""
    found = {name: ends_of(known) for name, known in every_parameter().items() if name not in FIXED}
    return {name: ends for name, ends in found.items() if ends}


def alone() -> Iterator[dict[str, Value]]:
    """Each parameter at each of its ends, all others at their defaults."""
    for name, ends in movable().items():
        yield from ({name: end} for end in ends if end != every_parameter()[name].default)


def corner(number: int) -> dict[str, Value]:
    """All parameters at random ends, as far as they fit each other: taken in a random order, what does not fit is left.

    So no corner is refused at the door only because two of two hundred parameters exclude each other.
    """
    generator = np.random.default_rng([_SEED, number])
    names = list(movable())
    drawn = {name: movable()[name][generator.integers(len(movable()[name]))] for name in names}
    order = [names[place] for place in generator.permutation(len(names))]
    return _fitting({name: drawn[name] for name in order})


def _fitting(values: dict[str, Value]) -> dict[str, Value]:
    if not values or _fits(values):
        return values
    if len(values) == 1:
        return {}
    taken = _fitting(dict(list(values.items())[: len(values) // 2]))
    for name, value in list(values.items())[len(values) // 2 :]:
        if _fits(taken | {name: value}):
            taken[name] = value
    return taken


def _fits(values: dict[str, Value]) -> bool:
    try:
        scenario(values)
    except ValueError:
        return False
    return True


def scenario(values: dict[str, Value]) -> Scenario:
    """A small scenario with some values changed. Raises ValueError if they do not fit each other."""
    return Scenario.model_validate(nested(SMALL | values))


def _sentence(error: ValueError) -> str:
    first = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
    return first.removeprefix("Value error, ")


def tried(name: str, values: dict[str, Value]) -> Outcome:
    """Run a small scenario with some values changed; a warning of NumPy is a failure too."""
    start = time.process_time()
    try:
        given = scenario(values)
    except ValueError as error:
        return Outcome(name, "refused", _sentence(error), 0.0)
    market = Market(parameters=given, rng=1, record=("national",))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            market.run()
    except (ArithmeticError, ValueError, LookupError, RuntimeError, Warning) as error:
        return Outcome(name, "failed", f"{type(error).__name__}: {error}", time.process_time() - start)
    finally:
        market.release()
    return Outcome(name, "ran", "", time.process_time() - start)


def cases(kind: str) -> list[tuple[str, dict[str, Value]]]:
    """Names and changed values of all ends or all corners."""
    if kind == "corners":
        return [(f"corner {number}", {"": number}) for number in range(CORNERS)]
    return [(", ".join(f"{name} = {value}" for name, value in values.items()), values) for values in alone()]


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("ends", "corners"))
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--to", dest="last", type=int, default=None)
    parser.add_argument("--step", type=int, default=1, help="every so many of them")
    parser.add_argument("--log", type=Path, default=BOUNDS)
    given = parser.parse_args()
    done = {json.loads(line)["name"] for line in given.log.read_text().splitlines()} if given.log.exists() else set()
    for name, values in cases(given.kind)[given.first : given.last : given.step]:
        if name in done:
            continue
        outcome = tried(name, corner(int(name.split()[1])) if given.kind == "corners" else values)
        with given.log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(vars(outcome)) + "\n")


if __name__ == "__main__":
    _main()
