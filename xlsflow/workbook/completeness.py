"""How complete each sheet is: the counts that the workbook keeps of itself, and the same of what it is issued with.

Each sheet has two names in the workbook, for the rows in use and for the required cells still blank in them; the cover
speaks of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlsflow.layout import data_places
from xlsflow.workbook import phrases
from xlsflow.workbook.formula import Addresses
from xlsflow.workbook.plan import Plan, SheetPlan, is_used

if TYPE_CHECKING:
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.model import DataBlock
    from xlsflow.words import Lang

NOTHING = "0"


@dataclass(frozen=True, slots=True)
class Tally:
    """What a sheet counts of itself: each figure as a name, as that name's formula, and as it stands when issued.

    Attributes:
        used_name: Name of the count of rows in use.
        missing_name: Name of the count of required cells that are blank.
        used_formula: What the first name refers to.
        missing_formula: What the second name refers to.
        used: Rows in use.
        missing: Required cells that are blank.
        rows: Whether it has rows to count, rather than a form.
    """

    used_name: str
    missing_name: str
    used_formula: str
    missing_formula: str
    used: int
    missing: int
    rows: bool

    def formula(self, lang: Lang) -> str:
        """Return the formula that says in words how complete the sheet is."""
        behind = f'{self.used_name}&"{phrases.ROWS_BEHIND.say(lang)}"&' if self.rows else ""
        before = f'"{phrases.ROWS_BEFORE.say(lang)}"&' if self.rows and phrases.ROWS_BEFORE.say(lang) else ""
        done, missing = phrases.COMPLETE.say(lang), phrases.MISSING.say(lang)
        counted = f'IF({self.missing_name}=0,"{done}","{missing}"&{self.missing_name})'
        untouched = f"AND({self.used_name}=0,{self.missing_name}=0)"
        return f'=IF({untouched},"{phrases.UNTOUCHED.say(lang)}",{before}{behind}{counted})'

    def text(self, lang: Lang) -> str:
        """Return what that formula gives for the sheet as issued."""
        if not self.used and not self.missing:
            return phrases.UNTOUCHED.say(lang)
        counted = phrases.MISSING.say(lang) + str(self.missing) if self.missing else phrases.COMPLETE.say(lang)
        rows = f"{phrases.ROWS_BEFORE.say(lang)}{self.used}{phrases.ROWS_BEHIND.say(lang)}" if self.rows else ""
        return rows + counted


def tallies(plan: Plan) -> Mapping[str, Tally]:
    """Return each sheet's counts by its tab, for sheets that hold data."""
    found: dict[str, Tally] = {}
    for number, sheet in enumerate(plan.sheets):
        places = data_places(sheet.template, sheet.layout)
        parts = [_count(plan, sheet, block, Addresses(block, place)) for block, place in places]
        if parts:
            used = "+".join(part.used_formula for part in parts)
            missing = "+".join(part.missing_formula for part in parts)
            names = f"chk_used_{number}", f"chk_missing_{number}"
            counts = sum(part.used for part in parts), sum(part.missing for part in parts)
            rows = all(block.many for block, _ in places)  # of a form with tables under it, rows would say little
            found[sheet.tab] = Tally(*names, f"={used}", f"={missing}", *counts, rows)
    return found


@dataclass(frozen=True, slots=True)
class _Part:
    used_formula: str
    missing_formula: str
    used: int
    missing: int


def _count(plan: Plan, sheet: SheetPlan, block: DataBlock, at: Addresses) -> _Part:
    """Return the counts of one block."""
    making = [one for one in block.columns if one.makes_row]
    required = [one for one in block.columns if one.required and not one.computed]
    rows = plan.records(sheet, block)
    used = [row for row in rows if is_used(block, row)]
    always = not block.many and getattr(block, "required", False)
    if always:
        used = rows
    missing = sum(row.get(one.name) in (None, "") for row in used for one in required)
    started = "TRUE" if always else f"({_filled(making, sheet, at)}>0)"
    return _Part(
        f"SUMPRODUCT(--{started})" if making else NOTHING,
        f"SUMPRODUCT({started}*({_blank(required, sheet, at)}))" if making and required else NOTHING,
        len(used) if making else 0,
        missing,
    )


def _filled(fields: Sequence[FieldBase], sheet: SheetPlan, at: Addresses) -> str:
    return "+".join(f'(TRIM({sheet.at(at.column(one.name))})<>"")' for one in fields)


def _blank(fields: Sequence[FieldBase], sheet: SheetPlan, at: Addresses) -> str:
    return "+".join(f'(TRIM({sheet.at(at.column(one.name))})="")' for one in fields)
