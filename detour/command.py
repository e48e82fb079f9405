"""The ``detour`` command: names are checked before anything of ours is loaded by them."""

import sys

from detour.names import NameTakenError, check_names

_BAD_INPUT = 2


def main() -> None:
    """Run the command line; a name that is taken is one sentence and exit code 2."""
    try:
        check_names()
    except NameTakenError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(_BAD_INPUT)
    from experiments.cli import main as command  # noqa: PLC0415 - only once the names are known to be ours

    command()
