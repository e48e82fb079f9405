"""Why a scenario's BEV share differs from the reference's: points by group of causes on the expected path, as kept."""

import json
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from experiments.errors import InputError
from experiments.explorer.kept import Kept, Made
from experiments.inputs.scenario_files import REFERENCE
from experiments.runs.whole_files import write_whole
from market.buyers.decomposition import CHARGING, COSTS, MARKET, PRODUCTS, TRUST, UNEXPLAINED

SCHEMA_VERSION: Literal[1] = 1
WHY = Path(__file__).with_name("why.json")
"""Where it lies."""
COLUMN = "bev_share_new"
LAST_QUARTERS = slice(QUARTERS_PER_YEAR - 1, None, QUARTERS_PER_YEAR)
"""Places of the last quarters of years among those that are not observed, the first of which begins a year."""
GROUPS = {
    COSTS: "what cars, fuel and power cost the buyer, after credits",
    PRODUCTS: "which models are on offer, and how far they drive",
    CHARGING: "plugs at home and on the way, and waits there",
    TRUST: "what buyers believe of batteries and chargers, and what neighbors drive",
    MARKET: "cars that cannot be delivered, buyers who wait, who is in the market, and used cars",
    UNEXPLAINED: "change in the demand constants",
}
"""Groups of causes in the order of the page, and what is in each."""


class Why(Made):
    """Parts of the difference from the reference that each group of causes explains, and what made them.

    Both are of the last quarters of years after the observed ones, (years,), in whole numbers of the last decimal
    that is kept of the BEV share. ``shares``: by scenario; ``parts``: by scenario and group, which add up to what
    the share differs from the reference's, to the last digit.
    """

    shares: dict[str, list[int]]
    parts: dict[str, dict[str, list[int]]]

    def checked(self, found: Kept) -> "Why":
        """This, if it adds up and is of the runs that are kept. Raises InputError if it is not."""
        if list(self.shares) != list(found.paths) or list(self.parts) != list(found.paths)[1:]:
            raise InputError(_OTHER_RUNS)
        for scenario, share in self.shares.items():
            if share != found.paths[scenario][COLUMN][0][LAST_QUARTERS]:
                raise InputError(_OTHER_RUNS)
        if any(not self._adds_up(scenario) for scenario in self.parts):
            raise InputError(_OTHER_RUNS)
        return self

    def _adds_up(self, scenario: str) -> bool:
        groups, shares = self.parts[scenario], self.shares
        apart = np.array(shares[scenario]) - np.array(shares[REFERENCE])
        return list(groups) == list(GROUPS) and np.array_equal(np.sum(list(groups.values()), axis=0), apart)


_OTHER_RUNS = (
    f"{WHY.name} is of other runs than what the explorer keeps; make it again with "
    "python -m experiments.explorer.explained"
)


def whole_parts(whole: int, exact: Floats) -> list[int]:
    """Parts, (causes,), as whole numbers that add up to ``whole``, which is within few of their sum.

    Each is rounded; what is then missing goes to those that were rounded furthest the other way.
    """
    rounded = np.rint(exact)
    missing = whole - round(float(rounded.sum()))
    step = 1.0 if missing > 0 else -1.0
    rounded[np.argsort(step * (rounded - exact), kind="stable")[: abs(missing)]] += step
    return [int(each) for each in rounded]


@cache
def kept_why(path: Path = WHY) -> Why:
    """What comes with Detour. Raises FileNotFoundError, ValueError if it is of another version."""
    return Why.model_validate_json(path.read_bytes())


def write(found: Why, path: Path = WHY) -> None:
    """Write it, one scenario a line. Raises OSError."""
    content = found.model_dump(mode="json")
    lines = [f"{json.dumps(name)}:{_text(groups)}" for name, groups in content.pop("parts").items()]
    head = "".join(f"{json.dumps(name)}:{json.dumps(value)},\n" for name, value in content.items())
    write_whole(path, ("{" + head + '"parts":{\n' + ",\n".join(lines) + "}}\n").encode())


def _text(groups: object) -> str:
    return json.dumps(groups, separators=(",", ":"))
