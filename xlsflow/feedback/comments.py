"""Adds and removes cell comments: their texts are in one part, their boxes in a VML drawing.

Comments of other authors are left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import ceil

from xlsflow.feedback.sheet_xml import parse_outline, parse_reference
from xlsflow.feedback.xlsx_package import Package
from xlsflow.feedback.xml_edit import (
    XML_DECLARATION,
    Element,
    apply_edits,
    child_edit,
    escape_attribute,
    escape_text,
    name_prefix,
    parse_part,
)
from xlsflow.fileformat.cell_notes import (
    COMMENTS_TYPE,
    DRAWING_TYPE,
    NOTE_WIDTH,
    SHAPES_PER_DRAWING,
    note_drawing,
    note_shape,
)
from xlsflow.fileformat.cells import a1
from xlsflow.fileformat.feedback_marks import COMMENT_AUTHOR, COMMENT_PREFIX
from xlsflow.layout.text_metrics import text_width

_SHAPE = re.compile(rb"<v:shape\b(?!type).*?</v:shape>", re.DOTALL)
# Anything that is drawn, or that is a form control: then the drawing serves more than our comments.
_FOREIGN_SHAPE = re.compile(rb"<v:(?:shape|group|line|rect|roundrect|oval|arc|curve|polyline|image)\b|ClientData")
_SHAPE_NUMBER = re.compile(rb"_s(\d+)")
_ANCHOR = re.compile(rb"<x:(Row|Column)>\s*(\d+)\s*</x:(?:Row|Column)>")

# (row, column), from 0 -> text of the comment.
_CommentTexts = Mapping[tuple[int, int], str]


def remove_comments(package: Package, sheet: str) -> None:
    """Remove the comments that an earlier `mark_up` added to a sheet."""
    part = _related_part(package, sheet, "comments")
    data = package.xml(part) if part else b""
    # A cheap check first: most sheets have no comments of ours, and large parts take long to parse.
    if COMMENT_PREFIX.strip().encode() not in data and COMMENT_AUTHOR.encode() not in data:
        return
    root = parse_part(data)
    # Comments name their author by position in this list.
    authors = [data[tag.content_start : tag.content_end].decode() for tag in root.descendants("author")]
    comments = list(root.descendants("comment"))
    removed = [tag for tag in comments if _is_ours(data, tag, authors)]
    if not removed:
        return
    _remove_shapes(package, sheet, {cell for tag in removed if (cell := parse_reference(tag.attrs.get("ref", "")))})
    if len(removed) == len(comments):
        _remove_part(package, sheet, part)
    else:
        package.write(part, apply_edits(data, [(tag.start, tag.end, b"") for tag in removed]))


def _is_ours(data: bytes, tag: Element, authors: list[str]) -> bool:
    number = tag.attrs.get("authorId", "")
    author = authors[int(number)] if number.isdigit() and int(number) < len(authors) else ""
    # By the prefix too: a program that saves the file may write its user's name as the author of every comment.
    text = b"".join(data[t.content_start : t.content_end] for t in tag.descendants("t")).decode()
    return author == COMMENT_AUTHOR or text.startswith(COMMENT_PREFIX)


def _remove_shapes(package: Package, sheet: str, cells: set[tuple[int, int]]) -> None:
    drawing = _related_part(package, sheet, "vmlDrawing")
    data = package.read(drawing) if drawing else b""
    removed = [found for found in _SHAPE.finditer(data) if b'"Note"' in found[0] and _anchor_cell(found[0]) in cells]
    if not removed:
        return
    remaining = apply_edits(data, [(found.start(), found.end(), b"") for found in removed])
    # Buttons and other form controls are in the same drawing; without any of those, it goes with our last comment.
    if _FOREIGN_SHAPE.search(remaining):
        package.write(drawing, remaining)
        return
    _remove_part(package, sheet, drawing)
    text = package.xml(sheet)
    tag = parse_outline(text).child("legacyDrawing")
    if tag:
        package.write(sheet, apply_edits(text, [(tag.start, tag.end, b"")]))


def _anchor_cell(shape: bytes) -> tuple[int, int]:
    found = {name: int(number) for name, number in _ANCHOR.findall(shape)}
    return found.get(b"Row", -1), found.get(b"Column", -1)


def _remove_part(package: Package, sheet: str, part: str) -> None:
    relation = next(r for r in package.relationships(sheet) if r.target == part)
    package.remove_relationship(sheet, relation)
    package.remove(part)


def _related_part(package: Package, sheet: str, kind: str) -> str:
    """Return the name of the part that a sheet refers to in a given role; empty if there is none.

    A sheet may refer to several VML drawings (headers and footers have one too); `legacyDrawing` names the one with
    the comments.
    """
    links = [r for r in package.relationships(sheet) if r.role == kind and r.target in package]
    if kind == "vmlDrawing" and links:
        tag = parse_outline(package.xml(sheet)).child("legacyDrawing")
        ids = {v for k, v in (tag.attrs.items() if tag else ()) if k.endswith(":id")}
        links = [r for r in links if r.id in ids]
    return links[0].target if links else ""


def add_comments(package: Package, sheet: str, comments: _CommentTexts) -> None:
    """Add comments to cells of a sheet; a cell that has a comment already keeps it, since Excel allows only one.

    Args:
        package: The workbook.
        sheet: Name of the sheet's part.
        comments: The texts by cell.
    """
    part = _related_part(package, sheet, "comments")
    data = package.xml(part) if part else b""
    taken = (
        {tag.attrs.get("ref", "").replace("$", "") for tag in parse_part(data).descendants("comment")}
        if data
        else set[str]()
    )
    new = {cell: text for cell, text in sorted(comments.items()) if a1(*cell) not in taken}
    if not new:
        return
    if not part:
        part = package.unused_name("xl/comments{}.xml")
        empty = f'<comments xmlns="{package.main_namespace}"><authors></authors><commentList></commentList></comments>'
        data = XML_DECLARATION + empty.encode()
        package.write(part, data)
        package.add_content_type(part, COMMENTS_TYPE)
        package.add_relationship(sheet, "comments", part)
    package.write(part, _with_comments(data, new))
    drawing = _related_part(package, sheet, "vmlDrawing") or _new_drawing(package, sheet)
    package.write(drawing, _with_shapes(package.read(drawing), new))


def _with_comments(data: bytes, comments: _CommentTexts) -> bytes:
    root = parse_part(data)
    ns = name_prefix(data, root)
    authors, listed = root.child("authors"), root.child("commentList")
    assert authors
    assert listed
    known = [data[tag.content_start : tag.content_end].decode() for tag in authors.children]
    number = known.index(COMMENT_AUTHOR) if COMMENT_AUTHOR in known else len(known)
    edits = (
        []
        if COMMENT_AUTHOR in known
        else [child_edit(data, authors, f"<{ns}author>{COMMENT_AUTHOR}</{ns}author>".encode())]
    )
    new = "".join(
        f'<c:comment ref="{a1(*cell)}" authorId="{number}"><c:text><c:r><c:rPr><c:sz val="9"/><c:color indexed="81"/>'
        f'<c:rFont val="Microsoft YaHei"/><c:family val="2"/></c:rPr>'
        f'<c:t xml:space="preserve">{escape_text(COMMENT_PREFIX + text)}</c:t></c:r></c:text></c:comment>'
        for cell, text in comments.items()
    )
    new = re.sub("<(/?)c:(?=[a-zA-Z])", rf"<\1{ns}", new)
    return apply_edits(data, [*edits, child_edit(data, listed, new.encode())])


def _new_drawing(package: Package, sheet: str) -> str:
    """Add an empty drawing for comment boxes to a sheet that has none, and return its name."""
    name = package.unused_name("xl/drawings/vmlDrawing{}.vml")
    number = int(re.findall(r"\d+", name)[-1])
    package.write(name, note_drawing(str(number)).encode())
    package.add_content_type(name, DRAWING_TYPE)
    link = package.add_relationship(sheet, "vmlDrawing", name)
    text = package.xml(sheet)
    found = parse_outline(text)
    new = f'<{found.prefix}legacyDrawing xmlns:r="{escape_attribute(package.relationship_base)}" r:id="{link}"/>'
    package.write(sheet, apply_edits(text, [found.insert("legacyDrawing", new.encode())]))
    return name


def _with_shapes(data: bytes, comments: _CommentTexts) -> bytes:
    blocks = [int(found) for found in re.findall(rb'<o:idmap[^>]*data="(\d+)', data)]
    # `idmap` lists the blocks of ids that a drawing uses.
    used = (block * SHAPES_PER_DRAWING for block in blocks)
    number = max([*(int(n) for n in _SHAPE_NUMBER.findall(data)), *used, SHAPES_PER_DRAWING]) + 1
    new = []
    for order, (cell, text) in enumerate(comments.items()):
        lines = sum(max(1, ceil(text_width(line) / NOTE_WIDTH)) for line in (COMMENT_PREFIX + text).split("\n"))
        new.append(note_shape(cell, number + order, order + 1, lines))
    # Inserted as text before the end of the root: VML of old programs is not well-formed enough to be parsed.
    end = data.rindex(b"</")
    return data[:end] + "".join(new).encode() + data[end:]
