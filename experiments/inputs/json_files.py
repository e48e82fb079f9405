"""JSON files of results, whoever wrote them."""

import json
from pathlib import Path
from typing import Any, NoReturn

from experiments.inputs.content_bounds import refuse_out_of_bounds
from experiments.inputs.regular_files import ForeignFileError
from market.base.regular_files import decoded, read_bytes

_KINDS: dict[type, str] = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}


def read_json(path: Path) -> dict[str, Any]:
    """The object a JSON file holds, its numbers finite. Raises ForeignFileError, without what to do about it."""
    try:
        return _object(decoded(read_bytes(path)))
    except OSError as error:
        raise ForeignFileError(f"{path} cannot be read ({error.strerror})") from error
    except RecursionError as error:
        raise ForeignFileError(f"{path} cannot be read (it is nested too deep)") from error
    except ValueError as error:
        raise ForeignFileError(f"{path} cannot be read ({error})") from error


def _object(text: str) -> dict[str, Any]:
    content = json.loads(text, parse_constant=_refuse)
    if not isinstance(content, dict):
        found = _KINDS.get(type(content), "a number")
        raise ValueError(f"it holds {found} instead of an object")  # noqa: TRY004 - a fault of the file, not of a call
    refuse_out_of_bounds(content, finite=True)
    return content


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"it holds {constant}, no number")
