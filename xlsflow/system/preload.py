"""Loads modules in a thread, while the work waits for something else."""

from __future__ import annotations

import contextlib
from importlib import import_module
from threading import Thread


def preload(*modules: str) -> None:
    """Begin to import modules of xlsflow, with the libraries behind them, in a thread.

    An import of one of them waits where it is still being loaded. A module that cannot be loaded fails there, not here.
    """
    Thread(target=_load, args=(modules,), name="preload").start()


def _load(modules: tuple[str, ...]) -> None:
    for module in modules:
        with contextlib.suppress(ImportError, SystemError):  # the latter: CPython issue 106905, on trees in threads
            import_module(f"xlsflow.{module}")
