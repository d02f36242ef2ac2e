"""Layout: columns wide enough for their values and narrow enough for the page, forms on a grid, stacked blocks."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from tests.workbook.outgoing_example import LIBRARY, PROJECT
from xlsflow.i18n import LANGS, Lang
from xlsflow.layout.sheet_layout import ColumnSpan, LayoutSizes, divide, lay_out
from xlsflow.layout.widths import PAGE_PX, columns_px
from xlsflow.model.project import RaciColumn
from xlsflow.template.kinds import Scope
from xlsflow.template.model import Template

SCOPE = LIBRARY.scope(PROJECT.lists(), {})


def field(name: str, kind: str = "text", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - a raw definition
    return {"name": name, "kind": kind, "label": {"zh": f"栏{name}", "en": name}, **more}


def sheet(*blocks: dict[str, Any], landscape: bool = False) -> Template:
    words = {"zh": "表", "en": "Sheet"}
    raw = {"name": "s", "title": words, "tab": words, "purpose": words, "print": {"landscape": landscape}}
    return Template.model_validate({**raw, "blocks": list(blocks)})


def table(*fields: dict[str, Any], name: str = "t") -> dict[str, Any]:
    return {"name": name, "type": "table", "rows": 5, "fields": list(fields)}


def test_a_lone_table_has_its_own_columns_those_not_printed_last() -> None:
    layout = lay_out(sheet(table(field("a"), field("b", printed=False), field("c"))), "zh", Scope())

    assert layout.table("t").columns == {"a": ColumnSpan(0, 0), "c": ColumnSpan(1, 1), "b": ColumnSpan(2, 2)}
    assert layout.printed_col == 1
    assert layout.frozen == (5, 2)


def test_more_rows_move_what_is_below() -> None:
    blocks = table(field("a"), field("b")), table(field("c"), name="u")
    usual, more = (lay_out(sheet(*blocks), "zh", Scope(), room) for room in (None, LayoutSizes(rows={"t": 9})))

    assert more.table("u").first_row - usual.table("u").first_row == 4


@pytest.mark.parametrize("lang", LANGS)
def test_a_few_columns_fill_the_page_and_many_fit_on_it(lang: Lang) -> None:
    few = lay_out(sheet(table(field("a"), field("b", "date"))), lang, Scope())
    many = lay_out(sheet(table(*(field(f"a{n}", width=20) for n in range(14))), landscape=True), lang, Scope())

    assert columns_px(few.widths) == pytest.approx(PAGE_PX(("A4", False)))
    assert few.widths[1] == 11.5
    assert PAGE_PX(("A4", True)) / columns_px(many.widths) >= 0.75


def test_a_column_is_as_wide_as_its_longest_choice_and_its_longest_word() -> None:
    fields = field("state", "choice", of="progress", width=1), field("incomprehensible", "integer", width=1)
    layout = lay_out(sheet(table(*fields, field("words"))), "en", SCOPE)

    assert layout.widths[0] > len("○ Not started")
    assert layout.widths[1] > len("incomprehensible")


@pytest.mark.parametrize("lang", LANGS)
def test_thirty_columns_of_a_matrix_are_pressed_to_what_their_headers_need(lang: Lang) -> None:
    columns = tuple(RaciColumn(f"C{n}", f"部门{n}", f"Dept {n}") for n in range(30))
    project = replace(PROJECT, raci_columns=columns)
    scope = LIBRARY.scope(project.lists(), {})
    template = next(t for t in LIBRARY.sheets(LIBRARY.pack("coordination"), scope) if t.name == "raci")
    layout = lay_out(template, lang, scope)

    assert len(layout.widths) == 33
    assert PAGE_PX(("A4", True)) / columns_px(layout.widths) >= 0.55  # 0.4 at the width that the definition asks for


def test_a_form_puts_a_full_field_on_a_line_of_its_own_and_boxes_beside_a_choice() -> None:
    fields = field("a"), field("b"), field("c", full=True), field("d", "choice", of="urgency", ticked=True)
    layout = lay_out(sheet({"name": "f", "type": "form", "fields": list(fields)}), "zh", SCOPE)
    cells = {cell.field: cell for cell in layout.form("f").cells}

    assert [cells[name].row for name in "abcd"] == [3, 3, 4, 5]
    assert cells["c"].value.last == layout.last_col
    boxes = cells["d"].boxes
    assert boxes is not None
    assert cells["d"].value.last + 1 == boxes.first
    assert cells["a"].boxes is None


def test_boxes_to_sign_in_are_of_one_width_on_a_sheet_of_forms() -> None:
    form = {"name": "f", "type": "form", "fields": [field("d", "choice", of="urgency", ticked=True)]}
    parties = [{"zh": f"方{n}", "en": f"Party {n}"} for n in range(3)]
    layout = lay_out(sheet(form, {"name": "g", "type": "signatures", "parties": parties}), "zh", SCOPE)
    signatures = layout.block_layouts[1]
    widths = [columns_px(layout.widths[span.first : span.last + 1]) for span in signatures.spans]  # type: ignore[union-attr]

    assert max(widths) - min(widths) <= 14


@pytest.mark.parametrize(
    ("widths", "weights", "ends"),
    [
        ([10, 10, 10, 10], [1, 3], [0, 3]),
        ([5, 5, 30, 5, 5], [1, 1, 1], [1, 2, 4]),
        ([1, 1, 1], [100, 1, 1], [0, 1, 2]),
        ([10, 2, 10], [1], [2]),
    ],
)
def test_columns_are_shared_out_by_weight(widths: list[float], weights: list[float], ends: list[int]) -> None:
    spans = divide(widths, weights)

    assert [span.last for span in spans] == ends
    assert spans[0].first == 0
    assert all(left.last + 1 == right.first for left, right in pairwise(spans))


def test_more_parts_than_columns_are_refused() -> None:
    with pytest.raises(ValueError, match="3 parts do not fit on 2 columns"):
        divide([1, 1], [1, 1, 1])
