"""How each kind of field reads cells: nothing is guessed, every correction has a diagnostic."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.template.kinds_example import SCOPE, choices, field, rng, shown, value_and_code
from xlsflow.fileformat.cells import CellError, PercentNumber, Uncalculated
from xlsflow.i18n import LANGS, Lang, LocalizedText
from xlsflow.messages import CATALOGUE
from xlsflow.template.kinds import KIND_TYPES, FieldBase, Scope

if TYPE_CHECKING:
    from xlsflow.fileformat.cells import Scalar


ALL = (
    field("text"),
    field("date"),
    field("datetime"),
    field("integer", least=-5, most=5),
    field("number", least=0),
    field("percent"),
    field("choice", of="progress"),
    field("choices", of="units"),
    field("person", of="people", never="units"),
    field("id", prefix="RW"),
)
TYPED = pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.kind)


def test_every_kind_is_looked_at() -> None:
    assert [type(kind) for kind in ALL] == list(KIND_TYPES[:-1])


@TYPED
@pytest.mark.parametrize("raw", [None, "", "  ", "\u3000\u00a0\t\n", "\u200b\ufeff"])
def test_a_blank_is_a_blank(kind: FieldBase, raw: Scalar) -> None:
    assert value_and_code(kind, raw) == (None, "")


@TYPED
def test_an_error_cell_is_never_a_blank(kind: FieldBase) -> None:
    assert value_and_code(kind, CellError("#REF!")) == (None, "error_cell")
    assert value_and_code(kind, Uncalculated()) == (None, "formula_without_value")


@TYPED
@pytest.mark.parametrize("lang", LANGS)
@given(seed=st.integers())
def test_what_is_written_is_read_back_without_a_word(kind: FieldBase, lang: Lang, seed: int) -> None:
    value = kind.sample(rng(seed), SCOPE)

    assert kind.read(shown(kind.write(value, lang, SCOPE)), SCOPE) == (value, None)


@TYPED
@pytest.mark.parametrize("lang", LANGS)
@given(
    raw=st.text()
    | st.floats()
    | st.integers()
    | st.booleans()
    | st.datetimes()
    | st.dates()
    | st.times()
    | st.timedeltas()
)
@example(raw=9.99e307)  # the greatest number of a cell: a hundredfold is no float
@example(raw=PercentNumber(-9.99e307))
def test_nothing_breaks_a_kind_and_what_it_read_it_reads_again(kind: FieldBase, lang: Lang, raw: Scalar) -> None:
    value, diagnostic = kind.read(raw, SCOPE)
    assert diagnostic is None or diagnostic.code in CATALOGUE
    if value is not None:
        assert kind.read(shown(kind.write(value, lang, SCOPE)), SCOPE).value == value


@TYPED
@pytest.mark.parametrize("lang", LANGS)
def test_a_kind_says_what_to_write(kind: FieldBase, lang: Lang) -> None:
    own = kind.model_copy(update={"help": LocalizedText("请这样写。", "Write it so.")})

    assert kind.help_text(lang, SCOPE) or kind.kind == "text"
    assert own.help_text(lang, SCOPE) == own.help.say(lang) if own.help else False


@TYPED
@pytest.mark.parametrize("raw", ["无", "-", "／", "N/A", "none", "——", "暂无"])
def test_nothing_written_out_is_a_blank_where_the_field_may_be_blank(kind: FieldBase, raw: str) -> None:
    optional = kind.model_copy(update={"required": False})
    if kind.kind == "text":
        assert value_and_code(optional, raw) == (raw, "")
    else:
        assert value_and_code(optional, raw) == (None, "read_as_blank")
        assert value_and_code(kind, raw)[0] is None
        assert CATALOGUE[value_and_code(kind, raw)[1]].severity == "error"


def test_a_column_is_read_like_its_cells_one_by_one() -> None:
    raws: list[Scalar] = [1, 1.0, True, "1", None, "x", 1, CellError("#N/A"), "6", "x"]
    kind = field("integer", least=0, most=5)

    values, diagnostics = kind.read_column(raws, SCOPE)

    assert values == [kind.read(raw, SCOPE).value for raw in raws]
    assert {at: diagnostic.code for at, diagnostic in diagnostics.items()} == {
        at: diagnostic.code for at, raw in enumerate(raws) if (diagnostic := kind.read(raw, SCOPE).diagnostic)
    }


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        (" 确认仓储 ", "确认仓储", ""),
        ("第一行_x000D_\n第二行", "第一行\n第二行", ""),
        ("a\r\nb\rc\vd", "a\nb\nc\nd", ""),
        ("_x000D_", None, ""),
        ("e\u0301t\u00e9", "\u00e9t\u00e9", ""),
        ("１２３（备注）", "１２３（备注）", ""),
        ("a\x07b", "ab", ""),
        ("=SUM(A1)", "=SUM(A1)", ""),
        (13800001111.0, "13800001111", ""),
        (0.1 + 0.2, "0.3", ""),
        (12, "12", ""),
        (True, "TRUE", ""),
        (time(14, 30), "14:30", ""),
        (330106199001011234.0, None, "digits_lost"),
        (10**15, None, "digits_lost"),
        (999999999999999.0, "999999999999999", ""),
        (date(2026, 3, 4), None, "date_in_text"),
        (datetime(2026, 3, 4, 5, 6), None, "date_in_text"),  # noqa: DTZ001
        ("字" * 20, "字" * 20, ""),
        ("字" * 21, None, "too_long"),
    ],
)
def test_text(raw: Scalar, value: object, code: str) -> None:
    assert value_and_code(field("text", most=20), raw) == (value, code)


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        ("RW-2026-001", "RW-2026-001", ""),
        ("RW-2026-HD001", "RW-2026-HD001", ""),
        ("RW-2026-123456", "RW-2026-123456", ""),
        (" rw-2026-001 ", "RW-2026-001", "read_as"),
        ("ＲＷ－２０２６－００１", "RW-2026-001", "read_as"),
        ("RW—2026—001", "RW-2026-001", "read_as"),
        ("RW_2026_001", "RW-2026-001", "read_as"),
        ("RW - 2026 - 001", "RW-2026-001", "read_as"),
        ("RW-2026-R7001", "RW-2026-R7001", ""),
        ("RW-2026-1", None, "id_shape"),
        ("RW-26-001", None, "id_shape"),
        ("HD-2026-001", None, "id_shape"),
        ("RW2026001", "RW-2026-001", "read_as"),
        ("RW-2026-第001", None, "id_shape"),
        ("RW-2026-9X001", None, "id_shape"),
        ("RW-2026-٠٠١", None, "id_shape"),
        (1.0, None, "id_shape"),
        (True, None, "id_shape"),
        (date(2026, 3, 1), None, "date_in_text"),
    ],
)
def test_id(raw: Scalar, value: object, code: str) -> None:
    assert value_and_code(field("id", prefix="RW"), raw) == (value, code)


@pytest.mark.parametrize("region", ["", "HD", "hd", "r-7", "华东"])
def test_a_number_that_a_row_is_issued_with_is_read_back(region: str) -> None:
    regions = choices("regions", (region or "HD", "华东", "East", (), ""))
    kind = field("id", prefix="HD", numbered=True)
    issued = kind.preset_value(7, 2026, region)

    assert issued is not None
    assert kind.read(issued, Scope({"regions": regions})) == (issued, None)


def test_rows_that_are_not_numbered_are_issued_blank() -> None:
    assert field("id", prefix="HD").preset_value(1, 2026, "HD") is None


def test_what_is_in_a_computed_cell_is_never_believed() -> None:
    kind = field("computed", formula="a + b")

    assert (
        value_and_code(kind, 42) == value_and_code(kind, "x") == value_and_code(kind, CellError("#REF!")) == (None, "")
    )
    assert field("computed", formula="'done'", of="progress").write("done", "en", SCOPE) == "Done"


@pytest.mark.parametrize(
    ("kind", "keys", "why"),
    [
        ("number", {"least": 5, "most": 1}, r"least \(5\) is above most \(1\)"),
        ("percent", {"least": 1.5}, r"least \(1.5\) is above most \(1\)"),
        ("integer", {"least": 0.5}, "must be whole numbers"),
        ("date", {"least": date(2027, 1, 1), "most": date(2026, 1, 1)}, "is after most"),
        ("id", {"prefix": "RW", "most": 5}, "greater than or equal to 26"),
        ("text", {"name": "class"}, "a word of the rule language"),
        ("text", {"width": 0}, "greater than 0"),
    ],
)
def test_bounds_that_leave_no_room_are_refused(kind: str, keys: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        field(kind, **({"of": "people"} if kind == "person" else {}), **keys)


@pytest.mark.parametrize(
    ("keys", "zh", "en"),
    [
        ({}, "请填数字。", "A number."),
        ({"least": 0}, "请填不小于 0 的数字。", "A number from 0 up."),
        ({"most": 9.5}, "请填不大于 9.5 的数字。", "A number up to 9.5."),
        ({"least": 1, "most": 5}, "请填 1 到 5 之间的数字。", "A number from 1 to 5."),
    ],
)
def test_a_number_tells_the_bounds_that_it_has(keys: dict[str, float], zh: str, en: str) -> None:
    kind = field("number", **keys)
    assert (kind.help_text("zh", SCOPE), kind.help_text("en", SCOPE)) == (zh, en)


@pytest.mark.parametrize(
    "kind", [field("number", least=2e6), field("number", most=-2e6), field("integer", least=5, most=5)]
)
@given(seed=st.integers())
def test_a_sample_is_within_the_bounds(kind: FieldBase, seed: int) -> None:
    assert kind.read(shown(kind.sample(rng(seed), SCOPE)), SCOPE).diagnostic is None
