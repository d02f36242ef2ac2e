"""Errors in definitions: each gives one sentence with file, key path and suggestion."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from tests.template.definition_errors import FIELDS_FILE, JOBS_FILE, LISTS_FILE, MISTAKES, PACK_FILE, WHO_FILE
from tests.template.small_definitions import SMALL, changed, small_library
from xlsflow.errors import TemplateError
from xlsflow.system.package_data import package_data_path
from xlsflow.template.loading.load import load_library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from xlsflow.template.loading.load import Library
    from xlsflow.template.loading.source_locations import TomlTable

BUILT_IN = package_data_path("workbook_templates")


def sentences_of(folder: Path, file: str, changes: dict[str, Any]) -> list[str]:
    """Return the messages for a file, with paths relative to the folder."""
    library = small_library(folder, changes)
    return [str(mistake).replace(f"{folder}/", "") for mistake in library.errors_in(folder / file)]


@pytest.mark.parametrize("file", SMALL)
def test_the_small_set_is_sound(tmp_path: Path, file: str) -> None:
    assert sentences_of(tmp_path, file, {}) == []


@pytest.mark.parametrize("path", sorted(BUILT_IN.rglob("*.toml")), ids=lambda path: path.stem)
def test_every_built_in_file_is_sound(path: Path) -> None:
    assert [str(mistake) for mistake in load_library([BUILT_IN]).errors_in(path)] == []


@pytest.mark.parametrize(("file", "old", "new", "sentences"), MISTAKES)
def test_a_mistake_is_reported_with_its_key_path(
    tmp_path: Path, file: str, old: str, new: str, sentences: list[str]
) -> None:
    assert sentences_of(tmp_path, file, changed(file, old, new)) == [f"{file}: {sentence}" for sentence in sentences]


def test_every_mistake_of_a_file_is_reported_at_once(tmp_path: Path) -> None:
    text = (
        SMALL[JOBS_FILE]
        .replace('colour = "teal"', 'colour = "tael"')
        .replace('prefix = "JB"', 'prefix = "jb"')
        .replace("most = 200", "mots = 200")
        .replace('rule = "not_before"', 'rule = "not_befor"')
        .replace('use = "deadline"', 'use = "dedline"')
        .replace('after = "job"', 'after = "jop"')
    )

    places = [sentence.split(": ")[1] for sentence in sentences_of(tmp_path, JOBS_FILE, {JOBS_FILE: text})]

    assert places == [
        "blocks[0].fields[4].use",
        "colour",
        "blocks[0].fields[0].prefix",
        "blocks[0].fields[1].mots",
        "blocks[0].rules[0].rule",
        "variants.short.first.rows[1]",
        "variants.long.add[0].after",
    ]


def test_wrong_syntax_is_reported_with_line_and_column(tmp_path: Path) -> None:
    sentences = sentences_of(tmp_path, JOBS_FILE, {JOBS_FILE: 'name = "jobs"\nversion 1\n'})

    assert sentences == [
        f"{JOBS_FILE}: this is not valid TOML: Expected '=' after a key in a key/value pair (at line 2, column 9)"
    ]


@pytest.mark.parametrize(("text", "encoding"), [(SMALL[JOBS_FILE], "gbk"), ('name = "café"\n', "windows-1252")])
def test_a_file_in_another_encoding_is_reported_with_how_to_save_it_as_utf_8(
    tmp_path: Path, text: str, encoding: str
) -> None:
    sentences = sentences_of(tmp_path, JOBS_FILE, {JOBS_FILE: text.encode(encoding)})

    assert sentences == [f"{JOBS_FILE}: the file is not UTF-8 text; save it as UTF-8"]


def test_the_mark_that_notepad_puts_first_does_no_harm(tmp_path: Path) -> None:
    assert sentences_of(tmp_path, JOBS_FILE, {JOBS_FILE: SMALL[JOBS_FILE].encode("utf-8-sig")}) == []


def test_a_mistake_in_a_shared_field_is_reported_where_it_is(tmp_path: Path) -> None:
    changes = changed(FIELDS_FILE, 'kind = "text"', 'kind = "text"\nwidth = -1')

    assert sentences_of(tmp_path, JOBS_FILE, changes) == [
        f"{FIELDS_FILE}: remark.width: -1: should be greater than 0 (in the variant 'long')"
    ]


def test_what_a_sheet_gives_a_shared_field_is_its_own_mistake(tmp_path: Path) -> None:
    changes = changed(JOBS_FILE, 'use = "deadline"', 'use = "deadline"\nwidth = -1')

    assert sentences_of(tmp_path, JOBS_FILE, changes) == [
        f"{JOBS_FILE}: blocks[0].fields[4].width: -1: should be greater than 0"
    ]


def test_a_wrong_list_stops_every_sheet_and_is_reported_in_its_own_file(tmp_path: Path) -> None:
    library = small_library(tmp_path, changed(LISTS_FILE, 'code = "done"', 'code = "open"'))

    with pytest.raises(TemplateError, match=r"lists\.toml: states: the code 'open' occurs twice") as caught:
        library.template("jobs")

    assert (caught.value.file, caught.value.at) == (str(tmp_path / LISTS_FILE), "states")


def test_a_pack_tells_the_mistakes_of_its_sheets_too(tmp_path: Path) -> None:
    changes = changed(WHO_FILE, 'across = "columns"', 'across = "column"')

    assert sentences_of(tmp_path, PACK_FILE, changes) == [
        f"{WHO_FILE}: blocks[0].across: there is no list 'column' (did you mean 'columns'?)"
    ]


def test_two_sheets_of_a_pack_must_not_share_a_name_in_the_workbook(tmp_path: Path) -> None:
    changes = changed(WHO_FILE, 'tab = { zh = "分工", en = "Who" }', 'tab = { zh = "分工", en = "JOBS" }')

    assert sentences_of(tmp_path, PACK_FILE, changes) == [
        f"{PACK_FILE}: sheets[1]: 'who' and 'jobs' both name their sheet 'jobs' in the workbook"
    ]


def test_a_pack_with_a_mistake_cannot_be_laid_out(tmp_path: Path) -> None:
    library = small_library(tmp_path, changed(PACK_FILE, "grace = 2", "grac = 2"))
    pack = library.pack("weekly")

    with pytest.raises(TemplateError, match=r"weekly\.toml: settings: grace is missing"):
        library.sheets(pack, library.scope(settings=pack.settings))


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda library: library.template("job"), "There is no sheet “job”; did you mean “jobs”?"),
        (lambda library: library.pack("weekyl"), "There is no pack “weekyl”; did you mean “weekly”?"),
        (
            lambda library: library.template("jobs", "shrot"),
            f"{JOBS_FILE}: variants: there is no variant 'shrot' (did you mean 'short'?)",
        ),
    ],
)
def test_a_wrong_name_is_answered_with_the_nearest(
    tmp_path: Path, ask: Callable[[Library], object], sentence: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        ask(small_library(tmp_path))

    assert str(caught.value).replace(f"{tmp_path}/", "") == sentence


def test_a_folder_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"The template folder .* does not exist"):
        load_library([tmp_path / "away"])


def test_a_file_that_is_not_there_is_reported(tmp_path: Path) -> None:
    sentences = [str(mistake) for mistake in small_library(tmp_path).errors_in(tmp_path / "sheets" / "away.toml")]

    assert sentences == [f"{tmp_path / 'sheets' / 'away.toml'}: the file cannot be read: No such file or directory"]


def test_a_later_folder_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    small_library(tmp_path / "first")
    small_library(tmp_path / "second", changed(JOBS_FILE, "rows = 10", "rows = 99"))

    both = load_library([tmp_path / "first", tmp_path / "second"])

    assert getattr(both.template("jobs").block("rows"), "rows", None) == 99


def test_a_definition_is_loaded_once(tmp_path: Path) -> None:
    library = small_library(tmp_path)

    assert library.template("jobs", "short") is library.template("jobs", "short")


@pytest.mark.parametrize("file", SMALL)
@pytest.mark.parametrize("wrong", [3, "x", [], {}, True, [1], [[]], {"x": 1}, [{}]], ids=repr)
def test_no_value_of_another_sort_gets_past_the_loader_or_breaks_it(tmp_path: Path, file: str, wrong: object) -> None:
    """Every key of every file gets a value of every other type: each gives a message, never a traceback."""
    sound = tomllib.loads(SMALL[file])
    library = small_library(tmp_path)
    for path in _places(sound):
        raw = tomllib.loads(SMALL[file])
        _put(raw, path, wrong)
        (tmp_path / file).write_text(_toml_of(raw), "utf-8")
        for mistake in load_library(library.folders).errors_in(tmp_path / file):
            assert isinstance(mistake, TemplateError)
            assert mistake.why


def _places(raw: object, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inner = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    for key, value in inner:
        yield (*above, key)
        yield from _places(value, (*above, key))


def _put(raw: TomlTable, path: tuple[str | int, ...], value: object) -> None:
    inner: Any = raw
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value


def _toml_of(raw: dict[str, Any]) -> str:
    return "\n".join(f"{json.dumps(key)} = {_inline(value)}" for key, value in raw.items())


def _inline(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return json.dumps(value)
