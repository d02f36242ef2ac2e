"""Loads what is needed next while the work waits for something else."""

from __future__ import annotations

import contextlib
from importlib import import_module
from threading import Thread


def load_ahead(*rooms: str) -> None:
    """Begin to load modules of xlsflow, with the libraries behind them, in a thread of their own.

    Whoever needs one imports it as ever, and waits for it where it is still being loaded. A module that cannot be
    loaded fails there, not here.
    """
    Thread(target=_load, args=(rooms,), name="load-ahead").start()


def _load(rooms: tuple[str, ...]) -> None:
    for room in rooms:
        with contextlib.suppress(ImportError, SystemError):  # the latter: see template/expr.py on trees in threads
            import_module(f"xlsflow.{room}")
