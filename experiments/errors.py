"""The two ways a command can fail: wrong input and a failed run; each message is one sentence."""


class InputError(ValueError):
    """What the user gave is wrong; nothing was written (exit code 2)."""


class RunFailedError(RuntimeError):
    """A run was started and could not be finished; no result was written (exit code 1)."""
