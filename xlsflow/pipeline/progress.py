"""Progress of a verb: the stages whose files can be counted, and the callable that is called after each file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, TypedDict, TypeVar

Stage = Literal["read", "generate", "feedback"]
"""Files read; workbooks written for regions; returns for which a marked copy and a text are written."""

Progress = Callable[[Stage, int, int], None]
"""Called as `progress(stage, done, total)`: with 0 done when a stage starts, then after each file."""

_T = TypeVar("_T")


class Reporting(TypedDict, total=False):
    """The keyword `progress` of verbs that have six parameters already.

    Attributes:
        progress: Called after each file.
    """

    progress: Progress | None


def counted(items: Sequence[_T], stage: Stage, progress: Progress | None) -> Iterator[_T]:
    """Yield items, and report each as done when the caller takes the next one."""
    if progress is None or not items:
        yield from items
        return
    progress(stage, 0, len(items))
    for done, item in enumerate(items, 1):
        # An item is done when the next one is asked for: the caller works on it between the two.
        yield item
        progress(stage, done, len(items))
