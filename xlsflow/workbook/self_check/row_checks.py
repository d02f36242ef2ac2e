"""What a workbook asks of its own rows: the checks of a block as formulas, and what they find in rows as issued.

A row is judged in a cell that nobody sees, as one text: four characters for every cell that can be at fault, a letter
for how much it matters and the number of the check that was broken. Counts, colours and the mark beside the row are all
taken from that text, so each rule is worked out once. At most one fault a cell, errors before warnings, as on the way
back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from xlsflow.catalogue import CATALOGUE
from xlsflow.fileformat.cells import letters
from xlsflow.i18n import (
    Lang,
    LocalizedText,
)
from xlsflow.template.expressions.evaluate_row import (
    Held,
    Row,
    breaking,
)
from xlsflow.template.expressions.expression import (
    Blank,
    Compare,
    Const,
    Count,
    Not,
    Ref,
    Unique,
    walk,
)
from xlsflow.template.rules import Check, implied
from xlsflow.workbook.outgoing.plan import (
    Plan,
    Record,
    SheetPlan,
    Typed,
    is_used,
)
from xlsflow.workbook.self_check.formula import (
    Addresses,
    excel,
)
from xlsflow.workbook.self_check.validations import shortened
from xlsflow.workbook.style import texts

if TYPE_CHECKING:
    from xlsflow.template.kinds import FieldBase, Scope
    from xlsflow.template.model import DataBlock
    from xlsflow.workbook.outgoing.dropdown_lists import Dropdowns

MISSING, MEND, LOOK = "M", "E", "W"
"""How much a fault matters: a blank that must be filled, an error to mend, a warning to look at."""
SOUND = "0000"
CANNOT_SAY: tuple[LocalizedText, ...] = (
    LocalizedText("引用其他返回文件的编号是否存在", "whether an id that stands in another return exists"),
    LocalizedText(
        "写成文字的日期、别名等可以读懂的写法", "a date written as text, an alias, whatever else can still be read"
    ),
    LocalizedText("粘贴进来的、不在列表或范围内的值", "a pasted value that is not on the list or out of bounds"),
    LocalizedText("名单之外的称呼是人还是部门", "whether a name that is on no list is a person or a unit"),
    LocalizedText(
        "表格最后只填了一格、像说明的行", "a row at the end with a single cell in it, which is taken for a note"
    ),
    LocalizedText("含有错误值（如 #REF!）的行", "a row that holds an error such as #REF!"),
)
"""What is found on the way back only: no formula of the workbook can say it."""
_ROW, _ABOVE = 987654321, 123456789
"""Stand for the numbers of a row and of the one above it while formulas are made, once for all rows."""
_MOST_FORMULA, _MOST_NAME, _MOST_SENTENCE = 7500, 7500, 200
"""Below what Excel takes of a formula, of what a name refers to, of a text inside it."""
_GAP_LONE, _GAP = 7, 2
"""Columns from the last one to the judging cell: beside a mark there is room for its sentence."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that is asked of a cell.

    Attributes:
        check: The check; None where the value itself is asked to be one person.
        letter: How much a break of it matters.
        number: Its number among the sentences, from 1.
        test: Formula that says whether it is broken.
        is_broken: Says the same of a row as issued.
        when_many: Of a code that must stand once: whether it is asked for standing too often, or for not standing.
    """

    check: Check | None
    letter: str
    number: int
    test: str
    is_broken: Held = field(compare=False)
    when_many: bool | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell of a row that can be at fault.

    Attributes:
        fields: The field; several where the fault lies with those that hold one of the codes.
        asked: What is asked of it, in the order of precedence.
        codes: The codes.
        unique: The fields asked about whose values must differ from row to row.
    """

    fields: tuple[str, ...]
    asked: tuple[Asked, ...]
    codes: tuple[str, ...] = ()
    unique: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Find the unique fields."""
        checks = [one.check for one in self.asked if one.check is not None]
        parts = (part for check in checks for expr in (check.must, check.when) if expr for part in walk(expr))
        object.__setattr__(self, "unique", tuple(part.field.field for part in parts if isinstance(part, Unique)))

    @property
    def formula(self) -> str:
        """The formula, without its `=`, of the four characters."""
        text = f'"{SOUND}"'
        for one in reversed(self.asked):
            text = f'IF({one.test},"{one.letter}{one.number:03}",{text})'
        return text


@dataclass(frozen=True, slots=True)
class Judged:
    """What a block asks of its rows.

    Attributes:
        spots: The cells that can be at fault.
        columns: The formulas of the judging cells of a row, the row's number left open.
        first_col: Column of the first judging cell.
        rows: First and last row of them.
        sentences: What each check says where it is broken.
        name: Workbook name of the sentences.
        codes: What the judging cells give for the rows as issued.
    """

    spots: tuple[Spot, ...]
    columns: tuple[tuple[str, int], ...]
    first_col: int
    rows: tuple[int, int]
    sentences: tuple[str, ...]
    name: str
    codes: tuple[tuple[str, ...], ...]

    def formulas(self, row: int) -> list[str]:
        """Return the formulas of the judging cells of a 0-based row."""
        return [text.replace(str(_ROW), str(row + 1)).replace(str(_ABOVE), str(row)) for text, _ in self.columns]

    def cells(self, row: int) -> str:
        """Return the judging cells of a 0-based row, put together."""
        return "&".join(f"${letters(self.first_col + place)}{row + 1}" for place in range(len(self.columns)))

    def at_fault(self, spot: int, row: int) -> str:
        """Return the formula that says whether a spot is at fault in a 0-based row."""
        begin = 0
        for place, (_, spots) in enumerate(self.columns):
            if spot < begin + spots:
                cell = f"${letters(self.first_col + place)}{row + 1}"
                return f'MID({cell},{(spot - begin) * len(SOUND) + 1},1)>"0"'
            begin += spots
        raise IndexError(spot)

    def count(self, sheet: SheetPlan, letter: str) -> str:
        """Return the formula that counts the faults of one sort."""
        first, last = letters(self.first_col), letters(self.first_col + len(self.columns) - 1)
        cells = sheet.at(f"${first}${self.rows[0] + 1}:${last}${self.rows[1] + 1}")
        return f'SUMPRODUCT(LEN({cells})-LEN(SUBSTITUTE({cells},"{letter}","")))'

    def counted(self, letter: str) -> int:
        """Return how many faults of one sort the rows have as issued."""
        return sum("".join(code).count(letter) for code in self.codes)

    def mark(self, row: int) -> str:
        """Return the formula of the mark beside a 0-based row: the first fault in words, a sign where there is none."""
        code = self.cells(row)
        text = f'IF({code}="","","{texts.MARK_SOUND}")'
        for letter in (LOOK, MEND, MISSING):
            text = f'IFERROR(INDEX({self.name},VALUE(MID({code},FIND("{letter}",{code})+1,3))),{text})'
        return f"={text}"

    def marked(self, code: Sequence[str]) -> str:
        """Return what that formula gives."""
        text = "".join(code)
        for letter in (MISSING, MEND, LOOK):
            if letter in text:
                place = text.index(letter)
                return self.sentences[int(text[place + 1 : place + 4]) - 1]
        return texts.MARK_SOUND if text else ""

    def names(self) -> Mapping[str, str]:
        """Return the name of the sentences with what it refers to."""
        quoted = ('"' + text.replace('"', '""') + '"' for text in self.sentences)
        return {self.name: "={" + ";".join(quoted) + "}"}


def judged(plan: Plan, sheet: SheetPlan, block: DataBlock, at: Addresses, dropdowns: Dropdowns) -> Judged | None:
    """Return what a block asks of its rows; None where it asks nothing.

    Args:
        plan: The workbook's plan.
        sheet: The sheet.
        block: The block.
        at: Where it lies.
        dropdowns: The workbook's lists.
    """
    first_col = sheet.layout.last_col + (_GAP_LONE if sheet.lone else _GAP)
    maker = _Maker(plan, block, Addresses(block, at.place, _ROW), dropdowns, letters(first_col))
    spots = tuple(maker.spots())
    if not spots:
        return None
    columns = tuple(maker.columns(spots))
    number = plan.sheets.index(sheet), [one.name for one in sheet.template.data].index(block.name)
    rows = (at.place.first_row, at.place.last_row if block.many else at.place.first_row)
    name = f"chk_say_{number[0]}_{number[1]}"
    codes = tuple(_codes(plan, sheet, block, spots, [count for _, count in columns]))
    return Judged(spots, columns, first_col, rows, maker.sentences(), name, codes)


def rejudged(plan: Plan, sheet: SheetPlan, block: DataBlock, judged: Judged) -> Judged:
    """Return what a block asks of the rows of another edition, laid out as the one that was judged."""
    codes = tuple(_codes(plan, sheet, block, judged.spots, [count for _, count in judged.columns]))
    return replace(judged, codes=codes)


@dataclass(frozen=True)
class _Maker:
    """Makes the formulas of one block; the judging cells begin in a column."""

    plan: Plan
    block: DataBlock
    at: Addresses
    dropdowns: Dropdowns
    judging: str

    def spots(self) -> Iterator[Spot]:
        """Yield every cell that can be at fault, in the order of the columns."""
        by_field: dict[str, list[Asked]] = {one.name: [] for one in self.block.columns}
        groups: list[Spot] = []
        number = 0
        for number, check in enumerate(self.block.checks(), start=1):
            match check:
                case Check(code="not_exactly_one", must=Compare(left=Count(group=ref, codes=codes) as count)):
                    none, many = Compare("<", count, Const(1)), Compare(">", count, Const(1))
                    by_field[check.at].append(self._asked(check, number, self._where(check, none), when_many=False))
                    fields = self.block.groups[f"{ref.field}.{ref.part}" if ref.part else ref.field]
                    twice = self._asked(check, number, self._where(check, many), when_many=True)
                    groups.append(Spot(fields, (twice,), codes))
                case Check(must=Unique()) if not self.block.many:
                    pass  # a form is one row: nothing can stand in it twice
                case _:
                    by_field[check.at].append(self._asked(check, number, self._broken(check)))
        for name, asked in by_field.items():
            one = self.block.field(name)
            if (test := self._not_one(one)) and not one.computed and not one.fill:
                number += 1
                several = _several(one, self.plan.edition.scope, self.plan.edition.lang)
                asked.insert(0, Asked(None, MEND, number, test, several))
            if asked:
                yield Spot((name,), tuple(sorted(asked, key=lambda a: a.letter == LOOK)))
        yield from groups

    def _asked(self, check: Check, number: int, test: str, *, when_many: bool | None = None) -> Asked:
        missing = check.must == Not(Blank(Ref(check.at)))
        letter = MISSING if missing else MEND if CATALOGUE[check.code].severity == "error" else LOOK
        return Asked(check, letter, number, test, _breaks(check, when_many), when_many)

    def _says(self, expr: object, *, presume: bool) -> str:
        edition = self.plan.edition
        return excel(expr, self.at, edition.lang, edition.scope, presume=presume)  # type: ignore[arg-type]

    def _where(self, check: Check, broken: object) -> str:
        test = self._says(broken, presume=False)
        return f"AND({self._says(check.when, presume=False)},{test})" if check.when else test

    def _broken(self, check: Check) -> str:
        """Return the formula that says whether a check is definitely broken."""
        match check.must:
            case Unique(field=ref):
                cell, column = self.at.cell(ref.field), self.at.column(ref.field).split("$")[1]
                header = self.at.place.first_row
                # The first use is not at fault, and a number that was printed in a row not used is no use of it.
                above, used = (f"${col}${header}:${col}{_ABOVE}" for col in (column, self.judging))
                test = f'IF(TRIM({cell})="",FALSE,SUMPRODUCT(({above}={cell})*({used}<>""))>0)'
            case Not(part=part):
                test = self._says(part, presume=False)
            case must:
                test = f"NOT({self._says(must, presume=True)})"
        return f"AND({self._says(check.when, presume=False)},{test})" if check.when else test

    def _not_one(self, one: FieldBase) -> str:
        """Return the formula that says whether a cell for one person holds several, or a unit; empty for others."""
        if not one.parting:
            return ""
        cell = self.at.cell(one.name)
        signs = "{" + ";".join(f'"{sign}"' for sign in one.parting) + "}"
        inner = f"MID({cell},2,MAX(LEN({cell})-2,0))"
        tests = [f"AND(LEN({cell})>{_SHORT},SUMPRODUCT(--ISNUMBER(FIND({signs},{inner})))>0)"]
        if never := self.dropdowns.refused(one.refused_list()):
            tests.append(f"SUMPRODUCT(--({never}={cell}))>0")
        test = f"OR({','.join(tests)})"
        if people := self.dropdowns.named(one.list_name()):
            test = f"IF(SUMPRODUCT(--({people}={cell}))=0,{test},FALSE)"
        return f'IF(TRIM({cell})="",FALSE,{test})'

    def columns(self, spots: Sequence[Spot]) -> Iterator[tuple[str, int]]:
        """Yield the formula of each judging cell with its number of spots; as many cells as Excel's limit asks for."""
        making = [self.at.cell(one.name) for one in self.block.columns if one.makes_row]
        always = not self.block.many and getattr(self.block, "required", False)
        begun = "TRUE" if always else f'TRIM({"&".join(making)})<>""' if making else "FALSE"
        parts: list[str] = []
        for spot in spots:
            text = spot.formula
            if parts and len(begun) + sum(len(part) + 1 for part in (*parts, text)) > _MOST_FORMULA:
                yield _whole(begun, parts), len(parts)
                parts = []
            parts.append(text)
        yield _whole(begun, parts), len(parts)

    def sentences(self) -> tuple[str, ...]:
        """Return what each check says where it is broken, in the order of their numbers."""
        said = [*self._said()]
        most = min(_MOST_SENTENCE, _MOST_NAME // len(said) - 8)
        return tuple(shortened(text, most) for text in said)

    def _said(self) -> Iterator[str]:
        lang = self.plan.edition.lang
        for check in implied(self.block.columns, self.block.key):
            words = texts.MARK_REPEATED if isinstance(check.must, Unique) else texts.MARK_MISSING
            yield words.say(lang).format(label=self.block.label_of(check.at).say(lang))
        for rule in self.block.rules:
            for check in rule.checks(self.block):
                sign = "▲" if CATALOGUE[check.code].severity == "error" else "◆"
                yield f"{sign} {(rule.told(self.block)).say(lang)}"
        for one in self.block.columns:
            if one.parting and not one.computed and not one.fill:
                yield texts.MARK_NOT_ONE.say(lang).format(label=one.label.say(lang))


_SHORT = 3
"""So short, a text with a sign in it is no two names: `n/a`."""


def _whole(begun: str, parts: Sequence[str]) -> str:
    return f'=IFERROR(IF({begun},{"&".join(parts)},""),"")'


def _codes(
    plan: Plan, sheet: SheetPlan, block: DataBlock, spots: Sequence[Spot], parts: Sequence[int]
) -> Iterator[tuple[str, ...]]:
    """Yield what the judging cells give for each row as issued."""
    always = not block.many and getattr(block, "required", False)
    lines = plan.records(sheet, block)
    earlier: dict[str, set[object]] = {name: set() for spot in spots for name in spot.unique}
    edition, blank = plan.edition, ("",) * len(parts)
    asking = [spot.asked for spot in spots]
    bounds = [*pairwise(sum(parts[:place]) for place in range(len(parts) + 1))]
    for line in lines:
        if not always and not is_used(block, line):
            yield blank
            continue
        read = line
        if Typed in map(type, line.values()):
            # What was typed and could not be read is no number and no day, in a formula either; words are unlike others
            read = {name: v for name, v in line.items() if not (isinstance(v, Typed) and block.field(name).numeric)}
        row = Row(read, edition.day, edition.scope.settings, block.groups, earlier)
        each = [_code(asked, row, line) for asked in asking]
        yield tuple("".join(each[a:b]) for a, b in bounds)
        for name, values in earlier.items():
            if (value := line.get(name)) is not None:
                values.add(value)


def _code(asked: Sequence[Asked], row: Row, line: Record) -> str:
    for one in asked:
        if one.is_broken(row):
            name = one.check.at if one.check else ""
            if one.letter == MISSING and name in line and name not in row.values:
                continue  # something is typed there, if nothing that could be read
            return f"{one.letter}{one.number:03}"
    return SOUND


def _breaks(check: Check, when_many: bool | None) -> Held:  # noqa: FBT001 - as it stands in what is asked
    """Return what says of a row whether it definitely breaks a check, or one half of it."""
    if when_many is None:
        return breaking(check.must, check.when)
    assert isinstance(check.must, Compare)
    return breaking(Compare("<=" if when_many else ">=", check.must.left, Const(1)), check.when)


def _several(one: FieldBase, scope: Scope, lang: Lang) -> Held:
    """Return what the formula of one person makes of a row as issued; the same names stand in many rows."""
    people, units = scope.lists.get(one.list_name()), scope.lists.get(one.refused_list())

    @lru_cache(maxsize=1024, typed=True)
    def of(value: object) -> bool:
        text = str(value if isinstance(value, Typed) else one.write(value, lang, scope))
        if not text.strip() or (people and people.offers(text, lang)):
            return False
        several = len(text) > _SHORT and any(sign in text[1:-1] for sign in one.parting)
        return several or bool(units and units.names(text))

    def several(row: Row) -> bool:
        value = row.values.get(one.name)
        return value is not None and of(value)

    return several
