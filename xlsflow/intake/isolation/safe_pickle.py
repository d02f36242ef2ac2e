"""Unpickles what a reader process answers: values of a few known classes, and nothing that runs."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterable, Mapping
from typing import Any

_PLAIN_TYPES: Mapping[str, frozenset[str]] = {
    "datetime": frozenset({"date", "datetime", "time", "timedelta", "timezone"}),
    "xlsflow.fileformat.cells": frozenset({"CellError", "PercentNumber", "Uncalculated", "UnformattedNumber"}),
}


def unpickle(message: bytes, types: Iterable[type]) -> Any:  # noqa: ANN401 - whatever was pickled
    """Return the value in a message.

    Args:
        message: A pickle from a process that is not trusted.
        types: Value classes that may be in it, besides plain values, dates and cells.

    Raises:
        pickle.UnpicklingError: It is no pickle, or names anything else. Other exceptions of `pickle` may follow from
            bytes that were made up.
    """
    return _RestrictedUnpickler(message, types).load()


class _RestrictedUnpickler(pickle.Unpickler):
    """Looks up no name but those of the allowed classes."""

    def __init__(self, message: bytes, types: Iterable[type]) -> None:
        """Prepare to read one message."""
        super().__init__(io.BytesIO(message))
        self._types = {(type_.__module__, type_.__qualname__): type_ for type_ in types}

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - its signature
        """Return one of the allowed classes.

        Raises:
            pickle.UnpicklingError: It is none of them.
        """
        # The class that the caller has passed, not one looked up by name: a message can import nothing.
        if (module, name) in self._types:
            return self._types[module, name]
        # Only classes whose construction does nothing but store values.
        if name in _PLAIN_TYPES.get(module, ()):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(name)
