"""Which parameters act before the end of observed data: measured by hashes of states, not declared.

``python -m experiments.states.acting`` measures and writes ``acts_later.txt``: parameters that only later quarters
depend on. Whatever is not in the list counts as acting.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product, zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from experiments.inputs.dated_names import nested
from experiments.inputs.parameter_list import ParameterInfo, Value, differences, every_parameter
from experiments.inputs.scenario_files import load_scenario, shipped_names
from experiments.runs.whole_files import write_whole
from experiments.shown_text import say
from market.base import quarters
from market.base.object_edits import state_sha256
from market.model import Market
from market.scenario import Scenario

ALWAYS = ("run", "rules", "plugins", "data")
"""Groups whose parameters always count as acting: they say what is run, how finely and by which code."""
LIST = Path(__file__).parent / "acts_later.txt"
_SMALL: dict[str, Value] = {"run.fast_graph": True, "run.consumers": 1_000}
_FAR = (0.1, 0.9)  # where between its bounds a parameter is put
_CHANGED = 0.5  # of the parameters in a joint draw
_DRAWS = 1

Values = Mapping[str, Value]


def scenario_of(values: Values) -> Scenario:
    """The reference with some values changed. Raises ValueError if they do not fit each other."""
    return Scenario.model_validate(nested(dict(values)))


def lived(values: Values, seed: int = 1) -> Iterator[str]:
    """A run up to its origin: the national row of every quarter, then its state's hash; nothing more after an error."""
    market = Market(parameters=scenario_of(values), rng=seed)
    try:
        while market.quarter < market.origin:
            market.step()
            yield repr(market.recorder.last("national"))
        yield state_sha256(market.state())
    except (ArithmeticError, ValueError, LookupError, RuntimeError) as error:
        yield repr(error)
    finally:
        market.release()


class Past:
    """A run up to its origin, to compare those of other values with."""

    def __init__(self, base: Values, seed: int = 1) -> None:
        self.base = base
        self._seed = seed
        self._usual = list(lived(base, seed))

    def differs(self, values: Values) -> bool:
        """Whether some values change the state at the origin, or a national row on the way to it."""
        made = lived({**self.base, **values}, self._seed)
        return any(ours != theirs for ours, theirs in zip_longest(self._usual, made))


def others(known: ParameterInfo) -> list[Value]:
    """Values of a parameter that differ from its default: for a number near its bounds, otherwise all there are."""
    if known.kind is str and known.unit == "quarter":
        return ["2018Q2", "2024Q2", "2026Q2", "2031Q2"]
    if known.choices or known.kind is bool:
        return [value for value in (known.choices or (True, False)) if value != known.default]
    if known.low is None or known.high is None:
        return []
    far = [known.low + share * (known.high - known.low) for share in _FAR]
    return [known.kind(round(value) if known.kind is int else value) for value in far if value != known.default]


def candidates() -> list[str]:
    """Parameters that may act later only, and as ``group.key@`` their steps after the origin."""
    found = []
    for name, known in every_parameter().items():
        if name.partition(".")[0] not in ALWAYS:
            found += [name] if known.one_value else [name, f"{name}@"]
    return found


def fitting(base: Values, wanted: Values) -> dict[str, Value]:
    """Those of the values that can be had together, taken in their order."""
    taken: dict[str, Value] = {}
    for name, value in wanted.items():
        try:
            scenario_of({**base, **taken, name: value})
        except ValueError:
            continue
        taken[name] = value
    return taken


def drawn(names: Sequence[str], base: Values, generator: np.random.Generator) -> dict[str, Value]:
    """About half of the parameters, each anywhere between its bounds; steps at any quarter after the origin."""
    wanted: dict[str, Value] = {}
    for name in names:
        known, choices = every_parameter()[name.rstrip("@")], others(every_parameter()[name.rstrip("@")])
        first = generator.integers(quarters.LAST_RECORD + 1, quarters.LAST_SIMULATED)
        placed = f"{name}{quarters.label(int(first))}" if name.endswith("@") else name
        if not choices or generator.random() > _CHANGED:
            continue
        if known.kind is float and known.low is not None and known.high is not None:
            wanted[placed] = float(generator.uniform(known.low, known.high))
        else:
            wanted[placed] = choices[generator.integers(len(choices))]
    return fitting(base, wanted)


def smallest(values: Values, acts: Callable[[Values], bool]) -> list[str]:
    """Names of a smallest part of the values that acts, given that all of them together do."""
    names, size = list(values), len(values)
    while size >= 1:
        for start in range(0, len(names), size):
            rest = names[:start] + names[start + size :]
            if rest and acts({name: values[name] for name in rest}):
                names, size = rest, min(2 * size, len(rest))
                break
        else:
            size //= 2
    return names


def acting_alone(names: Sequence[str], past: Past) -> set[str]:
    """Those among the names that change the state at the origin when each is moved alone."""
    found = set()
    for name in names:
        tried = [] if name.endswith("@") else others(every_parameter()[name])
        if any(past.differs(values) for each in tried if (values := fitting(past.base, {name: each}))):
            found.add(name)
    return found


def acting_together(names: Sequence[str], past: Past, generator: np.random.Generator) -> set[str]:
    """Those among the names that change the state at the origin when about half of all are moved at random."""
    left, found = drawn(names, past.base, generator), set[str]()
    while left and past.differs(left):
        culprits = smallest(left, past.differs)
        found.update(each if "@" not in each else each[: each.index("@") + 1] for each in culprits)
        left = {name: value for name, value in left.items() if name not in culprits}
    return found


def bases() -> dict[str, dict[str, Value]]:
    """Runs in which it is measured: small ones of the reference, drawn and expected, and of every shipped scenario."""
    found: dict[str, dict[str, Value]] = {
        "drawn": _SMALL,
        "mean field": {"run.fast_graph": True, "run.mean_field": True},
    }
    for name in shipped_names():
        scenario = load_scenario(name).scenario
        if scenario.run.origin == Scenario().run.origin:
            found[name] = {**{key: value for key, (value, _) in differences(scenario).items()}, **_SMALL}
    return found


def measure(names: Sequence[str], draws: int, tell: Callable[[str], Any]) -> list[str]:
    """Those among the names that act later only, in their order."""
    acting = acting_alone(names, Past(_SMALL))
    tell(f"alone: {', '.join(sorted(acting))}")
    for number, (place, base) in product(range(draws), bases().items()):
        left = [each for each in names if each not in acting and each.rstrip("@") not in base]
        found = acting_together(left, Past(base), np.random.default_rng(number))
        acting |= found
        tell(f"draw {number + 1}, {place}: {', '.join(sorted(found)) or 'none'}")
    later = [name for name in names if name not in acting]
    return [name for name in later if not (name.endswith("@") and name.rstrip("@") in later)]


def main() -> None:
    """Measure and write the list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=_DRAWS, help="joint draws in each run")
    parser.add_argument("names", nargs="*", help="parameters to measure (a step as group.key@); all by default")
    asked = parser.parse_args()
    later = measure(asked.names or candidates(), asked.draws, say)
    write_whole(LIST, "".join(f"{name}\n" for name in later).encode())


if __name__ == "__main__":
    main()
