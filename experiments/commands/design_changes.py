# ruff: noqa: PLC0415 - heavy libraries are imported in the command that needs them, so that help is instant
"""What a command line changes of a design: parameters, data packs, consumers, replications, points."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from experiments.inputs.design import Design
    from experiments.inputs.parameter_list import Value


def values_given(overrides: Sequence[str] | None, data: Sequence[Path] | None) -> "dict[str, Value]":
    """Values by ``group.key``, the folders of data packs among them. Raises InputError."""
    from experiments.inputs.data_packs import joined, packs_in
    from experiments.inputs.parameter_list import PACKS
    from experiments.inputs.scenario_files import given_values

    values = given_values(overrides or [])
    packs = joined([*packs_in(str(values.get(PACKS, ""))), *(data or [])])
    return {**values, PACKS: packs} if packs else values


def changed_design(
    path: Path, consumers: int | None, replications: int | None, points: int | None, values: "Mapping[str, Value]",
    outcome: Sequence[str] | None = None,
) -> "Design":  # fmt: skip
    """The design in a file with what the command line changes; its data packs stay, and those given count before."""
    from experiments.commands.study_asked import placed
    from experiments.inputs.design import read_design
    from experiments.inputs.parameter_list import PACKS

    design = read_design(path)
    changed: dict[str, object] = {"consumers": consumers, "replications": replications}
    if values:
        packs = ", ".join(str(given[PACKS]) for given in (design.set, values) if given.get(PACKS))
        changed["set"] = {**design.set, **values} | ({PACKS: packs} if packs else {})
    if points is not None:
        changed["design"] = design.design.model_copy(update={"points": points})
    if placed(outcome):
        changed["outcomes"] = tuple(dict.fromkeys([*design.outcomes, *placed(outcome)]))
    return design.model_copy(update={key: value for key, value in changed.items() if value is not None})
