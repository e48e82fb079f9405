"""Memory this process has held."""

import sys


def peak_rss_mib() -> float | None:
    """Most memory this process has held, MiB; None where the system does not tell."""
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 - Windows has no such module

    bytes_a_unit = 1 if sys.platform == "darwin" else 1024  # getrusage(2): Linux counts KiB, macOS bytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * bytes_a_unit / 2**20
