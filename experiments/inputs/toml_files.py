"""TOML files that somebody wrote: scenarios and designs."""

import re
import tomllib
from pathlib import Path
from typing import Any

from experiments.inputs.content_bounds import DEEPEST, refuse_out_of_bounds
from experiments.inputs.regular_files import ForeignFileError, read_text
from market.base.regular_files import MIB

MOST_BYTES = 1 * MIB
_ENDING = ".toml"
_PART = r"""(?:"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+'|(?<![\w-])[\w-]++)"""
_DEEP_KEY = re.compile(rf"(?:{_PART}[ \t]*+\.[ \t]*+){{{DEEPEST}}}")  # the reader's time grows with the square of these
_DECIMAL_COMMA = re.compile(r"=\s*[+-]?(\d+),(\d+)")
_LINE = re.compile(r"\(at line (\d+), column \d+\)$")
_LONGEST_REASON = 200  # characters; the reader repeats what it found


def read_toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file of at most 1 MiB. Raises ForeignFileError."""
    text = read_text(path, MOST_BYTES, f"a {_ENDING} file")
    try:
        return parse_toml(text)
    except ValueError as error:
        raise ForeignFileError(f"{path.name}: {error}") from error


def parse_toml(text: str) -> dict[str, Any]:
    """The content of a TOML text. Raises ValueError that says what is wrong and where."""
    if _DEEP_KEY.search(text):
        raise ValueError(f"a name has more than {DEEPEST} parts joined by points; write shorter names")
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(_decimal_comma(text, str(error)) or f"the file is not TOML: {_short(error)}") from error
    except RecursionError as error:
        raise ValueError("the file is nested too deep; write lists and tables of one level") from error
    except ValueError as error:  # Python's bound on the digits of a whole number
        raise ValueError("a whole number has too many digits; write a shorter one") from error
    try:
        refuse_out_of_bounds(content, finite=False)
    except ValueError as error:
        raise ValueError(f"{error}; make it shorter") from error
    return content


def _decimal_comma(text: str, reason: str) -> str:
    """What to do if the line that cannot be read has a decimal comma; nothing if it has none."""
    line = _LINE.search(reason)
    found = _DECIMAL_COMMA.search(text.split("\n")[int(line[1]) - 1]) if line else None
    if found is None or line is None:
        return ""
    before, after = (_short(part) for part in found.groups())
    return f"line {line[1]} has a decimal comma, {before},{after}; TOML wants a point: {before}.{after}"


def _short(what: object) -> str:
    shown = str(what)
    return shown if len(shown) <= _LONGEST_REASON else f"...{shown[-_LONGEST_REASON:]}"
