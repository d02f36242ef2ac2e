"""Validation of whole frames and row by row: both find the same violations."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandera.accessors
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera.errors import SchemaErrors

from xlsflow.checks.computed import with_computed
from xlsflow.checks.context import CheckContext
from xlsflow.checks.frame import check_frame, frame_of
from xlsflow.checks.row_by_row import check_rows
from xlsflow.checks.schema import schema_of
from xlsflow.findings import Finding, Location
from xlsflow.i18n import LANGS, LocalizedText, untranslated
from xlsflow.model.returns import BlockRows, JoinedRows, RowDiagnostic
from xlsflow.template.kinds import Scope
from xlsflow.template.lists import Choice, ChoiceList
from xlsflow.template.model import MatrixBlock, TableBlock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from xlsflow.template.model import DataBlock

SAY = {"zh": "请核对。", "en": "Please check."}
AS_OF = date(2026, 3, 31)
FILES = 3


def _list(name: str, *codes: str, group: str = "") -> ChoiceList:
    values = tuple(Choice(code=code, label=untranslated(code), group=group) for code in codes)
    return ChoiceList(name=name, title=untranslated(name), values=values)


SCOPE = Scope(
    {"states": _list("states", "open", "done"), "letters": _list("letters", "R", "A"), "crew": _list("crew", "p", "q")},
    {"limit": 2.0},
)
KNOWN = {"far.form.no": frozenset({"K-1", "K-2"})}
CONTEXT = CheckContext(SCOPE, AS_OF, KNOWN, {"far.form.no": LocalizedText("远", "Far")})

FIELDS: Mapping[str, dict[str, Any]] = {
    "no": {"kind": "text", "most": 3},
    "state": {"kind": "choice", "of": "states"},
    "several": {"kind": "choices", "of": "states"},
    "start": {"kind": "date", "least": "2026-03-01", "most": "2026-04-01"},
    "due": {"kind": "date"},
    "met": {"kind": "datetime", "most": "2026-04-01"},
    "amount": {"kind": "number", "least": 0, "most": 2.5},
    "pieces": {"kind": "integer", "most": 2},
    "share": {"kind": "percent"},
    "goal": {"kind": "text"},
    "of": {"kind": "text", "to": "far.form.no"},
    "left": {"kind": "computed", "formula": "due - as_of"},
    "level": {"kind": "computed", "of": "states", "formula": "'done' if share == 1 and left < 1 else 'open'"},
}
RULES: Sequence[dict[str, Any]] = (
    {"rule": "required_if", "field": "due", "when": "state == 'done'", "say": SAY},
    {"rule": "not_before", "field": "due", "other": "start"},
    {"rule": "not_before", "field": "met", "other": "start"},
    {"rule": "not_before", "field": "amount", "other": "pieces"},
    {"rule": "not_in_future", "field": "met"},
    {"rule": "unique", "field": "goal"},
    {"rule": "quantified", "field": "goal"},
    {"rule": "must", "that": "share == 1", "when": "state == 'done' and left < 1", "at": "share", "say": SAY},
    {"rule": "must", "that": "level == state", "at": "state", "say": SAY, "warn": True},
    {"rule": "must", "that": "filled(amount) or pieces > setting.limit", "at": "pieces", "say": SAY},
    {
        "rule": "must",
        "that": "unique(no) or goal != 'x 1'",
        "when": "blank(of)",
        "at": "goal",
        "say": SAY,
        "warn": True,
    },
    {"rule": "must", "that": "blank(goal)", "when": "state == 'open'", "at": "goal", "say": SAY},
    {"rule": "must", "that": "several in ('open', 'open;done')", "at": "several", "say": SAY},
)
TALLIES: Sequence[dict[str, Any]] = (
    {"rule": "exactly_one", "cells": "roles", "codes": ["A"], "at": "what"},
    {"rule": "at_least_one", "cells": "roles.p", "codes": ["R"], "at": "what", "when": "count(roles, 'R') > 0"},
    {"rule": "at_least_one", "cells": "roles", "codes": ["R", "A"], "at": "what", "say": SAY},
)


def _field(name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as an author writes it
    return {"name": name, "label": {"zh": f"中{name}", "en": f"The {name}"}, **FIELDS.get(name, {}), **more}


def table(*rules: dict[str, Any], required: Sequence[str] = (), key: str = "") -> TableBlock:
    fields = [_field(name, required=name in required) for name in FIELDS]
    return TableBlock.model_validate({"name": "t", "type": "table", "fields": fields, "rules": rules, "key": key})


def matrix(*rules: dict[str, Any]) -> MatrixBlock:
    fields = [_field("what", kind="text")]
    raw = {"name": "m", "type": "matrix", "fields": fields, "cells": "roles", "across": "across", "of": "letters"}
    across = ChoiceList(name="across", title=untranslated("across"), values=tuple(_across()))
    scope = Scope({**SCOPE.lists, "across": across}, SCOPE.settings)
    return MatrixBlock.model_validate({**raw, "rules": rules}).resolved(scope)


def _across() -> list[Choice]:
    return [
        Choice(code=code, label=untranslated(code), group=group) for code, group in (("X", "p"), ("Y", "p"), ("Z", "q"))
    ]


def batch(block: DataBlock, rows: Sequence[Mapping[str, Any]], sizes: Sequence[int] = ()) -> JoinedRows:
    """Return rows joined; `sizes` has the number of rows of each file, by default all are of one file."""
    names = [field.name for field in block.columns]
    values = {name: [row.get(name) for row in rows] for name in names}
    tables, files, starts, start = [], [], [], 0
    for file, size in enumerate(sizes or [len(rows)]):
        if size:
            columns = {name: values[name][start : start + size] for name in names}
            places = {name: (None, col) for col, name in enumerate(names)}
            tables.append(BlockRows("S", "s", block.name, range(5, 5 + size), columns, places, size, 0))
            starts.append(start)
            files.append(file)
        start += size
    return JoinedRows(values, tables, files, starts)


def cells_with_codes(diagnostics: Sequence[RowDiagnostic]) -> list[tuple[int, str, str]]:
    return [(diagnostic.position, diagnostic.field, diagnostic.diagnostic.code) for diagnostic in diagnostics]


def sentences(diagnostic: RowDiagnostic) -> list[str]:
    """Return the message in each language; a missing fact shows as an ellipsis."""
    finding = Finding(diagnostic.diagnostic.code, Location(label=untranslated("L")), "v", diagnostic.diagnostic.facts)
    return [finding.message(lang) for lang in LANGS]


# --- both sides find the same ---

VALUES: Mapping[str, st.SearchStrategy[object]] = {
    "no": st.sampled_from(["1", "2", "3", "1234"]),
    "state": st.sampled_from(["open", "done", "gone"]),
    "several": st.sampled_from(["open", "done", "open;done"]),
    "start": st.dates(date(2026, 2, 27), date(2026, 4, 3)),
    "due": st.dates(date(2026, 3, 29), date(2026, 4, 2)),
    "met": st.datetimes(datetime(2026, 3, 30), datetime(2026, 4, 2)),  # noqa: DTZ001 - sheets hold local times
    "amount": st.sampled_from([-1.0, 0.0, 1.0, 2.5, 3.0]),
    "pieces": st.integers(-1, 3),
    "share": st.sampled_from([0.0, 0.5, 1.0, 1.5]),
    "goal": st.sampled_from(["x 1", "more", "②", "３"]),
    "of": st.sampled_from(["K-1", "K-2", "K1", "nothing"]),
}
letters = st.none() | st.sampled_from(["R", "A", "?"])
MATRIX_VALUES = {"what": st.none() | st.just("w"), "roles_x": letters, "roles_y": letters, "roles_z": letters}
sizes = st.lists(st.integers(0, 3), min_size=1, max_size=FILES)


@st.composite
def tables(draw: st.DrawFn) -> tuple[DataBlock, JoinedRows]:
    rules = draw(st.lists(st.sampled_from(RULES), unique_by=id, max_size=len(RULES)))
    key = draw(st.sampled_from(["", "no"]))
    block = table(*rules, required=draw(st.lists(st.sampled_from(list(FIELDS)))), key=key)
    row = st.fixed_dictionaries({name: st.none() | value for name, value in VALUES.items()})
    files = draw(sizes)
    return block, batch(block, draw(st.lists(row, min_size=sum(files), max_size=sum(files))), files)


@st.composite
def matrices(draw: st.DrawFn) -> tuple[DataBlock, JoinedRows]:
    block = matrix(*draw(st.lists(st.sampled_from(TALLIES), unique_by=id, min_size=1)))
    files = draw(sizes)
    row = st.fixed_dictionaries(MATRIX_VALUES)
    return block, batch(block, draw(st.lists(row, min_size=sum(files), max_size=sum(files))), files)


@settings(deadline=None)
@given(tables() | matrices(), st.sampled_from([CONTEXT, CheckContext(SCOPE)]), st.data())
def test_a_frame_and_its_rows_have_the_same_faults(
    given_: tuple[DataBlock, JoinedRows], context: CheckContext, data: st.DataObject
) -> None:
    block, values = given_
    cells = [(position, field.name) for position in range(len(values)) for field in block.columns]
    skip = set(data.draw(st.lists(st.sampled_from(cells)))) if cells else set()
    columns = {name: list(column) for name, column in values.values.items()}
    for position, name in skip:  # what could not be read is blank
        columns[name][position] = None
    values = replace(values, values=columns)

    diagnostics = check_frame(values, block, context, skip)

    assert diagnostics == check_rows(values, block, context, skip)
    # One finding a cell; the two counts of a matrix (no A, no R) are told beside each other.
    counts = ("not_exactly_one", "none_of")
    cells_at_fault = [
        (found.position, found.field, found.diagnostic.code if found.diagnostic.code in counts else "")
        for found in diagnostics
    ]
    assert len(set(cells_at_fault)) == len(cells_at_fault)
    assert not {cell[:2] for cell in cells_at_fault} & skip


# --- violations, and the facts of their diagnostics ---

Asked = tuple[dict[str, Any], ...]


@pytest.fixture(params=[check_frame, check_rows], ids=["frame", "rows"])
def find(request: pytest.FixtureRequest) -> Callable[..., list[RowDiagnostic]]:
    found: Callable[..., list[RowDiagnostic]] = request.param
    return found


@pytest.mark.parametrize(
    ("rules", "row", "at", "code", "facts"),
    [
        ((RULES[0],), {"state": "done"}, "due", "required_if", {"sentence": LocalizedText(**SAY)}),
        (
            (RULES[1],),
            {"due": date(2026, 3, 1), "start": date(2026, 3, 2)},
            "due",
            "before",
            {"other": LocalizedText("中start", "The start"), "other_value": "2026-03-02"},
        ),
        ((RULES[4],), {"met": datetime(2026, 4, 1)}, "met", "in_future", {"as_of": "2026-03-31"}),  # noqa: DTZ001
        ((RULES[6],), {"goal": "more"}, "goal", "no_figure", {}),
        ((RULES[8],), {"state": "done", "share": 0.5}, "state", "rule_warned", {"sentence": LocalizedText(**SAY)}),
        ((), {"state": "gone"}, "state", "not_in_list", {"options": LocalizedText("open、done", "open, done")}),
        ((), {"amount": -1.0}, "amount", "too_small", {"limit": "0"}),
        ((), {"amount": 3.0}, "amount", "too_large", {"limit": "2.5"}),
        ((), {"start": date(2026, 4, 2)}, "start", "too_large", {"limit": "2026-04-01"}),
        ((), {"no": "1234"}, "no", "too_long", {"length": "4", "limit": "3"}),
        (
            (),
            {"of": "K1"},
            "of",
            "refers_to_nothing",
            {"target": LocalizedText("远", "Far"), "nearest": LocalizedText("是否应为“K-1”？", " Did you mean “K-1”?")},
        ),
    ],
)
def test_a_break_is_one_fault_with_its_facts(
    find: Callable[..., list[RowDiagnostic]],
    rules: Asked,
    row: dict[str, Any],
    at: str,
    code: str,
    facts: dict[str, Any],
) -> None:
    block = table(*rules)

    (diagnostic,) = find(batch(block, [{}, row]), block, CONTEXT, ())

    assert cells_with_codes([diagnostic]) == [(1, at, code)]
    assert {name: diagnostic.diagnostic.facts[name] for name in facts} == facts
    assert all("…" not in sentence for sentence in sentences(diagnostic))


@pytest.mark.parametrize(
    ("row", "at", "code", "count"),
    [
        ({"roles_x": "A", "roles_y": "R", "roles_z": "A"}, "roles_z", "not_exactly_one", "2"),
        ({"what": "w", "roles_y": "R"}, "what", "not_exactly_one", "0"),
    ],
)
def test_a_code_too_often_is_found_at_the_second_cell(
    find: Callable[..., list[RowDiagnostic]], row: dict[str, Any], at: str, code: str, count: str
) -> None:
    block = matrix(*TALLIES[:2])

    (diagnostic,) = find(batch(block, [row]), block, CONTEXT, ())

    assert cells_with_codes([diagnostic]) == [(0, at, code)]
    assert diagnostic.diagnostic.facts == {"code": untranslated("A"), "count": count}
    assert all("…" not in sentence for sentence in sentences(diagnostic))


def test_an_id_used_twice_is_found_at_its_second_use_in_one_return(find: Callable[..., list[RowDiagnostic]]) -> None:
    block = table(key="no")
    values = batch(block, [{"no": "1"}, {"no": "2"}, {"no": "1"}, {"no": "1"}, {"no": "2"}], sizes=(3, 2))

    (diagnostic,) = find(values, block, CONTEXT, ())

    assert cells_with_codes([diagnostic]) == [(2, "no", "not_unique")]
    assert diagnostic.also == 0


def test_at_one_cell_an_error_goes_before_a_warning(find: Callable[..., list[RowDiagnostic]]) -> None:
    warning = {"rule": "must", "that": "amount > 5", "at": "amount", "say": SAY, "warn": True}
    error = {"rule": "must", "that": "amount > 6", "at": "amount", "say": SAY}
    block = table(warning, error, error)

    assert cells_with_codes(find(batch(block, [{"amount": 1.0}]), block, CONTEXT, ())) == [(0, "amount", "rule_broken")]


def test_what_depends_on_a_cell_that_could_not_be_read_is_not_asked(find: Callable[..., list[RowDiagnostic]]) -> None:
    block = table(RULES[9], required=("amount",))
    values = batch(block, [{"pieces": 1}, {"pieces": 1}])

    diagnostics = find(values, block, CONTEXT, {(0, "amount")})

    assert cells_with_codes(diagnostics) == [(1, "amount", "required_blank"), (1, "pieces", "rule_broken")]


def test_a_rule_on_a_computed_field_depends_on_what_that_is_worked_out_from(
    find: Callable[..., list[RowDiagnostic]],
) -> None:
    block = table({"rule": "must", "that": "level == 'done'", "at": "goal", "say": SAY})
    values = batch(block, [{}, {}])

    assert cells_with_codes(find(values, block, CONTEXT, {(1, "due"), (0, "level")})) == [(0, "goal", "rule_broken")]


def test_without_an_as_of_day_nothing_is_asked_about_today(find: Callable[..., list[RowDiagnostic]]) -> None:
    block = table(RULES[4])
    values = batch(block, [{"met": datetime(2026, 4, 1)}])  # noqa: DTZ001

    assert find(values, block, CheckContext(SCOPE), ()) == []


def test_nothing_is_found_where_there_are_no_rows(find: Callable[..., list[RowDiagnostic]]) -> None:
    block = table(*RULES, required=list(FIELDS), key="no")

    assert find(batch(block, [], sizes=(0,)), block, CONTEXT, ()) == []


# --- the schema itself ---


def test_failure_cases_name_the_row_and_the_field() -> None:
    block = table(RULES[6], required=("state",))
    frame = frame_of(batch(block, [{"state": "open", "goal": "more"}, {"state": "gone"}, {}]), block)
    frame.index = frame.index + 6  # rows of a sheet

    with pytest.raises(SchemaErrors) as failed:
        schema_of(block, CONTEXT).validate(frame, lazy=True)

    cases = failed.value.failure_cases[["index", "column", "failure_case"]]
    assert sorted(cases.fillna("").itertuples(index=False, name=None)) == [
        (6, "goal", "more"),
        (7, "state", "gone"),
        (8, "state", ""),
    ]


def test_a_column_of_the_wrong_type_is_no_fault_of_the_data() -> None:
    block = table()
    values = batch(block, [{}])
    frame = frame_of(values, block).assign(amount="1")

    with pytest.raises(SchemaErrors, match="amount"):
        check_frame(values, block, CONTEXT, (), frame)


def _registered() -> set[object]:
    """Return the frames in pandera's accessor registry, which older versions of pandera do not have."""
    registry = getattr(pandera.accessors, "_schema_registry", None)
    return set(registry._reg) if registry else set()


def test_a_checked_frame_lives_no_longer_than_its_owner() -> None:
    """Pandera registers every frame that it validates and would print errors about them at interpreter exit."""
    block = table(*RULES, required=list(FIELDS))
    values = batch(block, [{"state": "done"}])
    frame = frame_of(values, block)
    gone = weakref.ref(frame)
    gc.collect()
    noted = _registered()
    gc.disable()
    try:
        assert check_frame(values, block, CONTEXT, (), frame)
        del frame
        assert gone() is None
        assert _registered() <= noted
    finally:
        gc.enable()


def test_computed_fields_are_worked_out_in_their_order() -> None:
    block = table()
    frame = frame_of(batch(block, [{"due": date(2026, 4, 2), "share": 1.0}, {"due": AS_OF, "share": 1.0}, {}]), block)

    done = with_computed(frame, block, CONTEXT)

    assert done["left"].fillna(-1).tolist() == [2.0, 0.0, -1.0]
    assert done["level"].tolist() == ["open", "done", "open"]
    assert frame["left"].isna().all()


def test_rows_are_checked_without_pandas() -> None:
    code = "import sys, xlsflow.checks.row_by_row; print({'pandas', 'pandera', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, encoding="utf-8", timeout=60)

    assert done.stdout.strip() == "set()"
