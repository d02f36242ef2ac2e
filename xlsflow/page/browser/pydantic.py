"""Stands in for pydantic where definitions were checked before and are only read: nothing is validated.

It has what the classes of `xlsflow.template` need to be defined, and what their instances need to be compared, copied
and hashed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self, TypeVar

_F = TypeVar("_F", bound=Callable[..., Any])

ConfigDict = dict
PositiveInt = int


class ValidationError(ValueError):
    """Is never raised here."""


class _Default:
    """What a field has that is not given."""

    def __init__(
        self, default: object = None, *, default_factory: Callable[[], object] | None = None, **_: object
    ) -> None:
        self.make = default_factory or (lambda: default)


Field = _Default


class Discriminator:
    """Says how a value's class is found when it is validated."""

    def __init__(self, *_: object) -> None:
        """Take what nothing here asks for."""


AfterValidator = Discriminator


def field_validator(*_: str, **__: object) -> Callable[[_F], _F]:
    """Return a decorator that leaves a validator as it is; nobody calls it."""
    return lambda validator: validator


def model_validator(**_: object) -> Callable[[_F], _F]:
    """Return a decorator that leaves a validator as it is; nobody calls it."""
    return lambda validator: validator


class BaseModel:
    """A value of named fields."""

    model_config: ClassVar[dict[str, Any]] = {}
    model_fields: ClassVar[dict[str, None]] = {}

    def __init_subclass__(cls, **extra: object) -> None:
        """Collect the fields of a class."""
        super().__init_subclass__(**extra)
        own = {name: None for name, kind in cls.__annotations__.items() if not str(kind).startswith("ClassVar")}
        cls.model_fields = {**cls.model_fields, **own}

    def __init__(self, **values: object) -> None:
        """Take the given fields as they are, and the others by their default."""
        for name in self.model_fields:
            default = getattr(type(self), name, None)
            self.__dict__[name] = (
                values[name] if name in values else default.make() if isinstance(default, _Default) else default
            )

    def model_copy(self, *, update: dict[str, object] | None = None) -> Self:
        """Return a copy with other values."""
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__, **(update or {}))
        return copy

    def _values(self) -> tuple[object, ...]:
        return tuple(self.__dict__[name] for name in self.model_fields)

    def __eq__(self, other: object) -> bool:
        """Compare the fields."""
        return type(other) is type(self) and self._values() == other._values()

    def __hash__(self) -> int:
        """Return a hash of the fields."""
        return hash((type(self), self._values()))
