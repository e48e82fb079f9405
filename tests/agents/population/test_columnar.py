"""Columns that are a Mesa AgentSet: the calls of Mesa's own sets, on arrays."""

from typing import Any

import mesa
import numpy as np
import pytest
from numpy.typing import NDArray

from agents.population.columnar import ColumnarModel, ColumnarSet, RowAgent, columnwise


class Walker(RowAgent):
    """A row with a position and a group."""

    position: Any

    def double(self, by: int = 2) -> int:
        """Move to a multiple of where it is."""
        self.position = self.position * by
        return int(self.position)

    @columnwise
    def forward(self: Any, steps: int) -> str:
        """Move a whole set on."""
        self.set("position", self.get("position") + steps)
        return f"{len(self)} moved"


class Walkers(ColumnarSet):
    """All walkers."""

    view = Walker


class Ordinary(mesa.Agent):  # type: ignore[misc]  # mesa is untyped
    """An agent of Mesa's own kind."""

    calls = 0

    def forward(self, steps: int) -> None:
        """Count the steps it was asked for."""
        self.calls += steps


@pytest.fixture
def model() -> ColumnarModel:
    world = ColumnarModel(rng=3)
    Ordinary(world)
    columns: dict[str, NDArray[Any]] = {
        "position": np.array([10, 11, 12, 13, 14, 15], dtype=np.int64),
        "group": np.array([0, 1, 0, 2, 1, 0], dtype=np.uint8),
    }
    world.add_columns(Walkers(world, columns))
    return world


@pytest.fixture
def walkers(model: ColumnarModel) -> Walkers:
    found = model.agents_by_type[Walker]
    assert isinstance(found, Walkers)
    return found


def positions(some: ColumnarSet) -> list[int]:
    return [int(value) for value in some.get("position")]


def test_the_model_finds_the_set_by_its_type(model: ColumnarModel, walkers: Walkers) -> None:
    assert len(walkers) == 6
    assert [type(agent) for agent in model.agents_by_type[Ordinary]] == [Ordinary]
    assert model.agents.select(agent_type=Walker).get("group").tolist() == [0, 1, 0, 2, 1, 0]
    assert len(model.agents.select(agent_type=Ordinary)) == 1


def test_the_model_counts_and_lists_ordinary_agents_and_rows(model: ColumnarModel, walkers: Walkers) -> None:
    assert len(model.agents) == 7
    assert [type(agent) for agent in model.agents] == [Ordinary] + [Walker] * 6
    assert walkers[2] in model.agents
    assert next(iter(model.agents_by_type[Ordinary])) in model.agents
    assert object() not in model.agents


def test_a_row_is_a_mesa_agent_with_a_number_of_its_own(model: ColumnarModel, walkers: Walkers) -> None:
    assert all(isinstance(agent, mesa.Agent) for agent in walkers)
    assert all(agent.model is model for agent in walkers)
    assert len({agent.unique_id for agent in model.agents}) == 7
    assert [agent.row for agent in walkers] == list(range(6))


def test_a_view_reads_and_writes_its_column(walkers: Walkers) -> None:
    view = walkers[3]
    assert (view.position, view.group) == (13, 2)
    assert isinstance(view.position, int)
    view.position = 99
    assert walkers.columns["position"].tolist() == [10, 11, 12, 99, 14, 15]
    walkers.columns["position"][3] = 7
    assert view.position == 7


def test_an_unknown_attribute_is_refused(walkers: Walkers) -> None:
    with pytest.raises(AttributeError, match="Walker has no attribute 'speed'"):
        _ = walkers[0].speed
    with pytest.raises(AttributeError, match="no column 'speed' to write to"):
        walkers[0].speed = 1
    with pytest.raises(AttributeError, match="no column 'speed'; there are position, group"):
        walkers.get("speed")
    with pytest.raises(AttributeError, match="no column 'speed'"):
        walkers.agg("speed", np.sum)


def test_two_views_of_a_row_are_the_same_agent_and_those_of_other_sets_are_not(
    model: ColumnarModel, walkers: Walkers
) -> None:
    assert walkers[1] == walkers[1]
    assert walkers[1] != walkers[2]
    assert len({walkers[1], walkers[1], walkers[2]}) == 2
    twins = Walkers(model, {name: column.copy() for name, column in walkers.columns.items()})
    assert twins[1] != walkers[1]
    assert twins[1] not in walkers


def test_rows_cannot_be_removed_or_added(walkers: Walkers) -> None:
    with pytest.raises(TypeError, match="cannot be removed"):
        walkers[0].remove()
    for change in (walkers.remove, walkers.discard, walkers.add):
        with pytest.raises(TypeError, match="nobody can be added or removed"):
            change(walkers[0])


def test_a_mask_selects_rows(walkers: Walkers) -> None:
    chosen = walkers.select(walkers.get("group") == 0)
    assert positions(chosen) == [10, 12, 15]
    again = chosen.select(chosen.get("position") > 10)
    assert again.row_numbers().tolist() == [2, 5]
    assert (len(walkers), len(chosen), len(again)) == (6, 3, 2)


def test_a_function_selects_rows_as_a_mask_does(walkers: Walkers) -> None:
    by_function = walkers.select(lambda agent: agent.group == 0)
    assert by_function.row_numbers().tolist() == [0, 2, 5]
    assert len(walkers.select(lambda agent: agent.group == 9)) == 0


@pytest.mark.parametrize(("at_most", "left"), [(2, 2), (0.5, 3), (1.0, 6), (1, 1), (99, 6), (0, 0)])
def test_at_most_is_a_number_of_rows_or_a_share_of_them(walkers: Walkers, at_most: float, left: int) -> None:
    assert positions(walkers.select(at_most=at_most)) == [10, 11, 12, 13, 14, 15][:left]


def test_a_selection_by_type_takes_all_or_none(walkers: Walkers) -> None:
    assert len(walkers.select(agent_type=Walker)) == 6
    assert len(walkers.select(agent_type=mesa.Agent)) == 6
    assert len(walkers.select(agent_type=Ordinary)) == 0


def test_a_selection_in_place_is_refused(walkers: Walkers) -> None:
    with pytest.raises(TypeError, match="cannot be narrowed in place"):
        walkers.select(at_most=2, inplace=True)


def test_get_gives_one_column_or_several_side_by_side(walkers: Walkers) -> None:
    chosen = walkers.select(walkers.get("group") == 1)
    assert chosen.get("position").tolist() == [11, 14]
    assert chosen.get(["position", "group"]).tolist() == [[11, 1], [14, 1]]


def test_set_writes_only_into_the_selection(walkers: Walkers) -> None:
    walkers.select(walkers.get("group") == 0).set("position", np.array([1, 2, 3]))
    assert positions(walkers) == [1, 11, 2, 13, 14, 3]
    walkers.set("position", 5)
    assert positions(walkers) == [5] * 6


def test_agg_takes_one_function_or_several(walkers: Walkers) -> None:
    chosen = walkers.select(walkers.get("group") == 0)
    assert chosen.agg("position", np.sum) == 37
    assert chosen.agg("position", [np.min, np.max]) == [10, 15]


def test_groupby_splits_the_selection_by_value(walkers: Walkers) -> None:
    groups = walkers.select(walkers.get("position") > 10).groupby("group")
    assert {value: positions(group) for value, group in groups.items()} == {0: [12, 15], 1: [11, 14], 2: [13]}


def test_a_columnwise_method_runs_once_for_the_selection(walkers: Walkers) -> None:
    chosen = walkers.select(walkers.get("group") == 0)
    assert chosen.map("forward", 100) == "3 moved"
    assert positions(walkers) == [110, 11, 112, 13, 14, 115]
    assert chosen.do("forward", steps=1) is chosen
    assert positions(chosen) == [111, 113, 116]


def test_any_other_method_runs_row_by_row(walkers: Walkers) -> None:
    chosen = walkers.select(walkers.get("group") == 1)
    assert chosen.map("double", by=3) == [33, 42]
    assert chosen.map(lambda agent, extra: agent.position + extra, 1) == [34, 43]
    chosen.do("double")
    assert positions(walkers) == [10, 66, 12, 13, 84, 15]


def test_the_model_calls_a_method_on_every_agent(model: ColumnarModel, walkers: Walkers) -> None:
    model.agents.do("forward", 2)
    assert next(iter(model.agents_by_type[Ordinary])).calls == 2
    assert positions(walkers) == [12, 13, 14, 15, 16, 17]


def test_rows_come_by_place_and_by_slice(walkers: Walkers) -> None:
    chosen = walkers.select(walkers.get("group") == 0)
    assert chosen[-1].row == 5
    assert [agent.row for agent in chosen[:2]] == [0, 2]
    assert [agent.row for agent in chosen.to_list()] == [0, 2, 5]
    assert walkers[2] in chosen
    assert walkers[1] not in chosen


def test_sort_and_shuffle_keep_the_rows(walkers: Walkers) -> None:
    walkers.set("position", np.array([3, 1, 2, 9, 8, 7]))
    assert positions(walkers.sort("position")) == [9, 8, 7, 3, 2, 1]
    assert positions(walkers.sort("position", ascending=True)) == [1, 2, 3, 7, 8, 9]
    assert sorted(positions(walkers.shuffle())) == [1, 2, 3, 7, 8, 9]
