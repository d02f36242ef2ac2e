"""Pickles definitions such that a program without pydantic, and without their files, can load them."""

from __future__ import annotations

import io
import pickle
from dataclasses import fields, is_dataclass
from typing import Any

from pydantic import BaseModel


def pickled_plainly(value: object, left_out: type) -> bytes:
    """Return a value as a pickle in which a definition is its class and its fields; equal values give equal bytes.

    Args:
        value: What is pickled.
        left_out: A class whose instances are None in the pickle.
    """
    buffer = io.BytesIO()
    _Pickler(buffer, left_out).dump(value)
    return buffer.getvalue()


class _Pickler(pickle.Pickler):
    def __init__(self, buffer: io.BytesIO, left_out: type) -> None:
        super().__init__(buffer, protocol=5)
        self._left_out = left_out

    def reducer_override(self, value: object) -> Any:  # noqa: ANN401 - the signature of pickle
        """Return what a definition or another value of fields is made of, without what is derived from it."""
        kind = type(value)
        if isinstance(value, self._left_out):
            return type(None), ()
        if isinstance(value, BaseModel):
            return object.__new__, (kind,), {name: getattr(value, name) for name in type(value).model_fields}
        plain = kind.__getstate__ is object.__getstate__ and kind.__reduce__ is object.__reduce__
        if is_dataclass(value) and not isinstance(value, type) and plain and hasattr(value, "__dict__"):
            return object.__new__, (kind,), {field.name: getattr(value, field.name) for field in fields(value)}
        return NotImplemented
