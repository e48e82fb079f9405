"""Text of a file that somebody gave, or one sentence that says why it cannot be taken."""

from pathlib import Path

from experiments.errors import InputError
from market.base.regular_files import decoded, read_bytes

_SAVE = "save it as UTF-8, which Excel calls CSV UTF-8 and editors call the encoding"


class ForeignFileError(InputError):
    """A file that somebody gave cannot be taken; the message is a whole sentence that names the file."""


def read_text(path: Path, most_bytes: int, wanted: str) -> str:
    """The text of a file; ``wanted``: what to give instead, such as ``a CSV file``. Raises ForeignFileError."""
    try:
        return decoded(read_bytes(path, most_bytes))
    except OSError as error:
        raise ForeignFileError(f"{path}: the file cannot be read ({error.strerror}); give {wanted}") from error
    except ValueError as error:
        raise ForeignFileError(f"{path.name}: the file is not UTF-8 text ({error}); {_SAVE}") from error
