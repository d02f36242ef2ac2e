"""Loads modules in a thread, while the work waits for something else."""

from __future__ import annotations

import contextlib
from importlib import import_module
from threading import Thread


def preload(*modules: str) -> None:
    """Begin to import modules of xlsflow, with the libraries behind them, in a thread.

    An import of one of them waits where it is still being loaded. A module that cannot be loaded fails there, not here.
    """
    with contextlib.suppress(RuntimeError):  # no thread to be had: each module is loaded where it is needed
        Thread(target=_load, args=(modules,), name="preload").start()


def _load(modules: tuple[str, ...]) -> None:
    for module in modules:
        # SystemError: CPython issue 106905, on trees in threads; OSError: no file handle left.
        with contextlib.suppress(ImportError, OSError, SystemError):
            import_module(f"xlsflow.{module}")
