"""The import names of Detour's packages are its own: anything else in the way is named."""

import sys
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("agents", "market", "experiments")
_DISTRIBUTION = "battery-detour"


class NameTakenError(ImportError):
    """Another package has the import name of one of Detour's."""


def check_names() -> None:
    """Raise NameTakenError if ``agents``, ``market`` or ``experiments`` would be imported from anywhere else."""
    home = Path(__file__).resolve().parents[1]
    for name in PACKAGES:
        where = _folder(name)
        if where != home / name:
            raise NameTakenError(_sentence(name, where))


def _folder(name: str) -> Path | None:
    """The folder a package is or would be imported from; None if there is none."""
    loaded = sys.modules.get(name)
    spec = loaded.__spec__ if loaded is not None else find_spec(name)
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    if spec is not None and not places and spec.origin is not None:
        return Path(spec.origin).resolve()
    return Path(places[0]).resolve() if places else None


def _sentence(name: str, where: Path | None) -> str:
    if where is None:
        return f"Detour's package {name} is missing; install {_DISTRIBUTION} again"
    owners = [each for each in packages_distributions().get(name, []) if each != _DISTRIBUTION]
    whose = f"the distribution {owners[0]}" if owners else f"{where}"
    return (
        f"the import name {name} is taken by {whose}, and Detour needs it; give Detour an environment of its own, "
        "or start Python from another folder"
    )
