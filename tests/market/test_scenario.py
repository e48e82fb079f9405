"""Scenarios: every parameter says what it is, and what is not allowed is refused."""

from collections.abc import Iterator

import numpy as np
import pytest
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from market.base.parameter import Group
from market.model import Market
from market.scenario import Scenario


def fields(group: type[Group] = Scenario, path: str = "") -> Iterator[tuple[str, FieldInfo]]:
    for name, field in group.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Group):
            yield from fields(field.annotation, f"{path}{name}.")
        elif name != "question":
            yield f"{path}{name}", field


PARAMETERS = dict(fields())


def test_there_are_parameters_in_every_group() -> None:
    assert {name.split(".")[0] for name in PARAMETERS} == set(Scenario.model_fields) - {"question"}


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_parameter_has_unit_role_source_and_meaning(name: str) -> None:
    field = PARAMETERS[name]
    extra = field.json_schema_extra
    assert isinstance(extra, dict)
    assert extra["unit"]
    assert extra["source"]
    assert extra["role"] in {"lever", "uncertain", "fixed"}
    assert field.description


NUMBERS = [name for name, field in PARAMETERS.items() if any(hasattr(rule, "ge") for rule in field.metadata)]


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_out_of_its_bounds_or_not_finite_is_refused(name: str) -> None:
    group, key = name.split(".")
    bounds = {type(limit).__name__: limit for limit in PARAMETERS[name].metadata}
    for wrong in (bounds["Ge"].ge - 1, bounds["Le"].le + 1, float("nan"), float("inf")):
        with pytest.raises(ValidationError, match=key):
            Scenario.model_validate({group: {key: wrong}})


@pytest.mark.parametrize(
    ("groups", "complaint"),
    [
        ({"buyers": {"alpha": 1.0}}, "alpha"),
        ({"run": {"origin": "2024"}}, "not a quarter"),
        ({"run": {"origin": "2025Q1"}}, "records allow 2017Q4 to 2024Q4"),
        ({"run": {"origin": "2016Q4"}}, "records allow 2017Q4 to 2024Q4"),
        ({"run": {"origin": "2023Q4", "recorded_until": "2022Q4"}}, "before the origin"),
        ({"run": {"last_quarter": "2024Q4"}}, "after the origin"),
        ({"run": {"limits": "none"}}, "limits"),
        ({"policy": {"federal_credit_end": "soon"}}, "not a quarter"),
        ({"buyers": {"alpha_powertrain": 0.12, "alpha_product": 0.09}}, "not fall from top to bottom"),
    ],
)
def test_what_is_not_allowed_is_refused_and_named(groups: dict[str, dict[str, object]], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Scenario.model_validate(groups)


def test_a_scenario_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Scenario().run.consumers = 5  # type: ignore[misc]


@pytest.mark.parametrize(("limits", "imposed"), [("recorded", True), ("to_origin", False)])
def test_limits_recorded_after_the_origin_are_imposed_only_as_recorded(limits: str, *, imposed: bool) -> None:
    run = {"mean_field": True, "fast_graph": True, "origin": "2017Q4", "recorded_until": "2018Q4", "limits": limits}
    market = Market(parameters=Scenario.model_validate({"run": run, "cells": {"power_side": False}}))
    bound = np.isfinite(market.record.limits)
    assert bound[: market.origin + 1].any()
    assert bound[market.origin + 1 :].any() == imposed


def test_a_recall_must_come_after_the_origin() -> None:
    recall = {"recall_cars": 500_000.0, "recall_quarter": "2024Q4"}
    with pytest.raises(ValueError, match=r"trust.recall_quarter is 2024Q4, not after run.origin 2024Q4"):
        Scenario.model_validate({"trust": recall})
    assert Scenario.model_validate({"trust": recall | {"recall_quarter": "2025Q1"}}).trust.recall_cars == 500_000.0
    assert Scenario.model_validate({"trust": recall | {"recall_cars": 0.0}}).trust.recall_quarter == "2024Q4"
