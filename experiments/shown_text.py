"""The one door for text that is shown: what a user wrote is never markup, on a terminal, on a page or in a figure.

Names, questions, values and error messages keep their own characters in memory and in tables; here they become text
that does nothing but be read.
"""

import unicodedata
from html import escape
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"})  # controls, formats, halves, unassigned, separators of lines
_JOINERS = frozenset("\u200c\u200d")  # formats that Persian, Hindi and emoji are spelled with
_MARKDOWN = frozenset("\\`*_[]<>#&$~|")


def plain_text(text: object) -> str:
    r"""Text in which every character that would act unseen is written out: ESC as ``\x1b``, a line break as ``\n``."""
    return "".join(_written_out(char) if _is_unseen(char) else char for char in str(text))


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char) in _UNSEEN and char not in _JOINERS


def _written_out(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def one_line(text: object) -> str:
    """The same for running text: breaks and runs of blanks become one blank."""
    return plain_text(" ".join(str(text).split()))


def html_text(text: object) -> str:
    """Running text as HTML, in an element or between quotes of an attribute."""
    return escape(one_line(text))


def html_verbatim(text: object) -> str:
    """Text as HTML with its blanks as they are, such as a command."""
    return escape(plain_text(text))


def markdown_text(text: object) -> str:
    """Running text as Markdown."""
    return "".join(f"\\{char}" if char in _MARKDOWN else char for char in one_line(text))


def markdown_code(text: object) -> str:
    """Text as a Markdown code span, fenced by more backticks than it holds."""
    code = plain_text(text)
    if "`" not in code:
        return f"`{code}`"
    longest = max(len(run) for run in "".join(char if char == "`" else " " for char in code).split())
    fence = "`" * (longest + 1)
    return f"{fence} {code} {fence}"


def say(text: object, *, error: bool = False) -> None:
    """Print a line of text on standard output, or on standard error."""
    typer.echo(plain_text(text), err=error)


def text_console(*, error: bool = False) -> "Console":
    """A console of Rich for which a string is never markup nor the name of an emoji."""
    from rich.console import Console  # noqa: PLC0415 - help does without Rich

    return Console(stderr=error, markup=False, emoji=False)
