"""The definition of a sheet and of a pack: what an author writes in TOML and what all other modules read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Discriminator, PositiveInt, field_validator
from pydantic import Field as PydanticField

from xlsflow.fileformat.excel_limits import ILLEGAL_IN_SHEET_NAME, MAX_SHEET_NAME
from xlsflow.i18n import LocalizedText
from xlsflow.template.expressions.expression import Expr, parse_expression
from xlsflow.template.figures import TimingRule
from xlsflow.template.kinds import Field, FieldBase, Scope
from xlsflow.template.kinds.choices import ChoiceField
from xlsflow.template.next_round import Becomes
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
from xlsflow.template.rules import RowConstraint, Rule, checked_optional_expression, implied_constraints
from xlsflow.template.starting_rows import StartingRow
from xlsflow.template.tracking import Follow, LifeStep, Watch


class DataBlock(StrictModel):
    """A block of a sheet that holds data: a form, a table or a matrix.

    Attributes:
        name: Name in the data.
        title: Heading above the block; omitted where the sheet's title is enough.
        fields: The fields, from left to right.
        rules: Constraints across fields.
        key: Field that identifies a row.
        duties: Timing rules of the pack that are measured by fields of this block.
        requirement: Whether each row is a requirement: the report and `xlsflow trace` show what became of it.
        step: The fields that make its rows a step in the life of a requirement.
        watch: The fields that make its rows open items without a status of their own.
        open_until: Condition that closes a row, or the form; until then it comes back in the workbook of each round.
        becomes: What each row becomes in the next round.
    """

    name: Name
    type: str
    title: LocalizedText | None = None
    fields: tuple[Field, ...] = PydanticField(min_length=1)
    rules: tuple[Rule, ...] = ()
    key: str = ""
    duties: tuple[TimingFields, ...] = ()
    open_until: str = ""
    becomes: Becomes | None = None
    requirement: bool = False
    step: LifeStep | None = None
    watch: Watch | None = None

    _is_expression = field_validator("open_until")(checked_optional_expression)

    @property
    def columns(self) -> tuple[FieldBase, ...]:
        """All fields in the order of the sheet, project columns included."""
        return self.fields

    @property
    def has_rows(self) -> bool:
        """Whether the block holds any number of rows; a form holds exactly one."""
        return True

    @property
    def life_step(self) -> LifeStep | None:
        """The fields that tell a step in the life of a requirement; None if the block is no step."""
        return self.step

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Group of matrix columns, or `group.part`, -> names of its fields."""
        return {}

    @property
    def is_closed(self) -> Expr | None:
        """The condition under which a row is closed; None if rows belong to their round alone and are never open."""
        return parse_expression(self.open_until) if self.open_until else None

    @property
    def proposed_rows(self) -> tuple[StartingRow, ...]:
        """The rows that it goes out with while it is blank."""
        return ()

    @property
    def title_field(self) -> str:
        """Name of the field that says what a row is about: the first required text; empty if there is none."""
        texts = (field.name for field in self.columns if field.required and field.kind == "text")
        return next(texts, "")

    @cached_property
    def _by_name(self) -> Mapping[str, FieldBase]:
        return {field.name: field for field in self.columns}

    @cached_property
    def content_fields(self) -> frozenset[str]:
        """Names of the fields whose values make a row non-empty."""
        return frozenset(field.name for field in self.columns if field.counts_as_content)

    def field(self, name: str) -> FieldBase:
        """Return a field by name."""
        return self._by_name[name]

    def label_of(self, name: str) -> LocalizedText:
        """Return a field's label."""
        return self._by_name[name].label

    def constraints(self) -> Iterator[RowConstraint]:
        """Yield the constraints of a non-empty row: those that fields imply, then those of the rules in order."""
        yield from implied_constraints(self.columns, self.key)
        for rule in self.rules:
            yield from rule.constraints(self)


class FormBlock(DataBlock):
    """A form: labels with an input cell beside each, several pairs on a line.

    Attributes:
        pairs: Number of label-and-cell pairs on a line.
        required: Whether the form must be filled; otherwise an untouched form lacks nothing, required fields included.
    """

    type: Literal["form"]
    pairs: int = PydanticField(default=2, ge=1, le=4)
    required: bool = False

    @property
    def has_rows(self) -> bool:
        """False: a form holds exactly one row."""
        return False


class TableBlock(DataBlock):
    """A table: rows under a header.

    Attributes:
        rows: Number of blank rows in an outgoing workbook.
        follow: The fields that make its rows tracked items.
        risk: Field with a risk level, for the list of high risks.
        high_risk: Condition under which the figures of a row make it a high risk, whatever level was chosen.
        starts_with: Rows that a blank table goes out with; as long as nobody touches them, they are no data.
    """

    type: Literal["table"]
    rows: int = PydanticField(default=40, ge=1, le=5000)
    follow: Follow | None = None
    risk: str = ""
    starts_with: tuple[StartingRow, ...] = ()
    high_risk: str = ""

    _is_high_risk = field_validator("high_risk")(checked_optional_expression)

    @property
    def life_step(self) -> LifeStep | None:
        """The fields that tell a step in the life of a requirement: those of `follow`, where there is one."""
        return self.follow.as_step() if self.follow else self.step

    @property
    def proposed_rows(self) -> tuple[StartingRow, ...]:
        """The rows that it goes out with while it is blank."""
        return self.starts_with

    @property
    def is_closed(self) -> Expr | None:
        """The condition under which a row is closed; that of its status where it is a tracked item."""
        return self.follow.is_closed if self.follow else super().is_closed

    @property
    def title_field(self) -> str:
        """Name of the field that says what a row is about."""
        return self.follow.title if self.follow else super().title_field


class MatrixBlock(DataBlock):
    """A matrix: a table with one more column for each value of a project list (RACI).

    Attributes:
        rows: Number of blank rows in an outgoing workbook.
        cells: Name of the group of project columns.
        across: Project list with one value for each column.
        of: Choice list of the cells.
        after: Fields to the right of the project columns.
        cell_width: Width of a project column.
        cell_fields: The project columns, filled in by `resolved`.
        parts: `group.part` -> names of the project columns of one category, filled in by `resolved`.
    """

    type: Literal["matrix"]
    rows: int = PydanticField(default=20, ge=1, le=5000)
    cells: Name
    across: str
    of: str
    after: tuple[Field, ...] = ()
    cell_width: float = PydanticField(default=10.5, gt=0, le=255)  # the widest column that Excel has
    cell_fields: tuple[ChoiceField, ...] = ()
    parts: Mapping[str, tuple[str, ...]] = {}

    @property
    def columns(self) -> tuple[FieldBase, ...]:
        """The leading fields, the project columns, the trailing fields."""
        return (*self.fields, *self.cell_fields, *self.after)

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """The group of all project columns, and one part of it for each category."""
        return {self.cells: tuple(field.name for field in self.cell_fields), **self.parts}

    def resolved(self, scope: Scope) -> MatrixBlock:
        """Return the block with the project columns in place, grouped by category."""
        # sorted() is stable: within a category the project's own order stays.
        choices = sorted(scope.lists[self.across].values, key=lambda choice: choice.group)
        fields = tuple(
            ChoiceField(
                name=f"{self.cells}_{_name_of(choice.code)}", label=choice.label, of=self.of, width=self.cell_width
            )
            for choice in choices
        )
        parts: dict[str, tuple[str, ...]] = {}
        for choice, field in zip(choices, fields, strict=True):
            part = f"{self.cells}.{choice.group}"
            parts[part] = (*parts.get(part, ()), field.name)
        copy = self.model_copy(update={"cell_fields": fields, "parts": parts})
        # model_copy copies cached properties too; the cached index lacks the new columns.
        copy.__dict__.pop("_by_name", None)
        return copy


def _name_of(code: str) -> str:
    """Return a project code as part of a field name; characters outside a-z, 0-9 and _ become their code point."""
    return "".join(
        character if re.fullmatch(r"[a-z0-9_]", character) else f"u{ord(character):x}" for character in code.lower()
    )


Block = Annotated[
    FormBlock | TableBlock | MatrixBlock | TextBlock | SignaturesBlock | ContentsBlock | LegendBlock,
    Discriminator("type"),
]
"""A block of a sheet, of any type."""


class Template(StrictModel):
    """The definition of one sheet.

    Attributes:
        name: Name in data, files and commands.
        version: Version, raised when a field is added, dropped or changes its meaning.
        title: Title on the sheet.
        tab: Name of the sheet in the workbook.
        purpose: What the sheet is for; shown in the table of contents.
        often: How often it is filled in.
        hint: Line under the title: how to fill in the sheet.
        colour: Colour of the sheet's tab.
        print: Print setup.
        blocks: Its blocks, from top to bottom.
        cover: Whether it is a cover sheet: first in the workbook, not in the table of contents.
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
            if len(text) > MAX_SHEET_NAME or ILLEGAL_IN_SHEET_NAME.search(text):
                raise ValueError(f"{text!r} cannot name a sheet: at most 31 characters and none of [ ] : * ? / \\")
        return tab

    @property
    def data(self) -> tuple[DataBlock, ...]:
        """The blocks that hold data."""
        return tuple(block for block in self.blocks if isinstance(block, DataBlock))

    @property
    def is_repeatable(self) -> bool:
        """Whether a workbook may have several sheets of it: it is a form whose records have ids."""
        return not self.cover and any(block.key and not block.has_rows for block in self.data)

    def block(self, name: str) -> DataBlock:
        """Return a data block by name."""
        return next(block for block in self.data if block.name == name)

    def full_name(self, block: DataBlock) -> str:
        """Return the full name of a block's table: `tracking.tasks`."""
        return f"{self.name}.{block.name}"

    def resolved(self, scope: Scope) -> Template:
        """Return the template with the project columns of its matrices in place."""
        blocks = tuple(block.resolved(scope) if isinstance(block, MatrixBlock) else block for block in self.blocks)
        return self.model_copy(update={"blocks": blocks})


class SheetUse(StrictModel):
    """Reference to a sheet in a pack: its template, optionally in a variant."""

    template: str
    variant: str = ""


class Pack(StrictModel):
    """A workbook: the sheets that go out together, with the settings and time limits of their handbook.

    Attributes:
        name: Name in data, files and commands.
        version: Version, raised when its sheets change.
        title: Title on the cover.
        subtitle: Line under the title.
        sheets: Its sheets, in order.
        optional: Sheets that a project may add; one whose template is among `sheets` takes its place.
        settings: Numbers that rules refer to as `setting.name`; a project may change them.
        timing: Name of a timing rule -> its limit.
        default: Whether this pack is used where none is named.
        setup: Whether this is the project workbook rather than one that goes out to regions.
    """

    name: Name
    version: PositiveInt = 1
    title: LocalizedText
    subtitle: LocalizedText
    sheets: tuple[SheetUse, ...] = PydanticField(min_length=1)
    optional: tuple[SheetUse, ...] = ()
    settings: Mapping[str, float] = {}
    timing: Mapping[str, TimingRule] = {}
    default: bool = False
    setup: bool = False

    @property
    def all_uses(self) -> tuple[SheetUse, ...]:
        """Its sheets, then those that a project may add."""
        return self.sheets + self.optional

    def with_optional(self, names: Collection[str]) -> Pack:
        """Return the pack with those of its optional sheets whose templates are named."""
        added = {use.template: use for use in self.optional if use.template in names}
        sheets = [added.pop(use.template, use) for use in self.sheets]
        return self.model_copy(update={"sheets": (*sheets, *added.values())})

    @field_validator("sheets", "optional", mode="before")
    @classmethod
    def _short_form(cls, sheets: object) -> object:
        """Accept the short forms `name` and `name:variant`."""
        if isinstance(sheets, list | tuple):
            return [_sheet_use(sheet) if isinstance(sheet, str) else sheet for sheet in sheets]
        return sheets


def _sheet_use(text: str) -> dict[str, str]:
    template, _, variant = text.partition(":")
    return {"template": template, "variant": variant}


__all__ = [
    "Becomes", "Block", "ContentsBlock", "DataBlock", "Follow", "FormBlock", "LegendBlock", "LifeStep", "MatrixBlock",
    "Pack", "PrintSetup", "SheetUse", "SignaturesBlock", "TableBlock", "Template", "TextBlock", "TimingFields",
    "TimingRule",
]  # fmt: skip
