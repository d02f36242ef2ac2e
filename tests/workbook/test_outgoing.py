"""The outgoing workbook: what is in it, what it does in LibreOffice, how it prints, what it refuses."""

from __future__ import annotations

import re
import subprocess
import warnings
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.utils.datetime import to_excel
from openxml_audit import FileFormat, OpenXmlValidator

from tests.helpers.print_area import last_printed_column, print_area
from tests.workbook.outgoing_example import LIBRARY, PACKS, PEOPLE, PROJECT, REGIONS, example_outgoing, made
from xlsflow.fileformat.cells import a1
from xlsflow.fileformat.excel_limits import MAX_VALIDATION_TEXT, MAX_VALIDATION_TITLE
from xlsflow.i18n import LANGS, Lang, untranslated
from xlsflow.layout.sheet_layout import TableLayout, data_layouts
from xlsflow.layout.text_metrics import column_pixels
from xlsflow.model.people import Person
from xlsflow.model.project import Region
from xlsflow.template.kinds import Scope
from xlsflow.template.lists import Choice, ChoiceList
from xlsflow.template.model import Template
from xlsflow.workbook.outgoing.plan import Plan, plan
from xlsflow.workbook.outgoing.writer import OutgoingWorkbook, write_workbook
from xlsflow.workbook.self_check.data_validations import shorten_at_clause
from xlsflow.workbook.style.texts import GUARDED_TITLE
from xlsflow.workbook.style.theme import BODY_PT, FONT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.office import Office
    from tests.office.libreoffice import Entry
    from xlsflow.template.kinds import FieldBase
    from xlsflow.template.kinds.field import EntryRule

Rows = dict[str, list[dict[str, object]]]
OUTGOING = [name for name in PACKS if not LIBRARY.pack(name).setup]
DEFAULT = next(name for name in PACKS if LIBRARY.pack(name).default)


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every pack in every language, blank and filled."""
    folder = tmp_path_factory.mktemp("outgoing")
    for pack in PACKS:
        for lang in LANGS:
            for filled in (False, True):
                write_workbook(folder / name_of(pack, lang, filled=filled), example_outgoing(pack, lang, filled=filled))
    return folder


def name_of(pack: str, lang: Lang, *, filled: bool) -> str:
    return f"{pack}-{lang}-{'filled' if filled else 'blank'}.xlsx"


def written(tmp_path: Path, one: OutgoingWorkbook) -> tuple[Path, Plan]:
    path = tmp_path / "book.xlsx"
    write_workbook(path, one)
    return path, plan(one)


def opened(path: Path, *, data_only: bool = False) -> Any:  # noqa: ANN401 - openpyxl's stubs lack much
    """Read a workbook; openpyxl says of every data bar that it does not know the newer half of it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".* extension is not supported")
        return openpyxl.load_workbook(path, data_only=data_only)


def sheet_of(name: str, *fields: dict[str, Any], **more: Any) -> Template:  # noqa: ANN401 - a raw definition
    """A sheet with one table."""
    blocks = [{"name": "rows", "type": "table", "rows": 8, "fields": list(fields), **more}]
    words = {"zh": name, "en": name}
    return Template.model_validate({"name": name, "title": words, "tab": words, "purpose": words, "blocks": blocks})


def field(name: str, kind: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - a raw definition
    return {"name": name, "kind": kind, "label": {"zh": f"栏{name}", "en": f"Column {name}"}, **more}


def lists(**named: list[str]) -> Scope:
    """A scope of lists by name, each value its own code."""
    return Scope(
        {
            name: ChoiceList(
                name=name, title=untranslated(name), values=tuple(Choice(code=v, label=untranslated(v)) for v in values)
            )
            for name, values in named.items()
        }
    )


# --- the file as a whole ---


def test_the_same_outgoing_workbook_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        write_workbook(tmp_path / name, example_outgoing(DEFAULT, filled=True))

    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("lang", LANGS)
def test_excel_is_expected_to_open_it_cleanly(shelf: Path, pack: str, lang: Lang) -> None:
    for filled in (False, True):
        path = shelf / name_of(pack, lang, filled=filled)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = OpenXmlValidator(file_format=FileFormat.MICROSOFT_365).validate(path).errors

        assert [str(error) for error in found] == []


def test_the_cover_comes_first_and_what_nobody_shall_see_last(shelf: Path) -> None:
    book = opened(shelf / name_of(DEFAULT, "zh", filled=False))

    assert book.sheetnames[0] == "填写说明"
    assert book.sheetnames[-2:] == ["_lists", "_meta"]
    assert [book[name].sheet_state for name in book.sheetnames[-2:]] == ["veryHidden", "veryHidden"]


def test_every_attribute_of_the_stamp_is_in_three_places(tmp_path: Path) -> None:
    one = example_outgoing(DEFAULT)
    odd = replace(one, stamp=replace(one.stamp, project='a"b&<c>', round=""))
    path, _ = written(tmp_path, odd)

    book = opened(path)
    wanted = {name: text for name, text in asdict(odd.stamp).items() if name != "corrects"}  # of marked copies
    assert {p.name.removeprefix("xlsflow."): p.value or "" for p in book.custom_doc_props.props} == wanted
    meta = {str(row[0]).removeprefix("xlsflow."): row[1] or "" for row in book["_meta"].iter_rows(values_only=True)}
    assert meta == wanted
    names = {n[3:]: v.attr_text.strip("=") for n, v in book.defined_names.items() if n.startswith("xf_")}
    assert names == {key: '"' + text.replace('"', '""') + '"' for key, text in wanted.items()}


# --- rules in the cells ---


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("lang", LANGS)
def test_every_cell_to_fill_has_its_rule_and_its_help(shelf: Path, pack: str, lang: Lang) -> None:
    planned = plan(example_outgoing(pack, lang))
    book = opened(shelf / name_of(pack, lang, filled=False))

    for sheet in planned.sheets:
        rules = own_rules(book[sheet.tab])
        ruled = {str(rule.sqref): rule for rule in rules}
        wanted = set()
        for block, place in data_layouts(sheet.template, sheet.layout):
            for one in block.columns:
                choices = planned.outgoing.scope.lists.get(one.list_name())
                rule = one.entry_rule(planned.outgoing.scope)
                lists = rule is not None and rule.value_type == "list"
                empty = lists and choices is not None and not choices.labels(lang)
                if one.computed or one.fill or (empty and not one.to):
                    continue
                if isinstance(place, TableLayout):
                    col = place.columns[one.name].first
                    cells = f"{a1(place.first_row, col)}:{a1(place.last_row, col)}"
                else:
                    cell = place.cell(one.name)
                    cells = a1(cell.row, cell.value.first)
                wanted.add(cells)
                assert ruled[cells].promptTitle == shorten_at_clause(one.label.say(lang), MAX_VALIDATION_TITLE)
                help_text = one.help_text(lang, planned.outgoing.scope)
                assert (ruled[cells].prompt or "") == shorten_at_clause(help_text, MAX_VALIDATION_TEXT)
                assert accepted(ruled[cells]) == acceptable(one, rule), (sheet.tab, one.name)
        assert set(ruled) == wanted
        for rule in rules:
            assert rule.type in (None, "none") or rule.error
            assert "," not in (rule.formula1 or "") or rule.formula1.startswith(("OFFSET(", "AND(LEFT("))


SORTS = {None: "none", "none": "none", "textLength": "length"}
"""How a file names sorts of rules that a definition names otherwise."""


def own_rules(page: Any) -> list[Any]:  # noqa: ANN401 - openpyxl's worksheet
    """Return the rules of the cells to fill, without those that refuse whatever is typed into the others."""
    guards = GUARDED_TITLE.both()
    return [rule for rule in page.data_validations.dataValidation if rule.errorTitle not in guards]


def accepted(rule: Any) -> tuple[object, ...]:  # noqa: ANN401 - openpyxl's stubs lack much
    """Return what a cell's rule accepts: its sort, its bounds, whether it stops."""
    sort = SORTS.get(rule.type, rule.type)
    bounds = () if sort in ("list", "none", "custom") else (float(rule.formula1), float(rule.formula2))
    return sort, bounds, sort != "none" and rule.errorStyle in (None, "stop")


def acceptable(one: FieldBase, rule: EntryRule | None) -> tuple[object, ...]:
    """Return what the definition says that it accepts."""
    if rule is None or rule.value_type == "list":
        return ("list", (), bool(rule and rule.stop and not one.to)) if rule or one.to else ("none", (), False)
    if one.to:
        return "list", (), False
    if rule.value_type == "id":
        return "custom", (), True
    return rule.value_type, (_figure(rule.least), _figure(rule.most)), rule.stop


def _figure(bound: Any) -> float:  # noqa: ANN401 - a date, a moment or a number
    return float(bound) if isinstance(bound, int | float) else float(to_excel(bound))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("pack", PACKS)
def test_every_name_that_a_dropdown_uses_is_defined(shelf: Path, pack: str) -> None:
    book = opened(shelf / name_of(pack, "zh", filled=False))
    used = {
        name
        for sheet in book
        for rule in sheet.data_validations.dataValidation
        for name in re.findall(r"(?:lst|grp|ref)_\w+", rule.formula1 or "")
    }

    assert used == {name for name in book.defined_names if name[:4] in ("lst_", "grp_", "ref_")}


def test_a_list_is_exactly_as_long_as_its_offered_values(tmp_path: Path) -> None:
    three_hundred = [f"值{n}" for n in range(300)]
    scope = lists(many=three_hundred, empty=[])
    sheet = sheet_of("s", field("a", "choice", of="many"), field("b", "choice", of="empty"))
    path, _ = written(tmp_path, made(LIBRARY.pack(DEFAULT), (sheet,), scope))

    book = opened(path)
    column = next(c.column_letter for c in book["_lists"][1] if c.value == "lst_many")
    assert book.defined_names["lst_many"].attr_text == f"_lists!${column}$2:${column}$301"
    assert [c.value for c in book["_lists"][column]][1:] == three_hundred
    assert [str(rule.sqref) for rule in own_rules(book["s"])] == ["A6:A13"]


def test_a_text_for_excel_is_cut_behind_a_clause_and_never_dropped(tmp_path: Path) -> None:
    long = "请写清楚要做的事，" * 40
    one = field("a", "text", help={"zh": long[:255], "en": "x" * 255})
    one["label"] = {"zh": "很长的表头" * 10, "en": "A very long header " * 4}
    path, _ = written(tmp_path, made(LIBRARY.pack(DEFAULT), (sheet_of("s", one),), Scope()))

    (rule,) = own_rules(opened(path)["s"])
    assert len(rule.promptTitle) == MAX_VALIDATION_TITLE
    assert rule.error.endswith("…")
    assert len(rule.error) <= MAX_VALIDATION_TEXT


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [
        ("short", 10, "short"),
        ("完成日期，不早于开始", 8, "完成日期…"),
        ("one two three four", 12, "one two…"),
        ("没有任何标点的一长串文字", 6, "没有任何标…"),
        ("😀😀😀", 5, "😀😀…"),
    ],
)
def test_shortening(text: str, most: int, cut: str) -> None:
    assert shorten_at_clause(text, most) == cut


# --- dropdowns of people ---


def outgoing_to_owners(people: list[str], regions: tuple[Region, ...] = REGIONS) -> OutgoingWorkbook:
    """A sheet with a region and an owner of a project whose first region has these people."""
    project = replace(
        PROJECT, regions=regions, people=(*(Person(name, "", regions[0].code) for name in people), *PEOPLE[2:])
    )
    scope = LIBRARY.scope(project.lists(), {})
    fields = (field("area", "choice", of="regions"), field("owner", "person", of="people", never="units", by="area"))
    return made(LIBRARY.pack(DEFAULT), (sheet_of("s", *fields),), scope)


@pytest.mark.parametrize("count", [1, 50, 500])
def test_the_dropdown_offers_the_people_of_the_rows_region(office: Office, tmp_path: Path, count: int) -> None:
    people = [f"人员{n}" for n in range(count)]
    path, _ = written(tmp_path, outgoing_to_owners(people))

    with office.open(path) as document:
        rule = next(r for r in document.validations("s") if "OFFSET" in r.formula)
        document.unprotect("s")
        formula = rule.formula.replace("A6", "$A6").replace("$$", "$").removeprefix("=")
        for row, region in enumerate(("华东", "海外", "", "没有这个区"), start=6):
            document.fill("s", {f"A{row}": region})
            here = formula.replace("$A6", f"$A{row}")
            document.formula("s", f"D{row}", f"=COUNTA({here})")
            document.formula("s", f"E{row}", f"=INDEX({here};1)")
        document.calculate()
        offered = document.values("s", "D6:E9")

    everybody = [count + 3, "人员0"]
    assert offered == [[count, "人员0"], [1, "陈伟玲"], everybody, everybody]


@pytest.mark.parametrize("name", ["华东区(新)", "3区", "R1", "East & West", 'O\'Brien "x"', "_x"])
def test_any_region_name_will_do(office: Office, tmp_path: Path, name: str) -> None:
    path, _ = written(tmp_path, outgoing_to_owners(["甲", "乙"], (Region("X1", name), *REGIONS[1:])))

    with office.open(path) as document:
        names = document.names()

    assert {"lst_people", "lst_regions"} <= set(names)
    assert all(re.fullmatch(r"\w+", one, re.ASCII) for one in opened(path).defined_names)


# --- what LibreOffice makes of it ---


@pytest.mark.parametrize("pack", OUTGOING)
@pytest.mark.parametrize("lang", LANGS)
def test_stored_results_are_what_libreoffice_works_out(office: Office, shelf: Path, pack: str, lang: Lang) -> None:
    path = shelf / name_of(pack, lang, filled=True)
    formulas, stored = opened(path), opened(path, data_only=True)

    checked = 0
    with office.open(path) as document:
        document.calculate()
        for sheet in formulas:
            if sheet.sheet_state != "visible":
                continue
            values = document.values(sheet.title, f"A1:{a1(sheet.max_row - 1, sheet.max_column - 1)}")
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type != "f":
                        continue
                    kept = stored[sheet.title][cell.coordinate].value
                    got = values[cell.row - 1][cell.column - 1]
                    assert got == ("" if kept is None else kept), f"{sheet.title}!{cell.coordinate} {cell.value}"
                    checked += 1
    assert checked > 0


@pytest.mark.parametrize("lang", LANGS)
def test_rules_names_stamp_and_keys_survive_being_saved_by_libreoffice(
    office: Office, shelf: Path, tmp_path: Path, lang: Lang
) -> None:
    before = shelf / name_of(DEFAULT, lang, filled=True)
    with office.open(before) as document:
        after = document.save(tmp_path / "after.xlsx")

    one, two = opened(before), opened(after)
    assert set(one.defined_names) <= set(two.defined_names)
    assert {p.name: p.value for p in one.custom_doc_props.props} == {
        p.name: p.value for p in two.custom_doc_props.props
    }
    for sheet in one:
        other = two[sheet.title]
        assert cells_ruled(sheet) == cells_ruled(other)
        assert other.protection.sheet == sheet.protection.sheet
        keys = [c.coordinate for row in sheet.iter_rows() for c in row if str(c.value).startswith("key:")]
        assert all(other[cell].value == sheet[cell].value for cell in keys)
        assert all(other.row_dimensions[sheet[cell].row].hidden for cell in keys)


def cells_ruled(sheet: Any) -> int:  # noqa: ANN401 - openpyxl's worksheet
    """How many cells have a rule; LibreOffice may gather or split the ranges."""
    return sum(
        (area.max_row - area.min_row + 1) * (area.max_col - area.min_col + 1)
        for rule in sheet.data_validations.dataValidation
        for area in rule.sqref.ranges
    )


def test_the_cover_counts_what_is_missing_while_the_workbook_is_filled(office: Office, tmp_path: Path) -> None:
    fields = (field("a", "text", required=True), field("b", "date", required=True), field("c", "text"))
    cover = LIBRARY.template("cover").model_copy(update={"blocks": LIBRARY.template("cover").blocks[2:3]})
    path, _ = written(tmp_path, made(LIBRARY.pack(DEFAULT), (sheet_of("s", *fields), cover), Scope()))

    said = []
    fillings: tuple[dict[str, Entry], ...] = (
        {},
        {"C6": "只填了选填"},
        {"A6": "x", "B6": date(2026, 3, 1)},
        {"A9": "  ", "A10": "y"},
    )
    with office.open(path) as document:
        for cells in fillings:
            document.fill("s", cells)
            document.calculate()
            said.append((document.cell("填写说明", "A3").text.partition("\n")[0], document.cell("填写说明", "E6").text))

    assert said == [
        ("● 自检通过，可以提交", "○ 未填写"),
        ("▲ 还有 2 处必填未填", "1 项 · ▲ 必填缺 2"),
        ("● 自检通过，可以提交", "1 项 · ● 必填已齐"),
        ("▲ 还有 1 处必填未填", "2 项 · ▲ 必填缺 1"),
    ]


# --- what may be changed ---


@pytest.mark.parametrize("pack", PACKS)
def test_only_what_is_to_be_filled_is_unlocked(shelf: Path, pack: str) -> None:
    planned = plan(example_outgoing(pack))
    book = opened(shelf / name_of(pack, "zh", filled=False))

    for sheet in planned.sheets:
        page = book[sheet.tab]
        # A sheet that is one table is guarded by validations: test_guards.py tries them.
        assert page.protection.sheet == (not sheet.is_single_table)
        assert page.protection.password is None
        tables = {
            row
            for _, place in data_layouts(sheet.template, sheet.layout)
            if isinstance(place, TableLayout)
            for row in range(place.first_row, place.last_row + 1)
        }
        cells = [c for row in page.iter_rows() for c in row]
        # All of a table's row, so that it can be deleted.
        assert [c.coordinate for c in cells if c.row - 1 in tables and c.has_style and c.protection.locked] == []
        unlocked = {c.coordinate for c in cells if not c.protection.locked and c.row - 1 not in tables}
        wanted = set()
        for block, place in data_layouts(sheet.template, sheet.layout):
            for one in block.columns:
                if one.computed or one.fill:
                    continue
                if not isinstance(place, TableLayout):
                    cell = place.cell(one.name)
                    wanted |= {a1(cell.row, col) for col in range(cell.value.first, cell.value.last + 1)}
        assert unlocked == wanted


def test_text_stays_text_and_long_text_is_whole(tmp_path: Path) -> None:
    texts = ["=1+1", "'quoted", "@x", "-3", "+4", "字" * 2000, "a\nb"]
    rows: Rows = {"s.rows": [{"a": text} for text in texts]}
    sheet = sheet_of("s", field("a", "text"))
    path, _ = written(tmp_path, made(LIBRARY.pack(DEFAULT), (sheet,), Scope(), rows=rows))

    page = opened(path)["s"]
    cells = [page[f"A{row}"] for row in range(6, 6 + len(texts))]
    assert [c.value for c in cells] == texts
    assert {c.data_type for c in cells} == {"s"}


def test_blank_rows_are_numbered_with_the_regions_code_around_numbers_that_are_taken(tmp_path: Path) -> None:
    rows: Rows = {"s.rows": [{"a": "RW-2026-HD002", "b": "sent before"}]}
    sheet = sheet_of("s", field("a", "id", prefix="RW", numbered=True), field("b", "text"), key="a")
    path, _ = written(tmp_path, made(LIBRARY.pack(DEFAULT), (sheet,), Scope(), rows=rows))

    page = opened(path)["s"]
    assert [page[f"A{row}"].value for row in (6, 7, 8)] == ["RW-2026-HD002", "RW-2026-HD001", "RW-2026-HD003"]
    assert page["A6"].fill.fgColor.rgb != page["A7"].fill.fgColor.rgb  # grey: it is not to be changed


def test_more_rows_than_the_definition_has_keep_room_for_new_ones(tmp_path: Path) -> None:
    rows: Rows = {"s.rows": [{"a": str(n)} for n in range(20)]}
    path, planned = written(
        tmp_path, made(LIBRARY.pack(DEFAULT), (sheet_of("s", field("a", "text")),), Scope(), rows=rows)
    )

    place = planned.sheets[0].layout.table("rows")
    assert place.last_row - place.first_row + 1 == 40  # 20 at least, or half as many again
    assert opened(path)["s"].max_row == place.last_row + 1


# --- paper ---


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("lang", LANGS)
def test_tables_are_printed_at_three_quarters_of_their_size_or_more(pack: str, lang: Lang) -> None:
    across = {("A4", False): 707, ("A4", True): 1036, ("A3", False): 1036, ("A3", True): 1501}
    for sheet in plan(example_outgoing(pack, lang)).sheets:
        wide = sum(column_pixels(width) for width in sheet.layout.widths[: sheet.layout.printed_col + 1])

        assert across[sheet.layout.paper, sheet.template.print.landscape] / wide >= 0.78, sheet.tab


@dataclass(frozen=True)
class Wrapped:
    """A text that is on several lines where it must: its cell, its font, how wide and high its place is."""

    location: str
    text: str
    look: tuple[float, bool]
    width: float
    height: float


def wrapped_texts(path: Path, planned: Plan) -> Iterator[Wrapped]:
    """Every printed text of a workbook that may wrap."""
    book = opened(path, data_only=True)
    for sheet in planned.sheets:
        page, widths = book[sheet.tab], sheet.layout.widths
        merged = {area.start_cell.coordinate: area for area in page.merged_cells.ranges}
        for cell in (cell for row in page[print_area(path, page)] for cell in row):
            if isinstance(cell.value, str) and cell.alignment.wrap_text and not page.row_dimensions[cell.row].hidden:
                area = merged.get(cell.coordinate)
                wide = sum(column_pixels(w) for w in widths[cell.column - 1 : area.max_col if area else cell.column])
                height = page.row_dimensions[cell.row].height
                look = (cell.font.sz, bool(cell.font.b))
                yield Wrapped(f"{sheet.tab}!{cell.coordinate}", cell.value, look, (wide - 5) / 7, height)


@pytest.mark.parametrize("lang", LANGS)
def test_every_row_is_as_high_as_its_texts_need(office: Office, shelf: Path, tmp_path: Path, lang: Lang) -> None:
    """Each text is put into a cell of the same width and font whose row LibreOffice makes as high as it needs."""
    lowest: dict[object, Wrapped] = {}
    for pack in PACKS:
        for filled in (True, False):
            for one in wrapped_texts(shelf / name_of(pack, lang, filled=filled), plan(example_outgoing(pack, lang))):
                known = lowest.setdefault((one.text, one.look, one.width), one)
                if one.height < known.height:
                    lowest[one.text, one.look, one.width] = one
    texts = list(lowest.values())
    widths = sorted({one.width for one in texts})
    probe = tmp_path / "probe.xlsx"
    with xlsxwriter.Workbook(probe, {"default_format_properties": {"font_name": FONT, "font_size": BODY_PT}}) as book:
        sheet = book.add_worksheet()
        for col, width in enumerate(widths):
            sheet.set_column(col, col, width)
        looks = {
            one.look: book.add_format({"font_size": one.look[0], "bold": one.look[1], "text_wrap": True})
            for one in texts
        }
        for row, one in enumerate(texts):
            sheet.write_blank(row, widths.index(one.width), None, looks[one.look])
    with office.open(probe) as document:
        document.fill("Sheet1", {a1(row, widths.index(one.width)): one.text for row, one in enumerate(texts)})
        measured = opened(document.save(tmp_path / "measured.xlsx")).active

    needed = [measured.row_dimensions[row].height for row in range(1, len(texts) + 1)]
    low = [
        (one.location, one.text[:50], one.height, need)
        for one, need in zip(texts, needed, strict=True)
        if one.height < need
    ]
    assert "\n".join(map(str, low)) == ""
    assert max(needed) > 2 * min(needed)  # it did measure


def printed_text(pdf: Path, order: str) -> str:
    """What can be read in a printed file, pages parted by form feeds."""
    return subprocess.run(["pdftotext", order, pdf, "-"], capture_output=True, encoding="utf-8", check=True).stdout


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_columns_that_are_not_printed_are_behind_the_print_area(shelf: Path) -> None:
    planned = plan(example_outgoing(DEFAULT))
    path = shelf / name_of(DEFAULT, "zh", filled=False)
    book = opened(path)

    left_out = 0
    for sheet in planned.sheets:
        if not sheet.is_single_table:
            continue
        block = sheet.template.data[0]
        edge = last_printed_column(path, book[sheet.tab])
        for one in block.columns:
            place = sheet.layout.table(block.name).columns[one.name]
            assert (place.last < edge) == one.printed
            left_out += not one.printed
    assert left_out > 0
