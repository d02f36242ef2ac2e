"""Definitions without data fields: printed blocks of a sheet, print setup, and the base model of all definitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic import Field as PydanticField

from xlsflow.i18n import LocalizedText
from xlsflow.template.kinds.field import validated_name

Colour = Literal["navy", "blue", "teal", "amber", "slate"]
Name = Annotated[str, AfterValidator(validated_name)]
"""Name used in data, files and commands: lower-case letters, digits and `_`."""


class StrictModel(BaseModel):
    """Base model of definitions: unknown keys are rejected, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TimingFields(StrictModel):
    """Which fields of a block hold the start and the end of the time that a timing rule limits.

    Attributes:
        rule: Name of the timing rule in the pack's `[timing]` and in the project's settings.
        start: Field with the time from which the limit runs; `sheet.block.field` for a field of another sheet.
        end: Field with the time of completion; without it the limit runs until the item is finished.
        by: Field that holds the key of the other sheet's row, where `start` is on another sheet.
        case: Field whose code selects a limit of the rule (urgent, ordinary).
        owner: Field with the person responsible; the block's `follow.owner` where empty.
        given: Field that must be filled for the rule to apply.
        codes: Codes of `given` for which it applies; any value where empty.
        ahead: Whether the limit counts back from `start` rather than forward.
        late: Whether it applies only to items that were not finished by `start`.
    """

    rule: Name
    start: str
    end: str = ""
    by: str = ""
    case: str = ""
    owner: str = ""
    given: str = ""
    codes: tuple[str, ...] = ()
    ahead: bool = False
    late: bool = False

    def named_fields(self) -> Mapping[str, str]:
        """Return key -> field of this block, without empty keys and fields of other sheets."""
        names = {key: getattr(self, key) for key in ("start", "end", "by", "case", "owner", "given")}
        # A dot leads to another sheet, which `pack_consistency` resolves.
        return {key: name for key, name in names.items() if name and "." not in name}


class TextBlock(StrictModel):
    """Static text: instructions, a pledge.

    Attributes:
        lines: Paragraphs.
        steps: Whether they are numbered.
    """

    name: Name
    type: Literal["text"]
    title: LocalizedText | None = None
    lines: tuple[LocalizedText, ...] = PydanticField(min_length=1)
    steps: bool = False


class SignaturesBlock(StrictModel):
    """Signature boxes.

    Attributes:
        parties: Parties that sign.
        per: Project list whose values sign as well, one box each (every region).
        most: Largest number of values of that list with a box each; beyond it only the region that receives the
            workbook has one, beside open boxes for whoever attends.
    """

    name: Name
    type: Literal["signatures"]
    title: LocalizedText | None = None
    parties: tuple[LocalizedText, ...] = ()
    per: str = ""
    most: int = PydanticField(default=12, ge=1, le=60)


class ContentsBlock(StrictModel):
    """Table of contents: a link to each sheet, its purpose, and how complete it is."""

    name: Name
    type: Literal["contents"]
    title: LocalizedText | None = None


class LegendBlock(StrictModel):
    """Legend of colours and symbols."""

    name: Name
    type: Literal["legend"]
    title: LocalizedText | None = None


Paper = Literal["A4", "A3"]
"""Paper size."""


class PrintSetup(StrictModel):
    """Print setup of a sheet.

    Attributes:
        paper: Paper size.
        landscape: Whether the page is in landscape orientation.
        one_page: Whether the sheet is scaled to one page; otherwise to the page width, over any number of pages.
    """

    paper: Paper = "A4"
    landscape: bool = False
    one_page: bool = False
