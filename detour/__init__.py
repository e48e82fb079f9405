"""Detour from Python: scenarios, runs, comparisons, studies and figures of the market model.

    import detour

    base = detour.scenario("reference", run={"mean_field": True})
    boom = base.with_(storage={"data_center_factor": 3.0})
    a, b = detour.run(base), detour.run(boom)
    detour.compare(a, b).figure("policy_wedge")

Everything is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from detour.names import NameTakenError, check_names
from detour.version import __version__

if TYPE_CHECKING:
    from experiments.api import Comparison, Run, compare, figures, read, run, scenario
    from experiments.api_studies import Study, sweep
    from experiments.errors import InputError, RunFailedError
    from market.model import Market
    from market.scenario import Scenario
    from market.version import RESULTS_VERSION

__all__ = [
    "RESULTS_VERSION", "Comparison", "InputError", "Market", "NameTakenError", "Run", "RunFailedError", "Scenario",
    "Study", "__version__", "compare", "figures", "read", "run", "scenario", "sweep",
]  # fmt: skip

_OF_API = ("Comparison", "Run", "compare", "figures", "read", "run", "scenario")
_FROM = {
    **dict.fromkeys(_OF_API, "experiments.api"),
    **dict.fromkeys(("Study", "sweep"), "experiments.api_studies"),
    **dict.fromkeys(("InputError", "RunFailedError"), "experiments.errors"),
    "Market": "market.model",
    "RESULTS_VERSION": "market.version",
    "Scenario": "market.scenario",
}

check_names()


def __getattr__(name: str) -> Any:
    if name not in _FROM:
        raise AttributeError(f"detour has no {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_FROM[name]), name)


def __dir__() -> list[str]:
    return list(__all__)
