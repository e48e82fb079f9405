"""Parameters that move nothing are told from those that move something by all tables of short runs."""

import pytest

from experiments.attribution import idle_factors
from experiments.attribution.idle_factors import BASES, factors, idle_in
from experiments.inputs.parameter_list import every_parameter
from experiments.states.acting import scenario_of

SHORT = {"run.fast_graph": True, "run.consumers": 500, "run.last_quarter": "2018Q1", "run.origin": "2017Q4"}


def test_what_acts_moves_and_what_acts_later_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Choice acts from the first quarter; the quarter of a recall that does not happen never does."""
    monkeypatch.setattr(idle_factors, "SMALL", SHORT)
    assert idle_in({}, ["buyers.alpha_product", "trust.recall_quarter"]) == ["trust.recall_quarter"]


def test_a_value_that_ends_a_run_counts_as_moving(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle_factors, "SMALL", SHORT)
    base = idle_factors.Base({})
    assert not base.is_moved({})
    base._rows.append(base._rows[-1])  # a quarter more than the run has
    assert base.is_moved({})


def test_base_states_are_scenarios_and_every_other_parameter_is_moved() -> None:
    for values in BASES.values():
        assert scenario_of({**idle_factors.SMALL, **values}).run.fast_graph
    left_out = set(every_parameter()) - set(factors())
    assert {name.partition(".")[0] for name in left_out} <= {"run", "rules", "plugins", "data"}
