"""Make again why scenarios differ from the reference: ``python -m experiments.explorer.explained``.

Every random stream that the explorer keeps is run again for all scenarios (half an hour of one core), and the last quarter
of each year of a scenario is compared with the same quarter of the reference, as ``market.buyers.decomposition``
compares two quarters of a run. Runs whose BEV share is not the kept one are refused.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.special import logit

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from agents.population.row_work import use_threads
from experiments.errors import InputError
from experiments.explorer.kept import Kept, kept
from experiments.explorer.why import COLUMN, GROUPS, LAST_QUARTERS, SCHEMA_VERSION, WHY, Why, apart, whole_parts, write
from experiments.inputs.scenario_files import REFERENCE, load_scenario
from experiments.runs.own_code import NO_OWN_CODE
from experiments.runs.provenance import here
from experiments.shown_text import say
from experiments.states.begin import begun
from market.buyers.decomposition import Seen, group_of_cause
from market.model import Market
from market.outputs import growth_by_term
from market.recorder import NATIONAL_ONLY
from market.scenario import Scenario
from market.version import RESULTS_VERSION

COMMAND = "python -m experiments.explorer.explained"
_SETS = ("run.mean_field=true", "run.fast_graph=true", "world.shocks=true")  # as the design policy-wedge
_FIRST_SEED = 1  # of that design
_SAME_LOG_ODDS = 1e-6
_CLOSE = 1e-9  # log-odds so near each other that a share's slope is its difference quotient


def scenario_of(name: str, last_quarter: str | None = None) -> Scenario:
    """A shipped scenario as the explorer's streams run it; ``last_quarter``: where they end, if earlier."""
    sets = _SETS if last_quarter is None else (*_SETS, f'run.last_quarter="{last_quarter}"')
    return load_scenario(name, list(sets)).scenario


def years_of(scenario: Scenario, seed: int) -> Iterator[Market]:
    """The market at the end of each year that is not observed."""
    market, _ = begun(scenario, seed, NO_OWN_CODE, record=NATIONAL_ONLY)
    try:
        while market.quarter < market.origin:
            market.step()
        while market.quarter < market.last_quarter:
            market.step()
            if market.quarter % QUARTERS_PER_YEAR == QUARTERS_PER_YEAR - 1:
                yield market
    finally:
        market.release()


def seen_of(scenario: Scenario, seed: int) -> tuple[list[Seen], Floats]:
    """A run's car market as the decomposition remembers it, and its BEV share, (years,)."""
    found, share = [], []
    for market in years_of(scenario, seed):
        explanation = market.new_explanation()
        growth_by_term(market, explanation)
        assert explanation.before is not None  # noqa: S101 - it has just been asked
        found.append(explanation.before)
        share.append(float(market.recorder.last("national")[COLUMN]))
    return found, np.array(share)


def parts_of(scenario: Scenario, seed: int, usual: Sequence[Seen], usual_share: Floats) -> tuple[Floats, Floats]:
    """Parts of the difference in the BEV share from the reference by group, (years, groups), and the share itself.

    Raises InputError where the log-odds that the causes explain are not those that differ.
    """
    parts, share = [], []
    for place, market in enumerate(years_of(scenario, seed)):
        explanation = market.new_explanation()
        explanation.before = usual[place]
        growth = dict.fromkeys(GROUPS, 0.0)
        for term, log_odds in growth_by_term(market, explanation).items():
            growth[group_of_cause(term)] += log_odds
        own = float(market.recorder.last("national")[COLUMN])
        slope = _slope(own, usual_share[place], sum(growth.values()))
        parts.append([log_odds * slope for log_odds in growth.values()])
        share.append(own)
    return np.array(parts), np.array(share)


def _slope(own: float, usual: float, explained: float) -> float:
    """Share per log-odds between two shares. Raises InputError if they differ by other log-odds than explained."""
    apart_log_odds = float(logit(own) - logit(usual))
    if abs(apart_log_odds - explained) > _SAME_LOG_ODDS:
        raise InputError(f"the causes explain {explained:g} of a difference of {apart_log_odds:g} in log-odds")
    return own * (1.0 - own) if abs(apart_log_odds) < _CLOSE else (own - usual) / apart_log_odds


def explained(found: Kept) -> Why:
    """Why all kept scenarios differ from the reference, stream by stream. Raises InputError for runs not the kept."""
    use_threads(1)
    scale, reference = 10.0 ** found.decimals[COLUMN], scenario_of(REFERENCE)
    names = [name for name in found.paths if name != REFERENCE]
    parts: dict[str, dict[str, list[list[int]]]] = {name: {group: [] for group in GROUPS} for name in names}
    for stream in range(found.streams):
        usual, usual_share = seen_of(reference, _FIRST_SEED + stream)
        _check(found, REFERENCE, stream, usual_share)
        for name in names:
            exact, share = parts_of(scenario_of(name), _FIRST_SEED + stream, usual, usual_share)
            _check(found, name, stream, share)
            whole = apart(found, name)[stream]
            rows = [whole_parts(int(total), row) for total, row in zip(whole, exact * scale, strict=True)]
            for group, path in zip(GROUPS, zip(*rows, strict=True), strict=True):
                parts[name][group].append(list(path))
            say(f"stream {stream + 1} of {found.streams}: {name}")
    made_by = here()
    return Why(
        schema_version=SCHEMA_VERSION, command=COMMAND, version=made_by.versions["battery-detour"],
        results_version=RESULTS_VERSION, code=made_by.code.short, parts=parts,
    ).checked(found)  # fmt: skip


def _check(found: Kept, name: str, stream: int, share: Floats) -> None:
    """Raise InputError unless a run is the kept one."""
    own = found.drawn(name, COLUMN)[stream, LAST_QUARTERS]
    if not np.allclose(own, share, rtol=0.0, atol=0.51 / 10.0 ** found.decimals[COLUMN]):
        raise InputError(f"{name}, stream {stream + 1}: this code makes another run than the explorer keeps")


def main() -> None:
    """Make it again."""
    write(explained(kept()))
    say(WHY)


if __name__ == "__main__":
    main()
