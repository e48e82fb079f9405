"""Which parameters a failed run had changed, and which of them is the likely cause."""

from experiments.inputs.parameter_list import Value, differences, every_parameter
from market.scenario import Scenario

_MOST_NAMED = 8
_HOW = ("run", "plugins")  # groups that say how finely a run is made and by which code
_CHANGED = 0.5  # way to its bound of what has no bounds: a switch, a name, a date


def cause_of_failure(scenario: Scenario) -> str:
    """``; it differs from the defaults in ...``, the likely cause first; a run of defaults says that it is one.

    Likely is what has gone furthest from its default toward a bound: inside its bounds the model should run.
    """
    changed = {name: value for name, (value, _) in differences(scenario).items() if name.partition(".")[0] not in _HOW}
    if not changed:
        return "; all parameters are at their defaults"
    order = sorted(changed, key=lambda name: -_way_to_bound(name, changed[name]))
    named = [f"{name} = {changed[name]}" for name in order[:_MOST_NAMED]]
    more = f" and {len(order) - len(named)} more" if len(order) > len(named) else ""
    likely = f"; the likely cause is {order[0]}" if len(order) > 1 else ""
    return f"; it differs from the defaults in {', '.join(named)}{more}{likely}"


def _way_to_bound(name: str, value: Value) -> float:
    """How far a value has gone from its default to the bound on its side: 0 to 1."""
    known = every_parameter().get(name)
    if known is None or known.low is None or known.high is None or known.kind is bool:
        return _CHANGED
    gone = float(value) - float(known.default)
    room = known.high - float(known.default) if gone > 0 else float(known.default) - known.low
    return abs(gone) / room if room > 0 else 1.0
