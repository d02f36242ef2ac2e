"""Variants: they change only their sheet, and errors in a change are located in the variant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.template.small_definitions import JOBS, WHO, small_library
from xlsflow.i18n import LocalizedText
from xlsflow.template.model import FormBlock, TableBlock

if TYPE_CHECKING:
    from pathlib import Path

    from xlsflow.template.model import Template


def varied(folder: Path, variant: str, sheet: str = JOBS) -> Template:
    """Return a sheet in a variant that is appended to its file."""
    library = small_library(folder, {"sheets/jobs.toml": f"{sheet}\n[variants.own]\n{variant}"})
    return library.template("jobs", "own")


def names(template: Template, block: str = "rows") -> list[str]:
    return [field.name for field in template.block(block).columns]


BASE = ["job_id", "job", "owner", "start", "deadline", "state", "share", "left"]


def test_without_a_variant_a_sheet_is_as_it_is_written(tmp_path: Path) -> None:
    library = small_library(tmp_path)

    assert names(library.template("jobs")) == BASE
    assert library.variants("jobs") == ("short", "long")
    assert library.variants("who") == ()


def test_an_empty_variant_changes_nothing(tmp_path: Path) -> None:
    assert varied(tmp_path, "") == small_library(tmp_path).template("jobs")


def test_a_dropped_field_takes_the_rules_along_that_name_it(tmp_path: Path) -> None:
    template = varied(tmp_path, 'drop = ["rows.share", "rows.start"]')

    assert names(template) == [name for name in BASE if name not in ("share", "start")]
    assert template.block("rows").rules == ()


def test_a_dropped_field_is_no_longer_followed(tmp_path: Path) -> None:
    sheet = JOBS.replace('status = "state"', 'status = "state"\nreason = "share"')
    block = varied(tmp_path, 'drop = ["rows.share"]', sheet).block("rows")

    assert isinstance(block, TableBlock)
    assert block.follow is not None
    assert block.follow.reason == ""


def test_nothing_becomes_of_a_dropped_field(tmp_path: Path) -> None:
    fields = 'fields = { job = "job", share = "share" }'
    becomes = f'[blocks.becomes]\ntarget = "jobs.rows"\nsource = "job"\nregion = "owner"\n{fields}'
    sheet = JOBS.replace("[blocks.follow]", f"{becomes}\n\n[blocks.follow]")

    kept = varied(tmp_path, 'drop = ["rows.share"]', sheet).block("rows").becomes

    assert kept is not None
    assert kept.fields == {"job": "job"}


def test_in_a_pack_whose_table_lacks_a_field_no_row_can_become_one_of_it(tmp_path: Path) -> None:
    becomes = '[blocks.becomes]\ntarget = "jobs.rows"\nsource = "share"\nregion = "job_id"\n\n[[blocks.fields]]'
    who = WHO.replace("[[blocks.fields]]", f'key = "job_id"\n{becomes}', 1)
    library = small_library(tmp_path, {"sheets/who.toml": who})

    errors = [str(error) for error in library.errors_in(library.pack_files["weekly"])]

    assert len(errors) == 1
    assert "sheets[1]: jobs.rows has no field 'share' here, which rows of 'grid' become" in errors[0]


def test_a_dropped_block_is_gone(tmp_path: Path) -> None:
    assert [block.name for block in varied(tmp_path, 'drop_blocks = ["notes", "who"]').blocks] == ["rows"]


def test_a_field_is_renamed_and_keeps_its_name_in_the_data(tmp_path: Path) -> None:
    field = varied(tmp_path, 'rename = { "rows.job" = { zh = "事项", en = "Item" } }').block("rows").field("job")

    assert field.label == LocalizedText("事项", "Item")
    assert field.required


def test_keys_of_a_field_are_changed_shared_ones_too(tmp_path: Path) -> None:
    change = 'change = { "rows.job" = { required = false, most = 5 }, "rows.deadline" = { required = true } }'
    block = varied(tmp_path, change).block("rows")

    assert (block.field("job").required, getattr(block.field("job"), "most", None)) == (False, 5)
    assert block.field("deadline").required


def test_fields_are_added_behind_another_or_at_the_end(tmp_path: Path) -> None:
    add = """
add = [
  { block = "rows", after = "job", use = "remark" },
  { block = "rows", after = "remark", name = "more", kind = "text", label = { zh = "更多", en = "More" } },
  { block = "rows", name = "last", kind = "text", label = { zh = "最后", en = "Last" } },
]
"""
    assert names(varied(tmp_path, add)) == ["job_id", "job", "remark", "more", *BASE[2:], "last"]


def test_fields_are_put_first_in_the_order_given(tmp_path: Path) -> None:
    assert names(varied(tmp_path, 'first = { rows = ["deadline", "job_id"] }')) == [
        "deadline",
        "job_id",
        *(name for name in BASE if name not in ("deadline", "job_id")),
    ]


def test_a_variant_has_words_and_print_of_its_own(tmp_path: Path) -> None:
    own = """
title = { zh = "周任务", en = "Weekly jobs" }
tab = { zh = "周任务", en = "Weekly" }
often = { zh = "每周", en = "Weekly" }
print = { paper = "A3" }
"""
    template = varied(tmp_path, own)

    assert (template.title.en, template.tab.en, template.often) == (
        "Weekly jobs",
        "Weekly",
        LocalizedText("每周", "Weekly"),
    )
    assert (template.print.paper, template.print.landscape) == ("A3", False)
    assert template.name == "jobs"


def test_changes_are_made_in_one_order_whatever_the_order_in_the_file(tmp_path: Path) -> None:
    text = """
first = { rows = ["remark"] }
add = [{ block = "rows", use = "remark" }]
drop = ["rows.share"]
"""
    assert names(varied(tmp_path, text)) == ["remark", *(name for name in BASE if name != "share")]


def test_one_variant_leaves_no_trace_in_another(tmp_path: Path) -> None:
    library = small_library(tmp_path)
    before = library.template("jobs")
    short, long = library.template("jobs", "short"), library.template("jobs", "long")

    assert names(short)[:2] == ["job_id", "deadline"]
    assert names(long)[:3] == ["job_id", "job", "remark"]
    assert small_library(tmp_path).template("jobs") == before


@pytest.mark.parametrize(
    ("variant", "sentence"),
    [
        (
            'drop = ["rows.start"]\nadd = [{ block = "rows", use = "remark", kind = "numbr" }]',
            "variants.own.add[0].kind",
        ),
        ('change = { "rows.owner" = { of = "stuff" } }', "variants.own.change.rows.owner.of"),
        ('drop = ["rows.job_id"]\nchange = { "rows.owner" = { width = -1 } }', "variants.own.change.rows.owner.width"),
        ('rename = { "rows.job" = { zh = "状态", en = "Item" } }', "blocks[0].fields[5].label"),
    ],
)
def test_a_mistake_is_reported_where_it_is_written_although_the_fields_have_moved(
    tmp_path: Path, variant: str, sentence: str
) -> None:
    library = small_library(tmp_path, {"sheets/jobs.toml": f"{JOBS}\n[variants.own]\n{variant}"})
    places = [mistake.at for mistake in library.errors_in(tmp_path / "sheets/jobs.toml")]

    assert sentence in places
    assert len(places) <= 2


def test_a_form_can_lose_fields_too(tmp_path: Path) -> None:
    sheet = JOBS.replace('type = "table"\nkey = "job_id"\nrows = 10', 'type = "form"\nkey = "job_id"')
    sheet = sheet.replace(sheet[sheet.index("[blocks.follow]") : sheet.index("[[blocks.fields]]")], "")
    template = varied(tmp_path, 'drop = ["rows.owner"]', sheet)

    assert isinstance(template.block("rows"), FormBlock)
    assert "owner" not in names(template)
