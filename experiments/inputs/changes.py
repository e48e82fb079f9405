"""What a run changes against a shipped scenario, as ``--set`` gives it and as a scenario file does."""

from experiments.inputs.parameter_list import Value, every_parameter, steps_of, value_of
from experiments.inputs.scenario_files import REFERENCE, load_scenario, shipped_names
from market.scenario import Scenario

_OPTIONS = ("run.consumers", "run.mean_field")  # parameters with an option of their own


def base_of(name: str) -> str:
    """The shipped scenario that a run of this name began from; the reference for a file of a user's own."""
    base = name.partition("+")[0]
    return base if base in shipped_names() else REFERENCE


def changed_from(base: str, scenario: Scenario) -> dict[str, Value]:
    """Values, also dated ones, by ``group.key`` in which a scenario differs from a shipped one."""
    shipped = load_scenario(base).scenario
    return {
        key: value
        for name in every_parameter()
        for key, value in {name: value_of(scenario, name), **steps_of(scenario, name)}.items()
        if name not in _OPTIONS and _both(scenario, name) != _both(shipped, name)
    }


def _both(scenario: Scenario, name: str) -> tuple[Value, dict[str, Value]]:
    return value_of(scenario, name), steps_of(scenario, name)


def value_text(value: Value) -> str:
    """A parameter's value as a scenario file writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else f"{value:.10g}"
