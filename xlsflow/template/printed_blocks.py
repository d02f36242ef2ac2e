"""What a definition is made of besides data: names, printed parts of a sheet, how it goes on paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic import Field as PydanticField

from xlsflow.i18n import LocalizedText
from xlsflow.template.kinds.field import validated_name

Colour = Literal["navy", "blue", "teal", "amber", "slate"]
Name = Annotated[str, AfterValidator(validated_name)]
"""What stands in data, files and commands: small letters, digits and _."""


class StrictModel(BaseModel):
    """Shared: nothing unknown is accepted, nothing changes once loaded."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TimingFields(StrictModel):
    """Which fields of a block say when a timing rule of the pack begins to run, and when what it asks was done.

    Attributes:
        rule: The timing rule, as the pack's `[timing]` and the project's own figures call it.
        start: Field of the moment that it runs from; a field of another sheet as `sheet.block.field`.
        end: Field of the moment at which it was done; where there is none it runs until the item is finished.
        by: Field that names the row of the other sheet, where `start` stands there.
        case: Field whose code chooses among the figures of the rule (urgent, ordinary).
        owner: Who had to do it; who the block follows up where it says nothing.
        given: Field that must hold something for the rule to be asked at all.
        ahead: Whether it must be done so long before `start` rather than after it.
    """

    rule: Name
    start: str
    end: str = ""
    by: str = ""
    case: str = ""
    owner: str = ""
    given: str = ""
    ahead: bool = False

    def named_fields(self) -> Mapping[str, str]:
        """Return key -> field of the block, for those that are given."""
        own = {key: getattr(self, key) for key in ("start", "end", "by", "case", "owner", "given")}
        return {key: name for key, name in own.items() if name and "." not in name}


class TextBlock(StrictModel):
    """Printed text: instructions, a pledge.

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
    """Boxes to sign in.

    Attributes:
        parties: Who signs.
        per: Project list each of whose values signs as well (every region).
        most: Values of that list that have a box each at most; of more, only the region itself has one, beside open
            boxes for those who attend.
    """

    name: Name
    type: Literal["signatures"]
    title: LocalizedText | None = None
    parties: tuple[LocalizedText, ...] = ()
    per: str = ""
    most: int = PydanticField(default=12, ge=1, le=60)


class ContentsBlock(StrictModel):
    """The list of the workbook's sheets with a link, what each is for, and how complete it is."""

    name: Name
    type: Literal["contents"]
    title: LocalizedText | None = None


class LegendBlock(StrictModel):
    """What the colours and signs mean."""

    name: Name
    type: Literal["legend"]
    title: LocalizedText | None = None


Paper = Literal["A4", "A3"]
"""A size of paper."""


class PrintSetup(StrictModel):
    """How a sheet is printed.

    Attributes:
        paper: Paper size.
        landscape: Whether the long side lies across.
        one_page: Whether the whole sheet fits on one page; otherwise it fits in width and runs on.
    """

    paper: Paper = "A4"
    landscape: bool = False
    one_page: bool = False
