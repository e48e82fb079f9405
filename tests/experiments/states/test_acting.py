"""Which parameters act after the end of observed data only, and how that is measured."""

import numpy as np
import pytest

from experiments.inputs.parameter_list import Value, every_parameter
from experiments.states import acting
from experiments.states.acting import LIST, Past, acting_alone, acting_together, drawn, fitting, others, smallest
from experiments.states.key import acts_later

SHORT: dict[str, Value] = {
    "run.fast_graph": True, "run.consumers": 500, "run.origin": "2017Q4", "run.last_quarter": "2018Q2"
}  # fmt: skip


def test_the_list_names_parameters_in_the_order_of_their_declaration() -> None:
    listed = LIST.read_text(encoding="utf-8").split()
    assert listed == [name for name in every_parameter() if name in listed]
    assert acts_later("storage.data_center_factor")
    assert acts_later("storage.data_center_factor@2028Q1")
    assert not acts_later("buyers.alpha_keep")
    assert not acts_later("run.last_quarter")


def test_a_parameter_that_acts_is_found_alone_and_among_others() -> None:
    past = Past(SHORT)
    names = ["buyers.income_elasticity", "storage.data_center_factor", "cells.may_convert"]
    assert acting_alone(names, past) == {"buyers.income_elasticity"}
    found = [acting_together(names, past, np.random.default_rng(seed)) for seed in range(3)]
    assert set.union(*found) == {"buyers.income_elasticity"}


def test_the_smallest_part_that_acts_is_found_also_if_two_act_only_together() -> None:
    values: dict[str, Value] = {f"x.{number}": number for number in range(20)}
    assert smallest(values, lambda some: "x.7" in some) == ["x.7"]
    assert sorted(smallest(values, lambda some: {"x.3", "x.17"} <= set(some))) == ["x.17", "x.3"]


def test_values_lie_between_bounds_and_fit_each_other() -> None:
    known = every_parameter()
    for name in ("storage.data_center_factor", "cells.may_convert", "policy.federal_credit_end"):
        assert others(known[name])
        assert known[name].default not in others(known[name])
    names = [name for name in known if name.partition(".")[0] not in acting.ALWAYS]
    some = drawn(names, SHORT, np.random.default_rng(1))
    assert 0.2 * len(names) < len(some) < 0.8 * len(names)
    assert fitting(SHORT, some) == some
    assert fitting(SHORT, {"buyers.alpha_keep": -1.0, "cells.may_convert": False}) == {"cells.may_convert": False}


@pytest.mark.long
@pytest.mark.parametrize("mode", [{"run.consumers": 1_000}, {"run.mean_field": True}], ids=["drawn", "expected"])
def test_what_is_listed_does_not_act_before_the_origin(mode: dict[str, Value]) -> None:
    listed = LIST.read_text(encoding="utf-8").split()
    assert acting_together(listed, Past({"run.fast_graph": True, **mode}), np.random.default_rng(18)) == set()
