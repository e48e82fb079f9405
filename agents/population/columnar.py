"""A Mesa AgentSet stored as columns, its rows as Mesa agents, and the model that adds them to the other agents.

The only file that touches Mesa's private names (``_all_agents``, ``_agents_by_type``, ``_ids``); it holds for Mesa
3.3.1 to below 4.
"""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, ClassVar, TypeVar

import mesa
import numpy as np
from mesa.agent import AgentSet
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Method = TypeVar("Method", bound=Callable[..., Any])

FIRST_ROW_ID = 1_000_000_000  # above the numbers Mesa gives to ordinary agents


def columnwise(method: Method) -> Method:
    """Mark a method of a row view that runs once for a whole set of rows, and gets the set."""
    method.columnwise = True  # type: ignore[attr-defined]
    return method


class RowAgent(mesa.Agent):
    """A view of one row, created on demand. Reads and writes go to the columns."""

    _columns: "ColumnarSet"
    _row: int

    def __init__(self, columns: "ColumnarSet", row: int) -> None:
        # Not Mesa's constructor: a view is not registered with the model, its set is.
        object.__setattr__(self, "_columns", columns)
        object.__setattr__(self, "_row", int(row))

    @property
    def model(self) -> Any:
        """Model to which the set belongs."""
        return self._columns.model

    @property
    def unique_id(self) -> int:
        """Number of the agent: that of the row, above those of ordinary agents."""
        return FIRST_ROW_ID + self._row

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """The columns this row is part of."""
        return self._columns.columns

    @property
    def row(self) -> int:
        """Row number: the identity that keys this agent's random streams."""
        return self._row

    def __getattr__(self, name: str) -> Any:
        try:
            return self._columns.columns[name][self._row].item()
        except KeyError:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._columns.columns:
            raise AttributeError(f"{type(self).__name__} has no column {name!r} to write to")
        self._columns.columns[name][self._row] = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RowAgent) and other.columns is self.columns and other._row == self._row

    def __hash__(self) -> int:
        return hash((id(self.columns), self._row))

    def remove(self) -> None:
        """Raise TypeError: a row is allocated for the whole run."""
        raise TypeError("a row of a columnar population cannot be removed; it can only sleep")


class ColumnarSet(AgentSet[Any] if hasattr(AgentSet, "__class_getitem__") else AgentSet):  # type: ignore[misc]
    """An AgentSet on columns: same calls, but ``get`` returns arrays and ``select`` takes masks.

    ``rows`` is the selection, in order; None means all rows.
    """

    view: ClassVar[type[RowAgent]] = RowAgent

    def __init__(self, model: Any, columns: dict[str, NDArray[Any]], rows: Rows | None = None) -> None:
        self.model = model
        self.columns = columns
        self.rows = rows
        self.random = model.random
        self.size = len(next(iter(columns.values())))

    def _of(self, rows: Rows) -> "ColumnarSet":
        return type(self)(self.model, self.columns, rows)

    def row_numbers(self) -> Rows:
        """Row numbers of the selection, shape (rows,)."""
        return np.arange(self.size) if self.rows is None else self.rows

    def __len__(self) -> int:
        return self.size if self.rows is None else self.rows.size

    def __iter__(self) -> Iterator[Any]:
        return (self.view(self, row) for row in self.row_numbers())

    def __contains__(self, agent: object) -> bool:
        if not isinstance(agent, RowAgent) or agent.columns is not self.columns:
            return False
        return self.rows is None or bool(np.isin(agent.row, self.rows))

    def __getitem__(self, item: Any) -> Any:
        rows = self.row_numbers()[item]
        return self.view(self, rows) if np.ndim(rows) == 0 else [self.view(self, row) for row in rows]

    def to_list(self) -> list[Any]:
        """All rows as views: slow for a large population."""
        return list(self)

    def get(self, attr_names: Any, handle_missing: str = "error", default_value: Any = None) -> NDArray[Any]:
        """One column, shape (rows,), or several, shape (rows, columns). Raises AttributeError if unknown."""
        names = [attr_names] if isinstance(attr_names, str) else list(attr_names)
        for name in names:
            if name not in self.columns:
                raise AttributeError(f"there is no column {name!r}; there are {', '.join(self.columns)}")
        picked = [self.columns[name] if self.rows is None else self.columns[name][self.rows] for name in names]
        return picked[0] if isinstance(attr_names, str) else np.stack(picked, axis=1)

    def set(self, attr_name: str, value: Any) -> "ColumnarSet":
        """Write a value or an array of shape (rows,) into one column."""
        self.columns[attr_name][slice(None) if self.rows is None else self.rows] = value
        return self

    def agg(self, attribute: str, func: Any) -> Any:
        """A function, or several, of a column."""
        values = self.get(attribute)
        return func(values) if callable(func) else [each(values) for each in func]

    def select(
        self,
        filter_func: Any = None,
        at_most: float = float("inf"),
        inplace: bool = False,
        agent_type: type[mesa.Agent] | None = None,
    ) -> "ColumnarSet":
        """Rows that pass: a boolean mask of shape (rows,), or (slowly) a function of one agent."""
        if inplace:
            raise TypeError("a columnar population cannot be narrowed in place; use the set that select returns")
        rows = self.row_numbers()
        if agent_type is not None and not issubclass(self.view, agent_type):
            rows = rows[:0]
        elif isinstance(filter_func, np.ndarray):
            rows = rows[filter_func]
        elif filter_func is not None:
            rows = np.array([row for row in rows if filter_func(self.view(self, row))], dtype=np.int64)
        if at_most != float("inf"):
            rows = rows[: int(len(rows) * at_most) if isinstance(at_most, float) and at_most <= 1 else int(at_most)]
        return self._of(rows)

    def shuffle(self, inplace: bool = False) -> "ColumnarSet":
        """The same rows in random order (with the model's generator, which no result of ours uses)."""
        return self._of(self.model.rng.permutation(self.row_numbers()))

    def sort(self, key: Any, ascending: bool = False, inplace: bool = False) -> "ColumnarSet":
        """Rows ordered by a column."""
        order = np.argsort(self.get(key), kind="stable")
        return self._of(self.row_numbers()[order if ascending else order[::-1]])

    def do(self, method: Any, *args: Any, **kwargs: Any) -> "ColumnarSet":
        """Call a method: once for the set if it is marked ``columnwise``, else row by row."""
        self.map(method, *args, **kwargs)
        return self

    shuffle_do = do

    def map(self, method: Any, *args: Any, **kwargs: Any) -> Any:
        """Results of a method: one if it is marked ``columnwise``, else a list, row by row."""
        function = getattr(self.view, method) if isinstance(method, str) else method
        if getattr(function, "columnwise", False):
            return function(self, *args, **kwargs)
        return [function(agent, *args, **kwargs) for agent in self]

    def groupby(self, by: str, result_type: str = "agentset") -> dict[Any, "ColumnarSet"]:
        """Sets by the value of a column."""
        values, rows = self.get(by), self.row_numbers()
        return {value.item(): self._of(rows[values == value]) for value in np.unique(values)}

    def add(self, agent: Any) -> None:
        """Raise TypeError: rows are allocated for the whole run."""
        raise TypeError("a columnar population is allocated for the whole run; nobody can be added or removed")

    discard = remove = add

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)


class Everyone:
    """What ``model.agents`` returns: ordinary agents first, then the columnar sets."""

    def __init__(self, ordinary: Any, columnar: tuple[ColumnarSet, ...]) -> None:
        self._ordinary = ordinary
        self._columnar = columnar

    def __len__(self) -> int:
        return len(self._ordinary) + sum(map(len, self._columnar))

    def __iter__(self) -> Iterator[Any]:
        return chain(self._ordinary, *self._columnar)

    def __contains__(self, agent: object) -> bool:
        return agent in self._ordinary or any(agent in each for each in self._columnar)

    def select(self, filter_func: Any = None, agent_type: type[mesa.Agent] | None = None, **kwargs: Any) -> Any:
        """Agents of a type: of a columnar one from its set, of any other from Mesa's own."""
        for each in self._columnar:
            if agent_type is each.view:
                return each.select(filter_func, **kwargs)
        return self._ordinary.select(filter_func, agent_type=agent_type, **kwargs)

    def do(self, method: Any, *args: Any, **kwargs: Any) -> "Everyone":
        """Call a method on ordinary agents and on every columnar set."""
        for each in (self._ordinary, *self._columnar):
            each.do(method, *args, **kwargs)
        return self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ordinary, name)


class ColumnarModel(mesa.Model):
    """A Mesa model whose agents may also live in columns."""

    _columnar: tuple[ColumnarSet, ...] = ()

    def add_columns(self, columns: ColumnarSet) -> None:
        """Make a columnar set part of ``model.agents`` and ``model.agents_by_type``."""
        self._columnar = (*self._columnar, columns)
        self._agents_by_type[columns.view] = columns

    @property
    def agents(self) -> Any:
        """All agents; consumers come last and are made one by one only if somebody asks for them."""
        return Everyone(self._all_agents, self._columnar) if self._columnar else self._all_agents

    def release(self) -> None:
        """Release the memory of a finished model: Mesa keeps every model alive in its table of agent numbers.

        No agent may be made after it.
        """
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
