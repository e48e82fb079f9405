"""Keep the numbers of all runs anew and say what moved: ``python -m tests.baseline.refresh [RUN ...]``.

A baseline that moved needs a line in CHANGELOG.md tagged RESULTS.
"""

import sys

from experiments.shown_text import say
from market.version import RESULTS_VERSION
from tests.baseline.numbers import RUNS, VERSION, keep, kept, moved, numbers_of, tables_of

_SHOWN = 10


def main(names: list[str]) -> None:
    """Refresh these runs, all if none is named."""
    for name in names or RUNS:
        found = numbers_of(tables_of(name))
        try:
            told = moved(kept(name), found)
        except FileNotFoundError:
            told = ["kept for the first time"]
        keep(name, found)
        say(f"{name}: {f'{len(told)} numbers moved' if told else 'nothing moved'}")
        for line in told[:_SHOWN]:
            say(f"  {line}")
    VERSION.write_text(f"{RESULTS_VERSION}\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
