"""Page one of a study's report: what moves an outcome most, with intervals, worked by hand."""

import pandas as pd
import pytest

from experiments.findings.finding import Finding
from experiments.findings.of_study import in_all, most_moved
from experiments.reports.factors_in_short import over_grid, strongest
from experiments.reports.study_page_one import on_page_one
from experiments.studies.study_report import Shown

SHARE = ("share of new sales", "BEV share")


def found(world: str, effect: float, half: float = 0.01) -> Finding:
    return Finding(
        world=world, against="reference", outcome="bev_share_new_last", label="BEV share", unit=SHARE[0],
        when="2035Q4", pairs=8, before=0.245, effect=effect, low=effect - half, high=effect + half, least=effect,
        most=effect,
    )  # fmt: skip


def test_of_many_worlds_it_is_told_how_many_move_an_outcome_and_which_most() -> None:
    told = in_all([found("a", 0.02), found("b", 0.05), found("c", -0.03), found("d", 0.004)])
    assert told == (
        "BEV share, 2035Q4: 24.5% in reference. 2 of 4 scenarios raise it, b most: +5.0 points (+4.0 to +6.0). "
        "1 of 4 scenarios lowers it, c alone: -3.0 points (-4.0 to -2.0). 1 shows no clear change (d)."
    )


def test_worlds_without_a_clear_effect_are_named_if_they_are_few_and_counted_otherwise() -> None:
    assert in_all([found(name, 0.001) for name in "ab"]).endswith("2 show no clear change (a and b).")
    assert in_all([found(name, 0.001) for name in "abcdef"]).endswith("6 show no clear change.")


@pytest.mark.parametrize(("direction", "world"), [("rises", "b"), ("falls", None)])
def test_the_most_moved_is_the_largest_of_those_that_are_clear(direction: str, world: str | None) -> None:
    most = most_moved([found("a", 0.02), found("wide", 0.09, half=0.1), found("b", 0.03)], direction)  # type: ignore[arg-type]
    assert (most.world if most else None) == world


def test_factors_one_at_a_time_are_told_with_the_outcome_at_both_ends_and_how_many_are_clear() -> None:
    rows = pd.DataFrame(
        [("toy.x", 0.5, -0.02, -0.03, -0.01), ("toy.x", 4.0, 0.031, 0.02, 0.04), ("toy.on", "no", 0.001, -0.1, 0.1)],
        columns=["factor", "value", "difference", "low", "high"],
    )
    assert strongest(rows, *SHARE) == (
        "BEV share: most is moved by toy.x (at 0.5 -2.0 points, at 4 +3.1 points); then toy.on (at no +0.10 points). "
        "1 of 2 move it clearly (90% intervals that leave out zero)."
    )


def test_elementary_effects_and_variance_are_told_with_their_intervals() -> None:
    morris = pd.DataFrame({"factor": list("abcd"), "mu_star": [0.03, 0.02, 0.01, 0.0], "half_width": 0.004})
    assert strongest(morris, *SHARE) == (
        "BEV share: of 4 factors, most is moved by a (3.0 points over its range, ± 0.4); then b (2.0 points over its "
        "range, ± 0.4); then c (1.0 points over its range, ± 0.4)."
    )
    sobol = pd.DataFrame({"factor": ["a"], "total": [0.412], "total_half_width": [0.05]})
    assert strongest(sobol, *SHARE) == "BEV share: most is moved by a (41% of its variance, ± 5)."


def test_a_grid_is_told_by_its_ends_and_where_they_are() -> None:
    cells = pd.DataFrame({"toy.x": [1.0, 1.0, 2.0], "toy.y": [0.5, 1.5, 0.5], "share": [0.2, 0.1, 0.264]})
    assert over_grid(cells, ["toy.x", "toy.y"], "share", *SHARE) == (
        "BEV share: from 10% where toy.x is 1 and toy.y is 1.5, to 26% where toy.x is 2 and toy.y is 0.5."
    )
    assert over_grid(cells.assign(share=0.2), ["toy.x"], "share", *SHARE) == "BEV share: 20% in every cell."


def test_page_one_has_the_figure_of_the_first_outcome_else_the_first_there_is() -> None:
    def never() -> None:
        raise AssertionError

    names = ("bev_share_fan", "policy_wedge_storage_gw", "policy_wedge_bev_share_new")
    shown = Shown(None, "differences", dict.fromkeys(names, never))  # type: ignore[arg-type]
    assert on_page_one(shown, ["bev_share_new_last"]) == "policy_wedge_bev_share_new"
    assert on_page_one(shown, ["other_last"]) == "bev_share_fan"
    assert on_page_one(Shown(None, "", {}), ["other_last"]) == ""
    by_place = dict.fromkeys(("bev_share_fan", "by_place_regions"), never)
    assert on_page_one(Shown(None, "", by_place, pd.DataFrame({"outcome": ["x"]})), ["a_last"]) == "by_place_regions"  # type: ignore[arg-type]


def test_a_grid_leads_with_the_outcome_that_it_moves_most() -> None:
    def never() -> None:
        raise AssertionError

    means = pd.DataFrame({"toy.x": [1.0, 2.0], "flat_last": [100.0, 101.0], "moved_last": [1.0, 3.0]})
    figures = dict.fromkeys(("grid_flat_last", "grid_moved_last"), never)
    assert on_page_one(Shown(means, "means", figures), ["flat_last", "moved_last"]) == "grid_moved_last"  # type: ignore[arg-type]
