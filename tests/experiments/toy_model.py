"""A model of a few lines that studies run in tests: it can be slow, raise, hang or die. And Ishigami's function."""

import math
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

from experiments.inputs.design import Design
from experiments.inputs.parameter_list import ParameterInfo, Value
from experiments.studies.job import Content, Model, Outcome
from market.base.column import Series


def declared(name: str, default: Value, low: float | None = None, high: float | None = None) -> ParameterInfo:
    return ParameterInfo(name, type(default), default, "1", "uncertain", "test", name, low, high)


PARAMETERS = {
    each.name: each
    for each in (
        declared("toy.x", 1.0, 0.0, 10.0),
        declared("toy.count", 2, 0, 9),
        declared("toy.on", default=True),
        declared("toy.word", "calm"),
        declared("toy.sleep_s", 0.0, 0.0, 1000.0),
    )
}
NUMBERS = {name: Series("1", name) for name in ("total_last", "noise_last")}
QUARTERS = {"quarter": Series("quarter", "Quarter"), "total": Series("1", "total")}


def content(_scenario: str, values: Mapping[str, Value]) -> dict[str, Value]:
    shift = {"reference": 0.0, "higher": 1.0}[_scenario]
    return {
        **{name: known.default for name, known in PARAMETERS.items()},
        "toy.x": 1.0 + shift,
        **values,
    }


def noise(seed: int) -> float:
    return math.sin(1000.0 * seed)


def run(given: Content, seed: int) -> Outcome:
    word = given["toy.word"]
    if word == "raises":
        raise ValueError("the word is\nraises")
    if word == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "hangs":
        time.sleep(1000.0)
    time.sleep(float(given["toy.sleep_s"]))
    total = float(given["toy.x"]) * (2.0 if given["toy.on"] else 1.0) + noise(seed)
    if word == "odd":
        return Outcome({"total_last": total}, {})
    labels: list[float | str] = ["2017Q1", "2017Q2"]
    return Outcome({"total_last": total, "noise_last": noise(seed)}, {"quarter": labels, "total": [0.5 * total, total]})


def run_lost_twice(given: Content, seed: int) -> Outcome:
    """Kills its process at the first two tries, counted in the folder that the word names."""
    tries = Path(str(given["toy.word"]))
    place = len(list(tries.iterdir()))
    if place < 2:
        (tries / str(place)).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return run({**given, "toy.word": "calm"}, seed)


TOY = Model("toy", "1", PARAMETERS, content, run, NUMBERS, QUARTERS)

X1, X2, X3 = "ishigami.x1", "ishigami.x2", "ishigami.x3"
ISHIGAMI_PARAMETERS = {name: declared(name, 0.0, -math.pi, math.pi) for name in (X1, X2, X3)}


def run_ishigami(given: Content, _seed: int) -> Outcome:
    x1, x2, x3 = (float(given[name]) for name in (X1, X2, X3))
    return Outcome({"y": math.sin(x1) + 7.0 * math.sin(x2) ** 2 + 0.1 * x3**4 * math.sin(x1)})


def ishigami_content(_scenario: str, values: Mapping[str, Value]) -> dict[str, Value]:
    return {X1: 0.0, X2: 0.0, X3: 0.0, **values}


ISHIGAMI = Model(
    "ishigami", "1", ISHIGAMI_PARAMETERS, ishigami_content, run_ishigami, {"y": Series("1", "Ishigami's function")}, {}
)


def design(**changes: object) -> Design:
    return Design.model_validate({"question": "What is it?", **changes})
