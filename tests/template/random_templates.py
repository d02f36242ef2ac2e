"""Hypothesis strategies: random definitions of every kind, random projects, and valid rows for them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from xlsflow.i18n import LANGS, Lang, LocalizedText, untranslated
from xlsflow.template.kinds import FieldBase, Scope
from xlsflow.template.lists import Choice, ChoiceList
from xlsflow.template.model import DataBlock, Pack, Template

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

Rows = Mapping[str, list[dict[str, object]]]
MOST_ROWS = 5
DAYS = date(2000, 1, 1), date(2099, 12, 31)
PEOPLE = (
    ("李明", "Li Ming"), ("王芳", "Wang Fang"), ("Priya Nair", "Priya Nair"), ("买买提·艾力", "Memet Eli"),
    ("张和平", "Zhang Heping"), ("Tan Wei Ling", "Tan Wei Ling"), ("欧阳娜娜", "Ouyang Nana"),
)  # fmt: skip
REGIONS = (
    ("HD", "华东", "East"), ("HN", "华南(新)", "South"), ("HW", "海外", "Overseas"), ("r-7", "和田", "Hotan"),
    ("XN", "西南 3 区", "South-west 3"),
)  # fmt: skip
STATES = (
    ("open", "未启动", "Not started"), ("run", "进行中", "In progress"), ("held", "阻塞", "Blocked"),
    ("done", "已完成", "Done"), ("off", "已取消", "Cancelled"),
)  # fmt: skip
TITLES = (("一、基本信息", "1  Basics"), ("二、任务与“责任”", "2  Tasks & duties"), ("三、 其他", "3  Other"))


@dataclass(frozen=True)
class Case:
    """A template, a project, and valid rows."""

    template: Template
    scope: Scope
    lang: Lang
    rows: Rows

    @property
    def pack(self) -> Pack:
        """Return a pack with only this sheet."""
        words = untranslated("包")
        return Pack.model_validate({"name": "one", "title": words, "subtitle": words, "sheets": [self.template.name]})


def _lists(draw: DrawFn) -> Mapping[str, ChoiceList]:
    """Draw a project: some regions, people and states."""

    def some(name: str, values: tuple[tuple[str, str, str], ...], *, open_: bool = False) -> ChoiceList:
        chosen = draw(st.lists(st.sampled_from(values), min_size=1, unique=True))
        choices = tuple(Choice(code=c, label=LocalizedText(zh, en)) for c, zh, en in chosen)
        return ChoiceList(name=name, title=untranslated(name), values=choices, open=open_)

    people = some("people", tuple((zh, zh, en) for zh, en in PEOPLE), open_=True)
    regions = some("regions", REGIONS)
    marks = tuple(Choice(code=c, label=untranslated(c)) for c in ("R", "A", "C", "I"))
    raci = ChoiceList(name="raci", title=untranslated("raci"), values=marks)
    return {choices.name: choices for choices in (people, regions, some("states", STATES), raci)}


def _bounds(draw: DrawFn, kind: str) -> dict[str, Any]:
    """Draw bounds that allow at least one value."""
    if kind in {"date", "datetime"}:
        days = draw(st.lists(st.dates(*DAYS), min_size=2, max_size=2).map(sorted))
        return draw(st.sampled_from([{}, {"least": days[0], "most": days[1]}]))
    if kind in {"number", "integer"}:
        low = draw(st.integers(-1000, 1000))
        return draw(st.sampled_from([{}, {"least": low, "most": low + draw(st.integers(0, 500))}, {"least": 0}]))
    if kind == "text":
        return draw(st.sampled_from([{}, {"most": draw(st.integers(1, 40))}, {"lines": 3}]))
    return {}


_EXTRAS: Mapping[str, dict[str, Any]] = {
    "choice": {"of": "states"},
    "choices": {"of": "regions"},
    "person": {"of": "people", "never": "regions"},
    "id": {"prefix": "RW"},
}
_TYPED = ("text", "date", "datetime", "integer", "number", "percent", "choice", "choices", "person", "id")


def _field(draw: DrawFn, name: str, kind: str) -> dict[str, Any]:
    label = draw(st.sampled_from(("时间", "责任人（签字）", "数量/比例", "说 明", "第三方", "A&B <c>", "编号")))
    more: dict[str, Any] = {**_EXTRAS.get(kind, {}), **_bounds(draw, kind)}
    if kind == "id":
        more["numbered"] = draw(st.booleans())
    words = {"zh": f"{label}{name}", "en": f"{label} {name}"}
    return {"name": name, "kind": kind, "label": words, "required": draw(st.booleans()), **more}


def _fields(draw: DrawFn, block: str, *, most: int) -> list[dict[str, Any]]:
    """Draw fields, at least one of which makes a row non-empty, and perhaps a computed one."""
    kinds = ["text", *draw(st.lists(st.sampled_from(_TYPED), max_size=most - 1))]
    fields = [_field(draw, f"{block}_{number}", kind) for number, kind in enumerate(draw(st.permutations(kinds)))]
    figure = next((entry["name"] for entry in fields if entry["kind"] in {"number", "integer"}), None)
    if figure and draw(st.booleans()):
        label = {"zh": f"自动{block}", "en": f"Auto {block}"}
        fields.append({"name": f"{block}_auto", "kind": "computed", "label": label, "formula": f"{figure} * 2 + 1"})
    return fields


def _block(draw: DrawFn, number: int, *, keyed: bool) -> dict[str, Any]:
    name = f"b{number}"
    kind = draw(st.sampled_from(("table", "matrix") if keyed else ("form", "table", "table", "matrix")))
    title = draw(st.sampled_from((None, dict(zip(("zh", "en"), TITLES[number], strict=True)))))
    raw: dict[str, Any] = {"name": name, "type": kind, "fields": _fields(draw, name, most=8)}
    if title:
        raw["title"] = title
    if kind == "form":
        return raw | {"pairs": draw(st.integers(1, 3)), "required": draw(st.booleans())}
    if keyed:
        raw["fields"].append(_field(draw, f"{name}_key", "id"))
    ids = [entry["name"] for entry in raw["fields"] if entry["kind"] == "id"]
    if ids and (keyed or draw(st.booleans())):
        raw["key"] = ids[0]
    raw["rows"] = draw(st.integers(MOST_ROWS, 9))
    if kind == "matrix":
        after = [_field(draw, f"{name}_z", "text")] if draw(st.booleans()) else []
        raw |= {"cells": f"{name}_roles", "across": "regions", "of": "raci", "after": after}
    return raw


def rows_of(block: DataBlock, scope: Scope, rng: random.Random, count: int) -> list[dict[str, object]]:
    """Return valid rows: required fields are filled, others about half the time; ids and keys are unique."""
    taken: set[object] = set()
    rows: list[dict[str, object]] = []
    while len(rows) < count:
        row: dict[str, object] = {}
        for field in block.columns:
            numbered = field.preset_value(1, 2026, "") is not None
            if not field.computed and (field.required or field.name == block.key or numbered or rng.random() < 0.6):
                row[field.name] = _sample(field, scope, rng, taken if field.name == block.key else set())
        makers = [field for field in block.columns if field.counts_as_content]
        if not any(field.name in row for field in makers):
            field = rng.choice(makers)
            row[field.name] = _sample(field, scope, rng, set())
        rows.append(row)
    return rows


def _sample(field: FieldBase, scope: Scope, rng: random.Random, taken: set[object]) -> object:
    while (value := field.sample(rng, scope)) in taken:
        pass
    taken.add(value)
    return value


@st.composite
def cases(draw: DrawFn, *, keyed: bool = False) -> Case:
    """Draw a template with one to three blocks of any kind, a project, and valid rows.

    Args:
        draw: Given by hypothesis.
        keyed: Whether the first block is a table of at least two rows with a key.
    """
    scope = Scope(_lists(draw))
    count = draw(st.integers(1, 3))
    blocks = [_block(draw, number, keyed=keyed and number == 0) for number in range(count)]
    words = {"zh": "随机表", "en": "Random sheet"}
    raw = {"name": "random", "title": words, "tab": words, "purpose": words, "blocks": blocks}
    template = Template.model_validate(raw).resolved(scope)
    rng = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311 - samples, not secrets
    rows = {
        template.full_name(block): rows_of(
            block, scope, rng, draw(st.integers(2 if keyed else 1, MOST_ROWS)) if block.has_rows else 1
        )
        for block in template.data
    }
    return Case(template, scope, draw(st.sampled_from(LANGS)), rows)
