"""Puts codes into the words of the definitions and the project, each code once."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, cast

from xlsflow.reports.figures.tracked_items import plain
from xlsflow.template.model import TableBlock

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from xlsflow.i18n import Lang
    from xlsflow.model.report_model import Value
    from xlsflow.reports.inputs import Basis
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.model import Follow

TEXT_MOST = 100
"""Letters of a title or a request inside a sentence."""


@dataclass(frozen=True)
class Labels:
    """The words of one basis in one language."""

    basis: Basis
    lang: Lang

    @cached_property
    def as_of(self) -> str:
        """The as-of instant as a line says it: wall time, and how far it is from UTC."""
        instant = self.basis.as_of
        return f"{instant:%Y-%m-%d %H:%M} (UTC{instant.isoformat()[-6:]})"

    @cached_property
    def follows(self) -> dict[str, Follow]:
        """Full name of each block of which something is followed -> how."""
        blocks = {name: block for name, (_, block) in self.basis.blocks.items() if isinstance(block, TableBlock)}
        return {name: block.follow for name, block in blocks.items() if block.follow is not None}

    def region(self, code: str) -> str:
        """Return a region's name."""
        return self.basis.region_name(code, self.lang)

    def regions(self, codes: Sequence[str]) -> tuple[str, ...]:
        """Return the names of regions."""
        return tuple(map(self.region, codes))

    def person(self, name: str) -> str:
        """Return how the language writes a person's name; someone the project does not know is shown as named."""
        known = {one.name: one.name_en for one in self.basis.project.people} if self.lang == "en" else {}
        return known.get(name) or name

    def sheet(self, block: str) -> str:
        """Return what the sheet of a block is called; with the block's title where the sheet has several."""
        if block not in self.basis.blocks:
            return block
        template, one = self.basis.blocks[block]
        tab = template.tab.say(self.lang)
        return f"{tab} {one.title.say(self.lang)}" if one.title and len(template.data) > 1 else tab

    def header(self, part: str, usual: str) -> str:
        """Return what the first followed sheet calls the owner, the due date, ...; the usual word where none is."""
        for name, follow in self.follows.items():
            if field := getattr(follow, part):
                return self.basis.blocks[name][1].label_of(field).say(self.lang)
        return usual

    def values(self, field: FieldBase, codes: Sequence[object]) -> list[Value]:
        """Return what a sheet shows for each of a field's values; only codes differ from what they show."""
        if not field.list_name():
            return cast("list[Value]", list(codes))
        shown = {code: field.write(code, self.lang, self.basis.scope) for code in set(codes) - {None}}
        return cast("list[Value]", [None if code is None else shown[code] for code in codes])

    def followed(self, frame: pd.DataFrame, part: str) -> list[Value]:
        """Return what the sheets show for the status or owner of followed rows of any sheet."""
        blocks, codes = frame["block"].tolist(), plain(frame[part])
        shown: dict[tuple[str, object], Value] = {}
        for block, code in set(zip(blocks, codes, strict=True)):
            field = self.basis.blocks[block][1].field(getattr(self.follows[block], part))
            shown[block, code] = self.values(field, [code])[0]
        return [shown[pair] for pair in zip(blocks, codes, strict=True)]


def short(text: object, most: int = TEXT_MOST) -> str:
    """Return a text on one line, cut so that a sentence stays a sentence; a Chinese character counts twice.

    >>> short("确认铺货清单", 9), short("price list", 9), short(None)
    ('确认铺货…', 'price li…', '')
    """
    line = " ".join(str(text).split()) if text is not None else ""
    widths = list(accumulate(1 + (sign > "\u02ff") for sign in line))
    if not line or widths[-1] <= most:
        return line
    return line[: bisect_right(widths, most - 1)] + "…"
