"""An expression as an Excel formula: LibreOffice works out of the cells what `evaluate` makes of the values."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import xlsxwriter

from tests.helpers import soak
from tests.helpers.expressions import condition_holds, expression_value
from xlsflow.fileformat.cells import a1
from xlsflow.i18n import Lang, LocalizedText, untranslated
from xlsflow.layout.sheet_layout import ColumnSpan, TableLayout
from xlsflow.template.expressions.evaluate_row import RowContext
from xlsflow.template.expressions.expression import (
    And,
    AsOf,
    Blank,
    Calculation,
    Compare,
    CompareOp,
    Const,
    Count,
    Expr,
    HasFigure,
    If,
    Not,
    OneOf,
    Or,
    Ref,
    SettingRef,
    Unique,
    parse_expression,
)
from xlsflow.template.kinds import Scope
from xlsflow.template.lists import Choice, ChoiceList
from xlsflow.template.model import MatrixBlock
from xlsflow.workbook.outgoing.sheet_drawer import write_value
from xlsflow.workbook.self_check.formula import Addresses, condition_formula, value_formula

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.office import Office

AS_OF = date(2026, 3, 20)
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - sheets hold local times without a zone
ROWS = 14
LANG: Lang = "zh"
EXPRESSIONS = 150
SIGNS: tuple[CompareOp, ...] = ("==", "!=", "<", "<=", ">", ">=")
SAME: tuple[CompareOp, ...] = SIGNS[:2]
STATES = ("open", "done", "late")
LETTERS = ("R", "A", "A/R", "I*")


def choice_list(name: str, *values: Choice) -> ChoiceList:
    return ChoiceList(name=name, title=untranslated(name), values=values)


SCOPE = Scope(
    {
        "states": choice_list(
            "states",
            Choice(code="open", label=LocalizedText("进行中", "Open")),
            Choice(code="done", label=LocalizedText('已"完成"', "Done")),
            Choice(code="late", label=LocalizedText("滞后", "Delayed")),
        ),
        "letters": choice_list("letters", *(Choice(code=letter, label=untranslated(letter)) for letter in LETTERS)),
        "parties": choice_list(
            "parties",
            Choice(code="EAST", label=LocalizedText("华东", "East"), group="region"),
            Choice(code="HR", label=LocalizedText("人力", "People"), group="department"),
            Choice(code="WEST", label=LocalizedText("华西", "West"), group="region"),
        ),
    },
    {"high": 15, "half": 0.5},
)


def field(name: str, kind: str, **more: object) -> dict[str, object]:
    return {"name": name, "kind": kind, "label": {"zh": f"栏{name}", "en": name}, **more}


BLOCK = MatrixBlock.model_validate(
    {
        "name": "block",
        "type": "matrix",
        "cells": "roles",
        "across": "parties",
        "of": "letters",
        "fields": [
            field("words", "text"),
            field("number", "id", prefix="RW"),
            field("state", "choice", of="states"),
            field("second", "choice", of="states"),
            field("day", "date"),
            field("moment", "datetime"),
            field("count1", "integer"),
            field("share", "percent"),
        ],
    }
).resolved(SCOPE)
PLACE = TableLayout(
    "block", None, 0, 1, 2, 1 + ROWS, {one.name: ColumnSpan(col, col) for col, one in enumerate(BLOCK.columns)}
)


class Author:
    """Writes expressions of every node, each kind of value where it belongs."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def condition(self, depth: int) -> Expr:
        """A truth value."""
        plain: list[Callable[[], Expr]] = [
            lambda: Blank(Ref(self.rng.choice([field.name for field in BLOCK.columns]))),
            lambda: HasFigure(Ref("words")),
            lambda: Unique(Ref(self.rng.choice(("number", "state", "day")))),
            lambda: OneOf(Ref("state"), tuple(map(Const, self.rng.sample(STATES, 2)))),
            lambda: OneOf(self.figure(0), (Const(1), Const(2.5), Const(0))),
            lambda: Compare(self.rng.choice(SAME), Ref("state"), Const(self.rng.choice(STATES))),
            lambda: Compare(self.rng.choice(SAME), Ref("state"), Ref("second")),
            lambda: Compare(self.rng.choice(SAME), Ref("state"), self.code()),
            lambda: Compare(self.sign(), self.figure(depth - 1), self.figure(depth - 1)),
            lambda: Compare(self.sign(), self.moment(depth - 1), self.moment(depth - 1)),
            lambda: Ref(self.rng.choice(("words", "count1", "share", "state"))),
            lambda: Const(self.rng.choice((True, False))),
        ]
        if depth <= 0 or self.rng.random() < 0.2:
            return self.rng.choice(plain)()
        parts = tuple(self.condition(depth - 1) for _ in range(self.rng.randint(2, 3)))
        return self.rng.choice((And(parts), Or(parts), Not(parts[0]), If(parts[0], parts[1], parts[-1])))

    def code(self) -> Expr:
        """A code that depends on the row."""
        return If(self.condition(0), Const(self.rng.choice(STATES)), Const(self.rng.choice(STATES)))

    def sign(self) -> CompareOp:
        """A comparison."""
        return self.rng.choice(SIGNS)

    def figure(self, depth: int) -> Expr:
        """A number."""
        if depth <= 0:
            group = Ref("roles", self.rng.choice(("", "region")))
            return self.rng.choice(
                (
                    Ref("count1"),
                    Ref("share"),
                    Const(self.rng.choice((0, 1, 2.5, 15))),
                    SettingRef(self.rng.choice(("high", "half"))),
                    Count(group, tuple(self.rng.sample(LETTERS, self.rng.randint(1, 2)))),
                    Calculation("-", self.moment(0), self.moment(0)),
                )
            )
        if self.rng.random() < 0.3:
            return If(self.condition(depth - 1), self.figure(depth - 1), self.figure(depth - 1))
        return Calculation(self.rng.choice(("+", "-", "*", "/")), self.figure(depth - 1), self.figure(depth - 1))

    def moment(self, depth: int) -> Expr:
        """A day or a moment."""
        if depth > 0 and self.rng.random() < 0.3:
            return If(self.condition(depth - 1), self.moment(0), self.moment(0))
        if self.rng.random() < 0.3:
            return Calculation(self.rng.choice(("+", "-")), self.moment(depth - 1), Const(self.rng.randint(0, 40)))
        return self.rng.choice((Ref("day"), Ref("moment"), AsOf()))


def rows(rng: random.Random) -> list[dict[str, object]]:
    """Rows with many blanks and some values twice."""
    samples: dict[str, Callable[[], object]] = {
        "words": lambda: rng.choice(("目标 95%", "no figure", "＝全角９", "①", "=1+1", " x")),
        "number": lambda: f"RW-2026-00{rng.randint(1, 9)}",
        "state": lambda: rng.choice(STATES),
        "second": lambda: rng.choice(STATES),
        "day": lambda: AS_OF + timedelta(days=rng.randint(-9, 9)),
        "moment": lambda: EPOCH.replace(2026, 3, rng.randint(15, 25), rng.choice((0, 12))),
        "count1": lambda: rng.randint(-2, 16),
        "share": lambda: rng.choice((0, 0.25, 0.5, 1)),
    }
    for field in BLOCK.cell_fields:
        samples[field.name] = lambda: rng.choice(LETTERS)
    return [{name: sample() for name, sample in samples.items() if rng.random() < 0.7} for _ in range(ROWS)]


def around(values: list[dict[str, object]], number: int) -> RowContext:
    """Return one row with the values of the other rows."""
    others = {
        field.name: frozenset(row[field.name] for n, row in enumerate(values) if n != number and field.name in row)
        for field in BLOCK.columns
    }
    return RowContext(values[number], AS_OF, SCOPE.settings, BLOCK.groups, others)


def as_cell(value: object) -> object:
    """Return what LibreOffice gives for a value: a day's number, 1 or 0 for a truth value, an empty text for none."""
    if isinstance(value, datetime):
        return (value - EPOCH) / timedelta(days=1)
    if isinstance(value, date):
        return float((value - EPOCH.date()).days)
    return "" if value is None else float(value) if isinstance(value, int | float) else value


def write_formulas(path: Path, values: list[dict[str, object]], formulas: Callable[[Addresses], list[str]]) -> None:
    """Write the rows, and behind each the formulas that speak of it."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        book.define_name("as_of", f"=DATE({AS_OF.year},{AS_OF.month},{AS_OF.day})")
        day = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for offset, row in enumerate(values, start=2):
            for col, one in enumerate(BLOCK.columns):
                write_value(sheet, offset, col, one.write(row.get(one.name), LANG, SCOPE), day)
            for col, formula in enumerate(formulas(Addresses(BLOCK, PLACE, offset + 1)), start=len(BLOCK.columns)):
                sheet.write_formula(offset, col, f"={formula}")


@soak.campaign("random expressions as formulas", 3 * EXPRESSIONS)
@pytest.mark.parametrize("seed", soak.numbers(3, start=1))
def test_a_formula_means_what_the_expression_means(office: Office, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - expressions, not secrets
    author, values = Author(rng), rows(rng)
    conditions = [(author.condition(3), presume) for _ in range(EXPRESSIONS) for presume in (True, False)]
    figures = [rng.choice((author.figure, author.moment))(2) for _ in range(EXPRESSIONS)]
    exprs = [expr for expr, _ in conditions] + figures
    path = tmp_path / "formulas.xlsx"
    write_formulas(
        path,
        values,
        lambda at: (
            [condition_formula(expr, at, LANG, SCOPE, presume=presume) for expr, presume in conditions]
            + [value_formula(figure, at, LANG, SCOPE) for figure in figures]
        ),
    )

    with office.open(path) as document:
        document.calculate()
        got = document.values("S", f"{a1(2, len(BLOCK.columns))}:{a1(1 + ROWS, len(BLOCK.columns) + len(exprs) - 1)}")

    for place, found in enumerate(got):
        row = around(values, place)
        wanted = [as_cell(condition_holds(expr, row, presume=presume)) for expr, presume in conditions]
        wanted += [as_cell(expression_value(figure, row)) for figure in figures]
        for expr, one, right in zip(exprs, found, wanted, strict=True):
            assert one == (pytest.approx(right) if isinstance(right, float) else right), f"{expr} of {values[place]}"


AT = Addresses(BLOCK, PLACE, 3)


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("state == 'done'", '$C3="Done"'),
        ("state in ('open', 'late')", 'OR($C3="Open",$C3="Delayed")'),
        ("day >= as_of", "IF(ISNUMBER($E3),$E3>=as_of,FALSE)"),
        ("blank(words)", 'TRIM($A3)=""'),
        ("count1 * share >= setting.high", "IF(AND(ISNUMBER($G3),ISNUMBER($H3)),($G3*$H3)>=15,FALSE)"),
        ("count(roles.region, 'A') == 1", 'SUMPRODUCT(--($J3:$K3="A"))=1'),
    ],
)
def test_formulas_are_short_and_name_their_own_row(text: str, formula: str) -> None:
    assert condition_formula(parse_expression(text), AT, "en", SCOPE, presume=False) == formula


def test_a_formula_gives_the_label_of_a_computed_code() -> None:
    expr = parse_expression("'late' if day < as_of else 'open'")

    assert value_formula(expr, AT, "zh", SCOPE, "states") == 'IF(IF(ISNUMBER($E3),$E3<as_of,FALSE),"滞后","进行中")'


def test_a_quote_in_a_label_is_doubled() -> None:
    assert condition_formula(parse_expression("state == 'done'"), AT, "zh", SCOPE, presume=False) == '$C3="已""完成"""'
