"""Harmless rewritings of a workbook: other bytes, and the same cells in every spreadsheet program; by a seed.

Source: ECMA-376 Part 3 (markup compatibility), XML 1.0 and XML namespaces.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from tests.helpers import files

if TYPE_CHECKING:
    from collections.abc import Mapping

Rewriting = Callable[[str, Random], str]

_TAG = re.compile(r"<[^>]*>")
_START = re.compile(r"<([A-Za-z]+)((?: [^<>]*?)?)(/?)>")
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_PARTS = re.compile(r"xl/(?:worksheets/[^/]+|workbook|sharedStrings|styles)\.xml")
_CELL = '<{p}c r="B6" t="str"><{p}v>wrong</{p}v></{p}c>'
_FOREIGN = (
    *("<{p}row/>", '<{p}row r="6">' + _CELL + "</{p}row>", '<{p}row r="7" hidden="1"/>', _CELL, "<{p}v>1</{p}v>"),
    *('<{p}sheetData><{p}row r="6">' + _CELL + "</{p}row></{p}sheetData>", "<{p}t>wrong</{p}t>", "<{p}f>1</{p}f>"),
    *(
        "<{p}si><{p}t>wrong</{p}t></{p}si>",
        "<{p}si/>",
        "<{p}is><{p}t>wrong</{p}t></{p}is>",
        "<{p}r><{p}t>x</{p}t></{p}r>",
    ),
    *('<{p}mergeCells><{p}mergeCell ref="A1:H90"/></{p}mergeCells>', '<{p}mergeCell ref="A6:A9"/>', "<{p}rPh/>"),
    *('<{p}definedName name="xf_region">"XX"</{p}definedName>', '<{p}sheet name="X" sheetId="77"/>', "<{p}xf/>"),
    *(
        '<{p}workbookPr date1904="1"/>',
        '<{p}numFmt numFmtId="14" formatCode="0"/>',
        "<{p}cellXfs><{p}xf/></{p}cellXfs>",
    ),
)
"""Elements that would change what is read if they were the format's own; `{p}` is a prefix."""
_ELEMENTS = tuple(
    re.compile(rf"<{kind}(?: [^<>]*)?(?:(?<=/)>|(?<!/)>.*?</{kind}>)", re.DOTALL)
    for kind in ("row", "c", "v", "sheetData", "si", "definedName", "mergeCells", "cellXfs")
)
"""Elements that may be put inside something else, with all that is in them."""
_INSIDE = "<{p}wrapped>%s</{p}wrapped>"


def rewritten(data: bytes, chance: Random) -> bytes:
    """Return a workbook with one to four rewritings of one part, or of the package."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    names = sorted(name for name in parts if _PARTS.fullmatch(name))
    name = chance.choice(names)
    text = parts[name].decode("utf-8")
    for rewrite in chance.sample(REWRITINGS, chance.choice((1, 1, 2, 4))):
        text = rewrite(text, chance)
    # The encoding comes last: the declaration must agree with it.
    parts[name] = chance.choice(_CODINGS)(text)
    return _zipped(parts, chance)


# --- markup of another namespace ---
def foreign_elements(text: str, chance: Random) -> str:
    """Insert elements of a namespace that programs ignore."""
    for _ in range(chance.choice((1, 3, 20))):
        text = _inserted(text, _foreign(chance), chance)
    return _declared(text)


def foreign_defaults(text: str, chance: Random) -> str:
    """Insert elements whose own default namespace is another one."""
    element = chance.choice(_FOREIGN).replace("{p}", "")
    return _inserted(text, _START.sub(r'<\1 xmlns="urn:zz"\2\3>', element, count=1), chance)


def foreign_attributes(text: str, chance: Random) -> str:
    """Give elements attributes of another namespace beside their own."""
    wrong = chance.choice(('r="A9"', 't="b"', 's="1"', 'hidden="1"', 'ref="A1:H9"', 'name="X"', 'count="0"', 'id="r1"'))

    def more(found: re.Match[str]) -> str:
        return f"<{found[1]}{found[2]} zz:{wrong}{found[3]}>" if chance.random() < 0.05 else found[0]

    return _declared(_START.sub(more, text))


def alternatives(text: str, chance: Random) -> str:
    """Put elements into the alternative of `mc:AlternateContent` that counts, beside one that does not."""
    wrong = _foreign(chance) if chance.random() < 0.5 else _like_own(text, chance)
    unknown = f'<mc:Choice Requires="zz">{wrong}</mc:Choice>'
    forms = (
        f"<mc:AlternateContent>{unknown}<mc:Fallback>%s</mc:Fallback></mc:AlternateContent>",
        (
            f'<mc:AlternateContent>{unknown}<mc:Choice Requires="main">%s</mc:Choice>'
            f"<mc:Fallback>{wrong}</mc:Fallback></mc:AlternateContent>"
        ),
    )
    wrapped = _wrapped(text, chance.choice(forms), chance)
    return _declared(_inserted(wrapped, f"<mc:AlternateContent>{unknown}</mc:AlternateContent>", chance))


def unwrapped(text: str, chance: Random) -> str:
    """Put elements into one of another namespace whose content is to be processed."""
    return _declared(_wrapped(text, "<zz:open>%s</zz:open>", chance), ' mc:ProcessContent="zz:open"')


# --- other XML for the same content ---
def comments(text: str, chance: Random) -> str:
    """Insert comments and processing instructions that hold markup."""
    return _inserted(text, chance.choice(("<!-- <row/> -->", "<!--</c>-->", "<?x <c r='A1'/>?>")), chance)


def spaces(text: str, chance: Random) -> str:
    """Insert white space inside tags and between the elements that hold no text."""
    text = re.sub(r"(?<=[\"'])(/?)>", chance.choice((r" \1>", "\n\\1>")), text)
    return re.sub(r"(</row>|</c>|<sheetData>|</si>|</sheetData>|</xf>)(?=<)", chance.choice((r"\1 ", "\\1\n\t")), text)


def quotes(text: str, _chance: Random) -> str:
    """Write attributes in single quotes where they hold none."""
    return _START.sub(lambda tag: f"<{tag[1]}" + re.sub(r'="([^"\']*)"', r"='\1'", tag[2]) + f"{tag[3]}>", text)


def order(text: str, _chance: Random) -> str:
    """Write attributes in the opposite order."""

    def turned(tag: re.Match[str]) -> str:
        attributes = re.findall(r' [\w:]+="[^"]*"', tag[2])
        return f"<{tag[1]}{''.join(reversed(attributes))}{tag[3]}>" if "".join(attributes) == tag[2] else tag[0]

    return _START.sub(turned, text)


def references(text: str, chance: Random) -> str:
    """Write characters as references or in a CDATA section."""
    if chance.random() < 0.5:
        return re.sub(r"<(v|t)>([^<&]+)</\1>", r"<\1><![CDATA[\2]]></\1>", text)
    return re.sub(r"(?<=>)([^<&\s])(?=[^<>]*</[vt]>)", lambda found: f"&#x{ord(found[1]):x};", text)


def empty_tags(text: str, _chance: Random) -> str:
    """Write an empty element with an end tag."""
    return re.sub(r"<([A-Za-z]+)((?: [^<>/]*)?)/>", r"<\1\2></\1>", text)


def extensions(text: str, chance: Random) -> str:
    """Insert a list of extensions at the end, with cells in another namespace."""
    inside = f'<extLst><ext uri="urn:zz" xmlns:zz="urn:zz">{_foreign(chance)}</ext></extLst>'
    at = text.rindex("</")
    return text[:at] + inside + text[at:]


REWRITINGS: tuple[Rewriting, ...] = (
    *(foreign_elements, foreign_defaults, foreign_attributes, alternatives, unwrapped),
    *(comments, spaces, quotes, order, references, empty_tags, extensions),
)


def _coded(coding: str, declared: str) -> Callable[[str], bytes]:
    def encoded(text: str) -> bytes:
        return re.sub(r"\A<\?xml[^>]*\?>", f'<?xml version="1.0" encoding="{declared}"?>', text).encode(coding)

    return encoded


_CODINGS: tuple[Callable[[str], bytes], ...] = (
    *(lambda text: text.encode("utf-8"),) * 5,
    *(_coded("utf-8-sig", "UTF-8"), _coded("utf-16", "UTF-16"), _coded("gb18030", "GB18030")),
)


def _foreign(chance: Random) -> str:
    element = chance.choice(_FOREIGN)
    return (_INSIDE % element if chance.random() < 0.3 else element).replace("{p}", "zz:")


def _like_own(text: str, chance: Random) -> str:
    """Return elements of the format that would count if they were read: they go where they are not."""
    return "<si><t>wrong</t></si>" if "<sst" in text else chance.choice((_CELL, _FOREIGN[1])).replace("{p}", "")


def _declared(text: str, more: str = "") -> str:
    """Return a part whose root declares the prefixes and says which of them to ignore."""
    root = next(tag for tag in _START.finditer(text) if "xmlns" in tag[2])
    attributes = root[2]
    for prefix, uri in (("mc", _COMPATIBILITY), ("zz", "urn:zz"), ("main", files.MAIN)):
        if f"xmlns:{prefix}=" not in attributes:
            attributes += f' xmlns:{prefix}="{uri}"'
    if "mc:Ignorable" not in attributes:
        attributes += ' mc:Ignorable="zz"'
    elif "zz" not in attributes.partition("mc:Ignorable")[2].split(attributes.partition("mc:Ignorable=")[2][0])[1]:
        attributes = re.sub(r"(mc:Ignorable=[\"'])", r"\1zz ", attributes)
    if more and "ProcessContent" not in attributes:
        attributes += more
    return text[: root.start()] + f"<{root[1]}{attributes}>" + text[root.end() :]


def _inserted(text: str, piece: str, chance: Random) -> str:
    """Return a part with a piece between two of its tags, inside the root."""
    places = [found.start() for found in re.finditer(r"(?<=>)<(?=[/A-Za-z])", text)][2:]
    at = chance.choice(places)
    return text[:at] + piece + text[at:]


def _wrapped(text: str, around: str, chance: Random) -> str:
    """Return a part with one whole element, and what is in it, inside something else."""
    found = chance.choice([list(pattern.finditer(text)) for pattern in _ELEMENTS if pattern.search(text)] or [[]])
    if not found:
        return text
    element = chance.choice(found)
    return text[: element.start()] + around.replace("%s", element[0]) + text[element.end() :]


def _zipped(parts: Mapping[str, bytes], chance: Random) -> bytes:
    """Return parts as a zip, in any order and either method."""
    stream = io.BytesIO()
    method = chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
    names = list(parts)
    chance.shuffle(names)
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), parts[name], method)
    return stream.getvalue()
