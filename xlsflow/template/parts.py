"""What a definition is made of besides data: names, printed parts of a sheet, how it goes on paper."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic import Field as Given

from xlsflow.template.kinds.base import a_name
from xlsflow.words import Words

Colour = Literal["navy", "blue", "teal", "amber", "slate"]
Name = Annotated[str, AfterValidator(a_name)]
"""What stands in data, files and commands: small letters, digits and _."""


class Part(BaseModel):
    """Shared: nothing unknown is accepted, nothing changes once loaded."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TextBlock(Part):
    """Printed text: instructions, a pledge.

    Attributes:
        lines: Paragraphs.
        steps: Whether they are numbered.
    """

    name: Name
    type: Literal["text"]
    title: Words | None = None
    lines: tuple[Words, ...] = Given(min_length=1)
    steps: bool = False


class SignaturesBlock(Part):
    """Boxes to sign in.

    Attributes:
        parties: Who signs.
        per: Project list each of whose values signs as well (every region).
    """

    name: Name
    type: Literal["signatures"]
    title: Words | None = None
    parties: tuple[Words, ...] = ()
    per: str = ""


class ContentsBlock(Part):
    """The list of the workbook's sheets with a link, what each is for, and how complete it is."""

    name: Name
    type: Literal["contents"]
    title: Words | None = None


class LegendBlock(Part):
    """What the colours and signs mean."""

    name: Name
    type: Literal["legend"]
    title: Words | None = None


class PrintSetup(Part):
    """How a sheet is printed.

    Attributes:
        paper: Paper size.
        landscape: Whether the long side lies across.
        one_page: Whether the whole sheet fits on one page; otherwise it fits in width and runs on.
    """

    paper: Literal["A4", "A3"] = "A4"
    landscape: bool = False
    one_page: bool = False
