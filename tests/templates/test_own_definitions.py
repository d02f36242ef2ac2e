"""Own definitions: a pack that the code does not know, and folders that add and override definitions."""

from __future__ import annotations

import re
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result

from tests.templates.packs.filling import Filler, send_back
from tests.templates.packs.round import AS_OF, Round
from xlsflow.cli import main
from xlsflow.intake.grid import RawWorkbook
from xlsflow.intake.isolation.reader_pool import open_returns
from xlsflow.layout.sheet_layout import TableLayout, lay_out
from xlsflow.pipeline.definitions import Definitions
from xlsflow.pipeline.project_file import load_project, open_library

if TYPE_CHECKING:
    from tests.office import Office

STORES = Path(__file__).parent / "packs" / "store_inspection"
PACK = "store_inspection"

SHEET = """
name = "{name}"
title = {{ zh = "{zh}", en = "{en}" }}
tab = {{ zh = "{zh}", en = "{en}" }}
purpose = {{ zh = "试", en = "Try" }}

[[blocks]]
name = "rows"
type = "table"

[[blocks.fields]]
use = "shade"

[[blocks.fields]]
use = "owner"
by = ""
"""
OWN = {
    "sheets/archive.toml": SHEET.format(name="archive", zh="另一种归档", en="Other files"),
    "sheets/colours.toml": SHEET.format(name="colours", zh="颜色", en="Colours"),
    "packs/painting.toml": """
name = "painting"
title = { zh = "涂装", en = "Painting" }
subtitle = { zh = "颜色", en = "Colours" }
sheets = ["cover", "colours", "archive"]
""",
    "lists.toml": """
[shades]
title = { zh = "色号", en = "Shade" }
values = [{ code = "red", zh = "大红", en = "Red" }, { code = "teal", zh = "青", en = "Teal" }]

[urgency]
title = { zh = "急不急", en = "Hurry" }
values = [{ code = "now", zh = "马上", en = "Now" }, { code = "later", zh = "以后", en = "Later" }]
""",
    "fields.toml": """
[shade]
kind = "choice"
of = "shades"
label = { zh = "色号", en = "Shade" }
""",
}


def run(*words: object) -> Result:
    """Run a command as a person would; the language of messages is English."""
    return CliRunner().invoke(main, [str(word) for word in words], env={"XLSFLOW_LANG": "en"})


def written(folder: Path) -> Path:
    """Write the small folder of definitions."""
    for name, text in OWN.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def sheets(path: Path) -> dict[str, set[object]]:
    """Return the cell values of each visible sheet of a workbook."""
    (book,) = open_returns([path])
    assert isinstance(book, RawWorkbook)
    return {grid.name: {cell for row in grid.rows for cell in row} for grid in book.grids}


def strings(path: Path) -> set[str]:
    """Return every text of a workbook, including those of its dropdowns."""
    with ZipFile(path) as package:
        parts = (name for name in package.namelist() if name.startswith(("xl/sharedStrings", "xl/worksheets/sheet")))
        return {text for name in parts for text in re.findall(r"<t[^>]*>([^<]*)</t>", package.read(name).decode())}


# --- a pack that the engine was not written for ---


def test_the_store_inspection_is_in_toml_alone_and_has_no_mistake() -> None:
    assert {path.suffix for path in STORES.rglob("*") if path.is_file()} == {".toml"}

    done = run("templates", "check", STORES)

    assert (done.exit_code, done.output) == (0, "No mistakes: checked 4 files.\n")


def test_the_store_inspection_asks_for_a_head_three_tables_of_twelve_a_matrix_and_every_sort_of_rule() -> None:
    library = open_library([STORES])
    template = library.template(PACK)
    asked = {block.name: (block.type, len(block.columns)) for block in template.data}
    rules = {rule.rule for block in template.data for rule in block.rules}

    assert asked["store"][0] == "form"
    assert [count for kind, count in asked.values() if kind == "table"] == [12, 12, 12]
    assert asked["duties"][0] == "matrix"
    assert rules == {
        "required_if", "not_before", "not_in_future", "unique", "exactly_one", "at_least_one", "quantified", "must",
    }  # fmt: skip


def test_all_verbs_work_on_the_store_inspection(office: Office, tmp_path: Path) -> None:
    """One region fills in the Chinese workbook with two errors, another the English one without errors."""
    project, outbox, inbox, result = (tmp_path / name for name in ("project.xlsx", "out", "in", "result.xlsx"))
    own = ("--templates", STORES)
    assert run("init", project, "--example", *own).exit_code == 0
    for region in ("HD", "HW"):
        assert run("generate", project, "--pack", PACK, "--region", region, "--out", outbox, *own).exit_code == 0
    library = open_library([STORES])
    set_up = load_project(project, library)
    opened = Definitions(library, set_up, AS_OF).pack(PACK)
    inbox.mkdir()
    for region, lang in (("HD", "zh"), ("HW", "en")):
        rows = Filler(opened, set_up.region(region), AS_OF).fill()
        if region == "HD":
            rows[f"{PACK}.mending"][0] |= {"state": "mended", "finished": None, "owner": "华东区"}
        (sent,) = outbox.glob(f"*-{region}_*")
        send_back(office, sent, inbox / sent.name, opened, rows, lang)

    checked = run("check", inbox, "--project", project, *own)
    merged = run("merge", inbox, "--project", project, "--out", result, *own)

    assert checked.exit_code == merged.exit_code == 1
    for text in (
        "“华东区”, which is a region",
        "Please give the date it was finished, since it is “Corrected”.",
        "2 errors",
    ):
        assert text in checked.output, checked.output
    texts = set[object]().union(*sheets(result).values())
    assert {"JC-2026-HD001", "JC-2026-HW003", "ZG-2026-HD002", "MD-2026-HW001"} <= texts


def test_a_return_of_an_unknown_pack_is_refused_by_name_and_read_once_its_folder_is_given(tmp_path: Path) -> None:
    here = Round(tmp_path, [STORES])
    sent = here.sent(PACK, "HD")

    without, given = run("check", sent), run("check", sent, "--templates", STORES)

    assert f"“{PACK}”" in without.output
    assert without.exit_code == 1
    assert f"“{PACK}”" not in given.output


def test_tables_of_as_many_columns_below_one_another_share_widths_that_suit_all() -> None:
    library = open_library([STORES])
    scope = library.scope()
    layout = lay_out(library.template(PACK).resolved(scope), "zh", scope)

    for block, name in (("checks", "check_id"), ("mending", "check_of")):
        table = layout.by_block[block]
        assert isinstance(table, TableLayout)
        assert layout.widths[table.columns[name].first] >= 13, (block, name)


# --- folders that add and override ---


@pytest.mark.parametrize("beside", [True, False])
def test_own_sheets_packs_lists_and_fields_count_beside_the_project_or_by_option(
    beside: bool,  # noqa: FBT001 - a parameter of pytest
    tmp_path: Path,
) -> None:
    folder = written(tmp_path / ("templates" if beside else "elsewhere"))
    own = () if beside else ("--templates", folder)
    project = tmp_path / "project.xlsx"
    assert run("init", project, "--example", *own).exit_code == 0

    done = run("generate", project, "--pack", "painting", "--region", "HD", "--out", tmp_path / "out", *own)
    usual = run("generate", project, "--pack", "coordination", "--region", "HD", "--out", tmp_path / "usual", *own)

    assert done.exit_code == usual.exit_code == 0, done.output + usual.output
    painting, coordination = (next((tmp_path / name).glob("*.xlsx")) for name in ("out", "usual"))
    assert [name for name in sheets(painting) if not name.startswith("_")] == ["填写说明", "颜色", "另一种归档"]
    assert {"大红", "青"} <= strings(painting)
    assert {"马上", "以后"} <= strings(coordination)


def test_without_the_folder_there_is_no_such_pack_and_the_built_in_sheet_remains(tmp_path: Path) -> None:
    project = tmp_path / "project.xlsx"
    run("init", project, "--example")

    done = run("generate", project, "--pack", "painting", "--out", tmp_path / "out")

    assert done.exit_code == 2
    assert "painting" in done.output
    assert "归档清单" in run("templates", "show", "archive", "--lang", "zh").output


def test_the_folder_given_by_option_comes_before_the_one_beside_the_project(tmp_path: Path) -> None:
    beside, given = written(tmp_path / "templates"), written(tmp_path / "given")
    (given / "sheets" / "archive.toml").write_text(SHEET.format(name="archive", zh="给定", en="Given"), "utf-8")
    project = tmp_path / "project.xlsx"
    run("init", project, "--example")

    run("generate", project, "--pack", "painting", "--region", "HD", "--out", tmp_path / "out", "--templates", given)

    assert "给定" in sheets(next((tmp_path / "out").glob("*.xlsx")))
    assert beside.is_dir()


def test_a_pack_of_ones_own_that_says_so_goes_out_where_none_is_named(tmp_path: Path) -> None:
    folder = written(tmp_path / "templates")
    pack = folder / "packs" / "painting.toml"
    pack.write_text("default = true\n" + pack.read_text("utf-8"), "utf-8")
    project = tmp_path / "project.xlsx"
    run("init", project, "--example")

    run("generate", project, "--region", "HD", "--out", tmp_path / "out")

    assert "颜色" in sheets(next((tmp_path / "out").glob("*.xlsx")))


def test_a_mistake_in_the_folder_beside_the_project_stops_the_work_with_its_place(tmp_path: Path) -> None:
    folder = written(tmp_path / "templates")
    sheet = folder / "sheets" / "colours.toml"
    sheet.write_text(sheet.read_text("utf-8").replace('use = "shade"', 'use = "shaed"'), "utf-8")
    project = tmp_path / "project.xlsx"
    run("init", project, "--example")

    done = run("generate", project, "--pack", "painting", "--out", tmp_path / "out")

    assert done.exit_code == 2
    assert "colours.toml: blocks[0].fields[0].use" in done.output
    assert "did you mean 'shade'?" in done.output


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = run("templates", "list", "--templates", tmp_path / "nowhere")

    assert done.exit_code == 2
    assert f"The template folder {tmp_path / 'nowhere'} does not exist" in done.output


def test_a_copy_of_the_built_in_definitions_overrides_them_all(tmp_path: Path) -> None:
    built_in = Path(__file__).parents[2] / "workbook_templates"
    copytree(built_in, tmp_path / "copy")

    done = run("templates", "check", tmp_path / "copy")

    assert (done.exit_code, done.output.split(":")[0]) == (0, "No mistakes")
