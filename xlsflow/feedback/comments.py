"""Notes at cells: a part that holds their texts, a drawing that holds their boxes; those of others stay as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import ceil

from xlsflow.feedback.package import Package
from xlsflow.feedback.sheet_xml import (
    outline,
    split,
)
from xlsflow.feedback.xml_edit import (
    TOP,
    Tag,
    appended,
    edited,
    parse,
    plain,
    prefix,
    quoted,
)
from xlsflow.fileformat.cells import a1
from xlsflow.fileformat.feedback_marks import (
    AUTHOR,
    NOTE,
)
from xlsflow.i18n import text_width

_NOTES = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_BOXES = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_SHAPE = re.compile(rb"<v:shape\b(?!type).*?</v:shape>", re.DOTALL)
_SHAPES_OF_OTHERS = re.compile(rb"<v:(?:shape|group|line|rect|roundrect|oval|arc|curve|polyline|image)\b|ClientData")
_NUMBER = re.compile(rb"_s(\d+)")
_SPOT = re.compile(rb"<x:(Row|Column)>\s*(\d+)\s*</x:(?:Row|Column)>")
_WIDTH = 40.0
_HEAD = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data="{block}"/></o:shapelayout>'
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>'
)
_BOX = (
    '<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;'
    'width:210pt;height:{height}pt;z-index:{order};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{left}, 15, {top}, 4, {right}, 15, {bottom}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{col}</x:Column></x:ClientData></v:shape>"
)

Notes = Mapping[tuple[int, int], str]
"""Row and column, from 0 -> the text of a note."""


def remove_notes(package: Package, sheet: str) -> None:
    """Take our notes at the cells of a sheet away."""
    part = _related(package, sheet, "comments")
    data = package.xml(part) if part else b""
    if NOTE.strip().encode() not in data and AUTHOR.encode() not in data:
        return
    root = parse(data)
    authors = [data[tag.head : tag.tail].decode() for tag in root.all("author")]
    notes = list(root.all("comment"))
    gone = [tag for tag in notes if _is_ours(data, tag, authors)]
    if not gone:
        return
    _remove_boxes(package, sheet, {spot for tag in gone if (spot := split(tag.attrs.get("ref", "")))})
    if len(gone) == len(notes):
        _unlink(package, sheet, part)
    else:
        package.write(part, edited(data, [(tag.start, tag.end, b"") for tag in gone]))


def _is_ours(data: bytes, tag: Tag, authors: list[str]) -> bool:
    number = tag.attrs.get("authorId", "")
    author = authors[int(number)] if number.isdigit() and int(number) < len(authors) else ""
    text = b"".join(data[t.head : t.tail] for t in tag.all("t")).decode()
    return author == AUTHOR or text.startswith(NOTE)


def _remove_boxes(package: Package, sheet: str, spots: set[tuple[int, int]]) -> None:
    drawing = _related(package, sheet, "vmlDrawing")
    data = package.read(drawing) if drawing else b""
    gone = [found for found in _SHAPE.finditer(data) if b'"Note"' in found[0] and _spot(found[0]) in spots]
    if not gone:
        return
    left = edited(data, [(found.start(), found.end(), b"") for found in gone])
    if _SHAPES_OF_OTHERS.search(left):
        package.write(drawing, left)
        return
    _unlink(package, sheet, drawing)
    text = package.xml(sheet)
    tag = outline(text).top("legacyDrawing")
    if tag:
        package.write(sheet, edited(text, [(tag.start, tag.end, b"")]))


def _spot(shape: bytes) -> tuple[int, int]:
    found = {name: int(number) for name, number in _SPOT.findall(shape)}
    return found.get(b"Row", -1), found.get(b"Column", -1)


def _unlink(package: Package, sheet: str, part: str) -> None:
    relation = next(r for r in package.relations(sheet) if r.target == part)
    package.unrelate(sheet, relation)
    package.drop(part)


def _related(package: Package, sheet: str, kind: str) -> str:
    """Return the part of a kind that a sheet leads to; `legacyDrawing` says which drawing is that of the notes."""
    links = [r for r in package.relations(sheet) if r.role == kind and r.target in package]
    if kind == "vmlDrawing" and links:
        tag = outline(package.xml(sheet)).top("legacyDrawing")
        wanted = {v for k, v in (tag.attrs.items() if tag else ()) if k.endswith(":id")}
        links = [r for r in links if r.id in wanted]
    return links[0].target if links else ""


def add_notes(package: Package, sheet: str, notes: Notes) -> None:
    """Add notes to cells of a sheet; a cell that has one of someone else's keeps that one.

    Args:
        package: The workbook.
        sheet: The part of the sheet.
        notes: The texts by cell.
    """
    part = _related(package, sheet, "comments")
    data = package.xml(part) if part else b""
    taken = {tag.attrs.get("ref", "").replace("$", "") for tag in parse(data).all("comment")} if data else set[str]()
    new = {spot: text for spot, text in sorted(notes.items()) if a1(*spot) not in taken}
    if not new:
        return
    if not part:
        part = package.free("xl/comments{}.xml")
        empty = f'<comments xmlns="{package.main}"><authors></authors><commentList></commentList></comments>'
        data = TOP + empty.encode()
        package.write(part, data)
        package.declare(part, _NOTES)
        package.relate(sheet, "comments", part)
    package.write(part, _with_notes(data, new))
    drawing = _related(package, sheet, "vmlDrawing") or _new_drawing(package, sheet)
    package.write(drawing, _with_boxes(package.read(drawing), new))


def _with_notes(data: bytes, notes: Notes) -> bytes:
    root = parse(data)
    before = prefix(data, root)
    authors, listed = root.first("authors"), root.first("commentList")
    assert authors
    assert listed
    known = [data[tag.head : tag.tail].decode() for tag in authors.children]
    number = known.index(AUTHOR) if AUTHOR in known else len(known)
    edits = [] if AUTHOR in known else [appended(data, authors, f"<{before}author>{AUTHOR}</{before}author>".encode())]
    made = "".join(
        f'<c:comment ref="{a1(*spot)}" authorId="{number}"><c:text><c:r><c:rPr><c:sz val="9"/><c:color indexed="81"/>'
        f'<c:rFont val="Microsoft YaHei"/><c:family val="2"/></c:rPr>'
        f'<c:t xml:space="preserve">{plain(NOTE + text)}</c:t></c:r></c:text></c:comment>'
        for spot, text in notes.items()
    )
    made = re.sub("<(/?)c:(?=[a-zA-Z])", rf"<\1{before}", made)
    return edited(data, [*edits, appended(data, listed, made.encode())])


def _new_drawing(package: Package, sheet: str) -> str:
    """Add a drawing for the boxes of notes to a sheet that has none."""
    name = package.free("xl/drawings/vmlDrawing{}.vml")
    number = int(re.findall(r"\d+", name)[-1])
    package.write(name, _HEAD.format(block=number).encode())
    package.declare(name, _BOXES)
    link = package.relate(sheet, "vmlDrawing", name)
    text = package.xml(sheet)
    found = outline(text)
    new = f'<{found.prefix}legacyDrawing xmlns:r="{quoted(package.link_type)}" r:id="{link}"/>'
    package.write(sheet, edited(text, [found.insert("legacyDrawing", new.encode())]))
    return name


def _with_boxes(data: bytes, notes: Notes) -> bytes:
    blocks = [int(found) for found in re.findall(rb'<o:idmap[^>]*data="(\d+)', data)]
    number = max([*(int(n) for n in _NUMBER.findall(data)), *(block * 1024 for block in blocks), 1024]) + 1
    made = []
    for order, ((row, col), text) in enumerate(notes.items()):
        lines = sum(max(1, ceil(text_width(line) / _WIDTH)) for line in (NOTE + text).split("\n"))
        facts = {"number": number + order, "order": order + 1, "row": row, "col": col, "height": 14 * lines + 8}
        spread = {"left": col + 1, "right": col + 4, "top": max(row - 1, 0), "bottom": max(row - 1, 0) + lines}
        made.append(_BOX.format(**facts, **spread))
    end = data.rindex(b"</")
    return data[:end] + "".join(made).encode() + data[end:]
