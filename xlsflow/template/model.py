"""The definition of a sheet and of a pack, as an author writes it and as the rest of the house reads it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Discriminator, PositiveInt, field_validator
from pydantic import Field as PydanticField

from xlsflow.fileformat.excel_limits import MAX_SHEET_NAME
from xlsflow.i18n import LocalizedText
from xlsflow.template.kinds import Field, FieldBase, Scope
from xlsflow.template.kinds.choices import ChoiceField
from xlsflow.template.printed_blocks import (
    Colour,
    ContentsBlock,
    LegendBlock,
    Name,
    PrintSetup,
    SignaturesBlock,
    StrictModel,
    TextBlock,
    TimingFields,
)
from xlsflow.template.rules import (
    RowConstraint,
    Rule,
    implied_constraints,
)


class Follow(StrictModel):
    """Which fields of a table say what is being followed up: this is what status and overdue reports are made from.

    Attributes:
        title: What is to be done.
        owner: Who does it.
        region: Whose it is.
        due: By when.
        status: Where it stands.
        done: Status codes of what is finished.
        dropped: Status codes of what will not be done.
        blocked: Status codes of what cannot go on without help.
        idle: Status codes of what has not begun.
        reason: Why it is late.
        help: What is needed from others.
    """

    title: str
    owner: str
    due: str
    status: str
    region: str = ""
    done: tuple[str, ...] = PydanticField(min_length=1)
    dropped: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()
    reason: str = ""
    help: str = ""

    def named_fields(self) -> Mapping[str, str]:
        """Return part -> field, for those that are given."""
        parts = ("title", "owner", "due", "status", "region", "reason", "help")
        return {part: getattr(self, part) for part in parts if getattr(self, part)}


class DataBlock(StrictModel):
    """A part of a sheet that holds data: a form, a table or a matrix.

    Attributes:
        name: Name in the data.
        title: Heading above it; none where the sheet's title says it all.
        fields: What is asked.
        rules: What must hold across fields.
        key: Field that names a row.
        duties: The timing rules that its fields tell of.
    """

    name: Name
    type: str
    title: LocalizedText | None = None
    fields: tuple[Field, ...] = PydanticField(min_length=1)
    rules: tuple[Rule, ...] = ()
    key: str = ""
    duties: tuple[TimingFields, ...] = ()

    @property
    def columns(self) -> tuple[FieldBase, ...]:
        """Every field, in the order of the sheet."""
        return self.fields

    @property
    def has_rows(self) -> bool:
        """Whether it holds rows (a form holds one)."""
        return True

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Name of a group of matrix columns, or `group.part`, -> its fields."""
        return {}

    @cached_property
    def _by_name(self) -> Mapping[str, FieldBase]:
        return {field.name: field for field in self.columns}

    @cached_property
    def content_fields(self) -> frozenset[str]:
        """Names of the fields a value of which makes a row a used one."""
        return frozenset(field.name for field in self.columns if field.counts_as_content)

    def field(self, name: str) -> FieldBase:
        """Return a field by name."""
        return self._by_name[name]

    def label_of(self, name: str) -> LocalizedText:
        """Return a field's label."""
        return self._by_name[name].label

    def constraints(self) -> Iterator[RowConstraint]:
        """Yield everything that must hold in a used row: what fields imply first, then the rules in their order."""
        yield from implied_constraints(self.columns, self.key)
        for rule in self.rules:
            yield from rule.constraints(self)


class FormBlock(DataBlock):
    """Labels with a cell beside each, several to a line.

    Attributes:
        pairs: Label-and-cell pairs on one line.
        required: Whether it must be filled at all; required fields of an untouched form are not missed otherwise.
    """

    type: Literal["form"]
    pairs: int = PydanticField(default=2, ge=1, le=4)
    required: bool = False

    @property
    def has_rows(self) -> bool:
        """Whether it holds rows: a form is one row."""
        return False


class TableBlock(DataBlock):
    """Rows under a header.

    Attributes:
        rows: Blank rows that the sheet is issued with.
        follow: What a status report follows in it.
        risk: Field with a level, for the list of high risks.
    """

    type: Literal["table"]
    rows: int = PydanticField(default=40, ge=1, le=5000)
    follow: Follow | None = None
    risk: str = ""


class MatrixBlock(DataBlock):
    """Rows under a header whose further columns the project names (RACI).

    Attributes:
        rows: Blank rows that the sheet is issued with.
        cells: Name of the group of columns.
        across: Project list that names the columns.
        of: Choice list of a cell.
        after: Fields behind the columns.
        cell_width: Width of one such column.
        cell_fields: The columns themselves, once resolved.
    """

    type: Literal["matrix"]
    rows: int = PydanticField(default=20, ge=1, le=5000)
    cells: Name
    across: str
    of: str
    after: tuple[Field, ...] = ()
    cell_width: float = PydanticField(default=10.5, gt=0, le=255)
    cell_fields: tuple[ChoiceField, ...] = ()
    parts: Mapping[str, tuple[str, ...]] = {}

    @property
    def columns(self) -> tuple[FieldBase, ...]:
        """The leading fields, one column for each that the project names, the fields behind."""
        return (*self.fields, *self.cell_fields, *self.after)

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """The group of columns, and its parts by sort."""
        return {self.cells: tuple(f.name for f in self.cell_fields), **self.parts}

    def resolved(self, scope: Scope) -> MatrixBlock:
        """Return the block with the columns that the project names; those of one sort stand together."""
        # A stable sort: the project's order stays within a sort.
        choices = sorted(scope.lists[self.across].values, key=lambda choice: choice.group)
        fields = tuple(
            ChoiceField(name=f"{self.cells}_{_name_of(c.code)}", label=c.label, of=self.of, width=self.cell_width)
            for c in choices
        )
        parts: dict[str, tuple[str, ...]] = {}
        for choice, field in zip(choices, fields, strict=True):
            part = f"{self.cells}.{choice.group}"
            parts[part] = (*parts.get(part, ()), field.name)
        copy = self.model_copy(update={"cell_fields": fields, "parts": parts})
        copy.__dict__.pop("_by_name", None)  # what was looked up before is copied along, without the new columns
        return copy


def _name_of(code: str) -> str:
    """Return a project's code as part of a field's name: what no name can hold stands as its number."""
    return "".join(c if re.fullmatch(r"[a-z0-9_]", c) else f"u{ord(c):x}" for c in code.lower())


Block = Annotated[
    FormBlock | TableBlock | MatrixBlock | TextBlock | SignaturesBlock | ContentsBlock | LegendBlock,
    Discriminator("type"),
]
"""One part of a sheet."""


class Template(StrictModel):
    """The definition of one sheet.

    Attributes:
        name: Name in data, files and commands.
        version: Raised when a field is added, dropped or changes its meaning.
        title: Title on the sheet.
        tab: Name of the sheet in the workbook.
        purpose: What it is for, for the list of contents.
        often: How often it is filled.
        hint: The line under the title: how to fill it.
        colour: Colour of the tab.
        print: How it is printed.
        blocks: Its parts, from top to bottom.
        cover: Whether it is a cover sheet: first in the workbook, not in the list of contents.
    """

    name: Name
    version: PositiveInt = 1
    title: LocalizedText
    tab: LocalizedText
    purpose: LocalizedText
    often: LocalizedText | None = None
    hint: LocalizedText | None = None
    colour: Colour = "blue"
    print: PrintSetup = PrintSetup()
    blocks: tuple[Block, ...] = PydanticField(min_length=1)
    cover: bool = False

    @field_validator("tab")
    @classmethod
    def _is_a_sheet_name(cls, tab: LocalizedText) -> LocalizedText:
        for text in tab.both():
            if len(text) > MAX_SHEET_NAME or re.search(r"[\[\]:*?/\\]", text):
                raise ValueError(f"{text!r} cannot name a sheet: at most 31 characters and none of [ ] : * ? / \\")
        return tab

    @property
    def data(self) -> tuple[DataBlock, ...]:
        """The blocks that hold data."""
        return tuple(block for block in self.blocks if isinstance(block, DataBlock))

    def block(self, name: str) -> DataBlock:
        """Return a data block by name."""
        return next(block for block in self.data if block.name == name)

    def full_name(self, block: DataBlock) -> str:
        """Return the name that a block's table bears everywhere: `tracking.tasks`."""
        return f"{self.name}.{block.name}"

    def resolved(self, scope: Scope) -> Template:
        """Return the template with the project's own columns in place."""
        blocks = tuple(b.resolved(scope) if isinstance(b, MatrixBlock) else b for b in self.blocks)
        return self.model_copy(update={"blocks": blocks})


class SheetUse(StrictModel):
    """A sheet in a pack, as it is or in a variant."""

    template: str
    variant: str = ""


class TimingRule(StrictModel):
    """How long something may take by a pack's rules.

    Attributes:
        hours: Clock hours.
        working_days: Days by the region's calendar.
        days: Calendar days.
        every: A rhythm instead of a span.
        case: Status word -> the figure that holds for it instead.
    """

    hours: float | None = None
    working_days: float | None = None
    days: float | None = None
    every: Literal["day", "week", "month"] | None = None
    case: Mapping[str, float] = {}


class Pack(StrictModel):
    """A workbook: the sheets that go out together, and the figures of their handbook.

    Attributes:
        name: Name in data, files and commands.
        version: Raised when its sheets change.
        title: Title on the cover.
        subtitle: Line under it.
        sheets: Its sheets, in order.
        settings: Figures that rules speak of; a project may change them.
        timing: Name of a timing rule -> the duty.
        default: Whether it is the pack that goes out where none is named.
        setup: Whether it is the project workbook rather than one that goes out to regions.
    """

    name: Name
    version: PositiveInt = 1
    title: LocalizedText
    subtitle: LocalizedText
    sheets: tuple[SheetUse, ...] = PydanticField(min_length=1)
    settings: Mapping[str, float] = {}
    timing: Mapping[str, TimingRule] = {}
    default: bool = False
    setup: bool = False

    @field_validator("sheets", mode="before")
    @classmethod
    def _short_form(cls, sheets: object) -> object:
        """Accept a plain name for a sheet without a variant, and `name:variant`."""
        if not isinstance(sheets, list | tuple):
            return sheets
        return [_sheet_use(sheet) if isinstance(sheet, str) else sheet for sheet in sheets]


def _sheet_use(text: str) -> dict[str, str]:
    template, _, variant = text.partition(":")
    return {"template": template, "variant": variant}


def fingerprint(templates: tuple[Template, ...]) -> str:
    """Return twelve hex digits that change whenever something else is asked: a sheet, block, field, its kind or list.

    Wording, widths and help do not count: a return generated before a text was improved is of the same version.
    """
    asked = [
        [sheet.name, sheet.version, [[b.name, b.type, [_asked(f) for f in b.columns]] for b in sheet.data]]
        for sheet in templates
    ]
    text = json.dumps(asked, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _asked(field: FieldBase) -> list[str | bool]:
    return [field.name, field.kind, field.list_name(), field.required]


__all__ = [
    "Block",
    "ContentsBlock",
    "DataBlock",
    "Follow",
    "FormBlock",
    "LegendBlock",
    "MatrixBlock",
    "Pack",
    "PrintSetup",
    "SheetUse",
    "SignaturesBlock",
    "TableBlock",
    "Template",
    "TextBlock",
    "TimingFields",
    "TimingRule",
    "fingerprint",
]
