"""How complete each sheet is: the counts that the workbook keeps of itself, and the same of what it is issued with.

Each sheet has names in the workbook, for the rows in use, the required cells still blank in them, what is to be mended
and what is to be looked at; the cover speaks of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from xlsflow.layout.sheet_layout import data_places
from xlsflow.workbook.outgoing.plan import (
    Plan,
    SheetPlan,
    is_used,
)
from xlsflow.workbook.self_check.formula import Addresses
from xlsflow.workbook.self_check.row_checks import (
    LOOK,
    MEND,
    MISSING,
    Judged,
    judged,
    rejudged,
)
from xlsflow.workbook.style import texts

if TYPE_CHECKING:
    from xlsflow.i18n import Lang
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.model import DataBlock
    from xlsflow.workbook.outgoing.dropdown_lists import Dropdowns

NOTHING = "0"


@dataclass(frozen=True, slots=True)
class Counted:
    """One figure: its name in the workbook, what the name refers to, the figure as issued."""

    name: str
    formula: str
    figure: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What a sheet counts of itself.

    Attributes:
        used: Rows in use.
        missing: Required cells that are blank.
        mend: Cells that hold an error.
        look: Cells that should be looked at.
        rows: Whether it has rows to count, rather than a form.
        judged: Block -> what it asks of its rows.
    """

    used: Counted
    missing: Counted
    mend: Counted
    look: Counted
    rows: bool
    judged: Mapping[str, Judged]

    def names(self) -> Mapping[str, str]:
        """Return every name with what it refers to."""
        names = {one.name: one.formula for one in (self.used, self.missing, self.mend, self.look)}
        return {**names, **{name: to for one in self.judged.values() for name, to in one.names().items()}}

    def formula(self, lang: Lang) -> str:
        """Return the formula that says in words how complete the sheet is."""
        used, missing, mend, look = (one.name for one in (self.used, self.missing, self.mend, self.look))
        behind = f'{used}&"{texts.ROWS_BEHIND.say(lang)}"&' if self.rows else ""
        before = f'"{texts.ROWS_BEFORE.say(lang)}"&' if self.rows and texts.ROWS_BEFORE.say(lang) else ""
        blank = f'IF({missing}=0,"","{texts.MISSING.say(lang)}"&{missing})'
        wrong = f'IF({mend}=0,"",IF({missing}=0,"▲ "," · ")&"{texts.TO_MEND.say(lang)}"&{mend})'
        counted = f'IF({missing}+{mend}=0,"{texts.COMPLETE.say(lang)}",{blank}&{wrong})'
        also = f'IF({look}=0,"","{texts.TO_LOOK_AT.say(lang)}"&{look})'
        untouched = f"{used}+{missing}+{mend}=0"
        return f'=IF({untouched},"{texts.UNTOUCHED.say(lang)}",{before}{behind}{counted}&{also})'

    def text(self, lang: Lang) -> str:
        """Return what that formula gives for the sheet as issued."""
        missing, mend, look = self.missing.figure, self.mend.figure, self.look.figure
        if not self.used.figure + missing + mend:
            return texts.UNTOUCHED.say(lang)
        blank = texts.MISSING.say(lang) + str(missing) if missing else ""
        wrong = f"{' · ' if missing else '▲ '}{texts.TO_MEND.say(lang)}{mend}" if mend else ""
        also = f"{texts.TO_LOOK_AT.say(lang)}{look}" if look else ""
        rows = f"{texts.ROWS_BEFORE.say(lang)}{self.used.figure}{texts.ROWS_BEHIND.say(lang)}" if self.rows else ""
        return rows + (blank + wrong or texts.COMPLETE.say(lang)) + also


def tallies(plan: Plan, dropdowns: Dropdowns) -> Mapping[str, Tally]:
    """Return each sheet's counts by its tab, for sheets that hold data."""
    counts = {sheet.tab: tally(plan, number, dropdowns) for number, sheet in enumerate(plan.sheets)}
    return {tab: one for tab, one in counts.items() if one is not None}


def tally(plan: Plan, number: int, dropdowns: Dropdowns) -> Tally | None:
    """Return the counts of a sheet by its place; None where it holds no data."""
    sheet = plan.sheets[number]
    places = [(block, Addresses(block, place)) for block, place in data_places(sheet.template, sheet.layout)]
    if not places:
        return None
    asking = {block.name: judged(plan, sheet, block, at, dropdowns) for block, at in places}
    asked = {name: one for name, one in asking.items() if one}
    rows = [_used(plan, sheet, block, at) for block, at in places]
    used = Counted(f"chk_used_{number}", _sum([one for one, _ in rows]), sum(count for _, count in rows))
    missing, mend, look = (
        Counted(
            f"chk_{name}_{number}",
            _sum([one.count(sheet, letter) for one in asked.values()]),
            sum(one.counted(letter) for one in asked.values()),
        )
        for name, letter in (("missing", MISSING), ("mend", MEND), ("look", LOOK))
    )
    many = all(block.many for block, _ in places)  # of a form with tables under it, rows would say little
    return Tally(used, missing, mend, look, many, asked)


def recounted(plan: Plan, counts: Mapping[str, Tally]) -> Mapping[str, Tally]:
    """Return the counts of an edition that is laid out as the one whose counts are given."""
    found: dict[str, Tally] = {}
    for sheet in plan.sheets:
        if sheet.tab not in counts:
            continue
        old = counts[sheet.tab]
        blocks = sheet.template.data
        used = sum(_count_used(plan, sheet, block) for block in blocks)
        asked = {
            block.name: rejudged(plan, sheet, block, old.judged[block.name])
            for block in blocks
            if block.name in old.judged
        }
        missing, mend, look = (sum(one.counted(letter) for one in asked.values()) for letter in (MISSING, MEND, LOOK))
        found[sheet.tab] = replace(
            old,
            used=replace(old.used, figure=used),
            missing=replace(old.missing, figure=missing),
            mend=replace(old.mend, figure=mend),
            look=replace(old.look, figure=look),
            judged=asked,
        )
    return found


def readiness(counts: Sequence[Tally], lang: Lang) -> tuple[str, str]:
    """Return the formula that says whether the whole workbook may be sent, and what it gives as issued."""
    names = ["+".join(one.name for one in some) for some in zip(*_faults(counts), strict=True)]
    missing, mend, look = (f"({name})" for name in names)
    still, blank, wrong, between, besides, check, ready = (
        one.say(lang)
        for one in (
            texts.STILL, texts.STILL_MISSING, texts.STILL_WRONG, texts.BETWEEN, texts.BESIDES,
            texts.TO_CHECK, texts.MAY_BE_SENT,
        )
    )  # fmt: skip
    formula = (
        f'=IF({missing}+{mend}=0,"{ready}",'
        f'"{still}"&IF({missing}=0,"",{missing}&"{blank}"&IF({mend}=0,"","{between}"))'
        f'&IF({mend}=0,"",{mend}&"{wrong}"))'
        f'&IF({look}=0,"","{besides}"&{look}&"{check}")'
    )
    m, e, w = (sum(one.figure for one in some) for some in zip(*_faults(counts), strict=True))
    parts = [f"{m}{blank}"] * bool(m) + [f"{e}{wrong}"] * bool(e)
    return formula, (still + between.join(parts) if parts else ready) + (f"{besides}{w}{check}" if w else "")


def _faults(counts: Sequence[Tally]) -> list[tuple[Counted, Counted, Counted]]:
    return [(one.missing, one.mend, one.look) for one in counts]


def _sum(parts: Sequence[str]) -> str:
    return "=" + ("+".join(parts) or NOTHING)


def _used(plan: Plan, sheet: SheetPlan, block: DataBlock, at: Addresses) -> tuple[str, int]:
    """Return the formula that counts a block's rows in use, and their number as issued."""
    making = [one for one in block.columns if one.makes_row]
    used = _count_used(plan, sheet, block)
    if not making:
        return NOTHING, used
    if not block.many and getattr(block, "required", False):
        return "1", used
    return f"SUMPRODUCT(--({_filled(making, sheet, at)}>0))", used


def _count_used(plan: Plan, sheet: SheetPlan, block: DataBlock) -> int:
    """Return how many rows of a block are in use as issued; of a form that must be filled its one."""
    if not any(one.makes_row for one in block.columns):
        return 0
    if not block.many and getattr(block, "required", False):
        return 1
    return sum(is_used(block, row) for row in plan.records(sheet, block))


def _filled(fields: Sequence[FieldBase], sheet: SheetPlan, at: Addresses) -> str:
    return "+".join(f'(TRIM({sheet.at(at.column(one.name))})<>"")' for one in fields)
