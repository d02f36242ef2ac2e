"""Lets a reader process save what coverage has measured: found by Python at its start, by way of PYTHONPATH.

A reader may write no files. While coverage is measured, only the soft limit is set to that, and is lifted at the end:
coverage registered its own last step before this module was imported, so it runs after the one registered here.
"""

from __future__ import annotations

import atexit
import contextlib

with contextlib.suppress(ImportError):  # Windows
    import resource

    _setrlimit = resource.setrlimit

    def _set_soft_limit(what: int, limits: tuple[int, int]) -> None:
        hard = resource.getrlimit(what)[1] if what == resource.RLIMIT_FSIZE else limits[1]
        _setrlimit(what, (limits[0], hard))

    def _lift() -> None:
        for what in (resource.RLIMIT_FSIZE, resource.RLIMIT_CPU):
            hard = resource.getrlimit(what)[1]
            _setrlimit(what, (hard, hard))

    resource.setrlimit = _set_soft_limit
    atexit.register(_lift)
