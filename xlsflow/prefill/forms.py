"""Finds the open forms of each region: a form and the tables of its sheet come back together until it is closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from xlsflow.model.history import round_order
from xlsflow.prefill.book_rows import BookRows

if TYPE_CHECKING:
    from xlsflow.template.model import Template


class OpenForm(NamedTuple):
    """A form that is not closed.

    Attributes:
        sheet: The sheet.
        key: Its key; empty if it has none.
        rows: Full block name -> its rows, for every block of the sheet.
    """

    sheet: Template
    key: str
    rows: Mapping[str, Sequence[int]]


def open_forms(template: Template, blocks: Mapping[str, BookRows]) -> Mapping[str, Sequence[OpenForm]]:
    """Return region -> its open forms of a sheet, the one to give back first: of the latest round, then as in the book.

    Args:
        template: The sheet.
        blocks: Full block name -> the rows of the book.
    """
    forms = [template.full_name(block) for block in template.data if not block.has_rows]
    if not any(blocks[name].block.is_closed for name in forms if name in blocks):
        return {}
    own = {name: rows for name, rows in blocks.items() if name in map(template.full_name, template.data)}
    keyed = next((rows for name, rows in own.items() if name in forms and rows.block.key), None)
    found: dict[str, dict[object, tuple[tuple[object, ...], OpenForm | None]]] = {}
    for region, round_id, rows in _forms(own, forms):
        key = keyed.key(rows[keyed.name][0]) if keyed and keyed.name in rows else ""
        is_open = all(rows[n][0] in own[n].open for n in forms if n in rows and own[n].block.is_closed)
        form = OpenForm(template, key, rows) if is_open else None
        of_region, order = found.setdefault(region, {}), round_order(round_id)
        if key not in of_region or order > of_region[key][0]:  # a later round wins, also where it is closed
            of_region[key] = order, form
    return {
        region: [form for _, form in sorted(of_region.values(), key=lambda item: item[0], reverse=True) if form]
        for region, of_region in found.items()
    }


def _forms(
    blocks: Mapping[str, BookRows], forms: Sequence[str]
) -> Iterator[tuple[str, str, Mapping[str, Sequence[int]]]]:
    """Yield region, round and rows of each form; rows of tables go with the first form of their file."""
    found: dict[tuple[str, str, str], dict[str, list[int]]] = {}
    for name, rows in blocks.items():
        for region, positions in rows.by_region.items():
            for position in positions:
                of_file = found.setdefault((region, rows.round(position), rows.file(position)), {})
                of_file.setdefault(name, []).append(position)
    for (region, round_id, _), of_file in found.items():
        # A file may hold a form on several sheets; rows of a table alone are no form.
        for number in range(max((len(of_file.get(name, ())) for name in forms), default=0)):
            one = {name: of_file[name][number : number + 1] for name in forms if name in of_file}
            tables = {name: rows for name, rows in of_file.items() if name not in forms} if number == 0 else {}
            yield region, round_id, {name: rows for name, rows in {**one, **tables}.items() if rows}
