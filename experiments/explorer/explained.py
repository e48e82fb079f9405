"""Make again why scenarios differ from the reference: ``python -m experiments.explorer.explained``.

The expected path of every scenario is run again (ten minutes of one core), and the last quarter of each year compared
with the same quarter of the reference, as ``market.buyers.decomposition`` compares two quarters of a run.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.special import logit

from agents.arrays import Floats
from agents.calendar import QUARTERS_PER_YEAR
from agents.population.row_work import use_threads
from experiments.errors import InputError
from experiments.explorer.kept import Kept, kept
from experiments.explorer.why import COLUMN, GROUPS, SCHEMA_VERSION, WHY, Why, whole_parts, write
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
_SETS = ("run.mean_field=true", "run.fast_graph=true", "world.shocks=false")
_SEED = 1  # which nothing on the expected path depends on
_SAME_LOG_ODDS = 1e-6
_CLOSE = 1e-9  # log-odds so near each other that a share's slope is its difference quotient


def scenario_of(name: str) -> Scenario:
    """A shipped scenario on the expected path, as the explorer keeps it."""
    return load_scenario(name, list(_SETS)).scenario


def years_of(scenario: Scenario) -> Iterator[Market]:
    """The market at the end of each year that is not observed."""
    market, _ = begun(scenario, _SEED, NO_OWN_CODE, record=NATIONAL_ONLY)
    try:
        while market.quarter < market.origin:
            market.step()
        while market.quarter < market.last_quarter:
            market.step()
            if market.quarter % QUARTERS_PER_YEAR == QUARTERS_PER_YEAR - 1:
                yield market
    finally:
        market.release()


def seen_of(scenario: Scenario) -> tuple[list[Seen], Floats]:
    """A run's car market as the decomposition remembers it, and its BEV share, (years,)."""
    found, share = [], []
    for market in years_of(scenario):
        explanation = market.new_explanation()
        growth_by_term(market, explanation)
        assert explanation.before is not None  # noqa: S101 - it has just been asked
        found.append(explanation.before)
        share.append(float(market.recorder.last("national")[COLUMN]))
    return found, np.array(share)


def parts_of(scenario: Scenario, usual: Sequence[Seen], usual_share: Floats) -> tuple[Floats, Floats]:
    """Parts of the difference in the BEV share from the reference by group, (years, groups), and the share itself.

    Raises InputError where the log-odds that the causes explain are not those that differ.
    """
    parts, share = [], []
    for place, market in enumerate(years_of(scenario)):
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
    """Why all kept scenarios differ from the reference. Raises InputError if this code's runs are not those kept."""
    use_threads(1)
    scale = 10.0 ** found.decimals[COLUMN]
    usual, usual_share = seen_of(scenario_of(REFERENCE))
    shares, parts = {REFERENCE: np.rint(usual_share * scale)}, {}
    for name in (each for each in found.paths if each != REFERENCE):
        exact, share = parts_of(scenario_of(name), usual, usual_share)
        shares[name] = np.rint(share * scale)
        whole = shares[name] - shares[REFERENCE]
        rows = [whole_parts(int(apart), row) for apart, row in zip(whole, exact * scale, strict=True)]
        parts[name] = dict(zip(GROUPS, map(list, zip(*rows, strict=True)), strict=True))
        say(name)
    made_by = here()
    return Why(
        schema_version=SCHEMA_VERSION, command=COMMAND, version=made_by.versions["battery-detour"],
        results_version=RESULTS_VERSION, code=made_by.code.short, parts=parts,
        shares={name: [int(each) for each in share] for name, share in shares.items()},
    ).checked(found)  # fmt: skip


def main() -> None:
    """Make it again."""
    write(explained(kept()))
    say(WHY)


if __name__ == "__main__":
    main()
