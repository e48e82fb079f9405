"""The twelve levers of the explorer: what they are called, their ranges and where the reference has them."""

import math
from dataclasses import dataclass

from experiments.inputs.dated_names import declared_here
from experiments.inputs.parameter_list import Value

_CREDIT_FACTOR = "policy.federal_credit_factor"
_CREDIT = f"{_CREDIT_FACTOR}@2027Q1"
_ENDS, _ENDED = "2025Q3", "2025Q4"  # the law's last quarter of credits, and the first without
_TIMES, _PERCENT = "x", "%"
TITLES: dict[str, tuple[str, str, str]] = {
    _CREDIT: ("Federal EV credit from 2027", _PERCENT, "of the credits that ended in September 2025"),
    "policy.production_credit_factor": ("45X production credit", _PERCENT, "of the law's amounts"),
    "policy.state_rebate_factor": ("State EV rebates", _PERCENT, "of today's"),
    "policy.zev_requirement": ("State zero-emission rule", _PERCENT, "of the requirement as adopted"),
    "storage.data_center_factor": ("Data centers", _TIMES, "the arrivals expected"),
    "storage.saturation": ("Saturation of storage", _TIMES, "the speed at which its value falls as it spreads"),
    "storage.foreign_content": ("Foreign-content rule", _PERCENT, "of the storage credit lost"),
    "grid.managed_share": ("Managed charging", _PERCENT, "of BEVs at full enrollment"),
    "world.lithium_factor": ("Lithium price", _TIMES, "the expected price"),
    "operators.budget_factor": ("Charging budgets", _TIMES, "operators' capital budgets"),
    "operators.upkeep_floor_all": ("Required charging success", _PERCENT, "of attempts; 0: no requirement"),
    "ownership.fade_factor": ("Battery aging", _TIMES, "the loss of capacity"),
}
"""Name, unit and what the unit is of, by parameter; percent are of a value between 0 and 1."""
_STEPS = {_PERCENT: 0.05, _TIMES: 0.1}


@dataclass(frozen=True)
class ExplorerLever:
    """A lever: a parameter with the range that its runs cover; ``default``: where the reference has it."""

    name: str
    low: float
    high: float
    default: float

    @property
    def title(self) -> str:
        """What it is called."""
        return TITLES[self.name][0]

    @property
    def unit(self) -> str:
        """Percent or a multiple."""
        return TITLES[self.name][1]

    @property
    def of(self) -> str:
        """What the unit is of."""
        return TITLES[self.name][2]

    @property
    def bounds(self) -> tuple[float, float]:
        """What the model takes, of which runs cover a part."""
        declared = declared_here(self.name.partition("@")[0])
        return (
            -math.inf if declared.low is None else declared.low,
            math.inf if declared.high is None else declared.high,
        )

    @property
    def step(self) -> float:
        """Step of its slider."""
        return _STEPS[self.unit]


def default_of(name: str) -> float:
    """Where the reference has a lever; a credit that has ended is none."""
    return 0.0 if name == _CREDIT else float(declared_here(name).default)


def settings_of(name: str, value: float) -> dict[str, Value]:
    """Parameters that set a lever: itself, and for a credit that has ended also what lets it come back."""
    if name != _CREDIT:
        return {name: value}
    ended: dict[str, Value] = {f"{_CREDIT_FACTOR}@{_ENDED}": 0.0, f"{_CREDIT_FACTOR}@{_ENDED}.known": _ENDS}
    return {"policy.federal_credit_end": "2035Q4", **ended, name: value}


def dated_text() -> dict[str, list[tuple[str, str]]]:
    """What a scenario file says for a lever that has a date, by lever: names with texts, ``VALUE`` in its place."""
    steps = f'[{{ from = "{_ENDED}", value = 0.0, known = "{_ENDS}" }}, {{ from = "2027Q1", value = VALUE }}]'
    return {_CREDIT: [("policy.federal_credit_end", '"2035Q4"'), (_CREDIT_FACTOR, steps)]}
