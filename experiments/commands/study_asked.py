"""What options of the commands of studies ask for: checked, put into the design, outcomes told apart."""

from collections.abc import Sequence

from experiments.errors import InputError
from experiments.inputs.outcome_names import is_placed, parsed
from experiments.inputs.parameter_list import nearest
from experiments.studies import market_runs
from experiments.studies.engine import Shard


def check_options(
    engine: str, workers: int | None, scheduler: str | None, shard: str | None, outcome: Sequence[str] | None
) -> None:
    """Raises InputError if options do not go together or name what is not there."""
    if engine not in ("local", "dask"):
        raise InputError(f"--engine is {engine}; it must be local or dask")
    if engine == "local" and scheduler is not None:
        raise InputError("--scheduler belongs to --engine dask; add it or leave the scheduler out")
    if engine == "dask" and (scheduler is None or workers is not None or shard is not None):
        raise InputError(
            "--engine dask takes --scheduler ADDRESS, such as tcp://host:8786, and no --workers or --shard"
        )
    if shard is not None:
        Shard.read(shard)
    numbers = market_runs.market_model().numbers
    for each in outcome or []:
        if is_placed(each):
            parsed(each)
        elif each not in numbers:
            begun = next((f"; did you mean {name}?" for name in numbers if name.startswith(f"{each}_")), "")
            hint = begun or nearest(each, numbers) or "; they are columns of national.parquet with _last or _2030q4"
            raise InputError(f"--outcome {each} is no outcome of a run{hint}")


def placed(outcome: Sequence[str] | None) -> tuple[str, ...]:
    """Outcomes by place among those that were named."""
    return tuple(dict.fromkeys(each for each in outcome or [] if is_placed(each)))


def of_the_country(outcome: Sequence[str] | None) -> list[str]:
    """The others; the usual ones if there are none."""
    return [each for each in outcome or [] if not is_placed(each)] or list(market_runs.OUTCOMES)
