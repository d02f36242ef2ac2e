"""Mistakes with whole files: other files sent with a return, and workbooks whose stamp is lost or wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.helpers import files
from tests.mistakes.faulty_return import FaultyReturn, part_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.mistakes.faulty_return import Parts
    from tests.mistakes.in_cells import Mistake

PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PAGE = "<!DOCTYPE html><html><body><table><tr><td>登录</td></tr></table></body></html>".encode()
TABLE = "编号,任务\n1,核对\n".encode()
WORD = files.zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"})
ZIP = files.zipped({"readme.txt": "x" * 200})
HALF = files.workbook()[:400]


def _beside(ending: str, content: bytes | None, code: str) -> Mistake:
    """Return the mistake of sending another file as well; `{}` is the name of the return."""

    def plant(faulty: FaultyReturn) -> bool:
        name = ending.format(faulty.file.removesuffix(".xlsx"))
        if name in faulty.beside:
            return False
        faulty.beside[name] = content
        faulty.expect(code, file=name)
        return True

    return plant


def _without_stamp(faulty: FaultyReturn) -> bool:
    if faulty.file in faulty.touched:
        return False
    faulty.touched.add(faulty.file)
    faulty.expect("stamp_missing")

    def strip(parts: Parts) -> None:
        parts["docProps/custom.xml"] = re.sub(rb"<property .*</property>", b"", parts["docProps/custom.xml"])
        parts["xl/workbook.xml"] = re.sub(rb'<definedName name="xf_[^<]*</definedName>', b"", parts["xl/workbook.xml"])
        meta = part_of(parts, "_meta")
        parts[meta] = re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData/>", parts[meta])

    faulty.edits.append(strip)
    return True


def _two_stamps(faulty: FaultyReturn) -> bool:
    if faulty.file in faulty.touched:
        return False
    faulty.touched.add(faulty.file)
    faulty.expect("stamp_differs")

    def other(parts: Parts) -> None:
        whole = parts["docProps/custom.xml"].decode()
        parts["docProps/custom.xml"] = re.sub(r'(name="xlsflow.region"><vt:lpwstr>)[^<]+', r"\g<1>R299", whole).encode()

    faulty.edits.append(other)
    return True


def _older(faulty: FaultyReturn) -> bool:
    if faulty.file in faulty.touched:
        return False
    faulty.touched.add(faulty.file)
    faulty.expect("other_version")
    own, old = faulty.outgoing.stamp.fingerprint.encode(), b"0123456789ab"

    def age(parts: Parts) -> None:
        for name in ("docProps/custom.xml", "xl/workbook.xml", "xl/sharedStrings.xml", part_of(parts, "_meta")):
            parts[name] = parts[name].replace(own, old)

    faulty.edits.append(age)
    return True


IN_FILES: Mapping[str, Mistake] = {
    "still open in Excel": _beside("~${}.xlsx", b"\x05admin" + bytes(159), "file_is_lock"),
    "empty file": _beside("{} 空.xlsx", b"", "file_empty"),
    "half a file": _beside("{} 半.xlsx", HALF, "file_incomplete"),
    "PDF called xlsx": _beside("{} 扫描.xlsx", PDF, "file_is_pdf"),
    "web page called xls": _beside("{} 网页.xls", PAGE, "file_is_web_page"),
    "table of text called xls": _beside("{} 导出.xls", TABLE, "file_is_text"),
    "letter called xlsx": _beside("{} 说明.xlsx", WORD, "file_is_word"),
    "archive called xlsx": _beside("{} 打包.xlsx", ZIP, "file_is_archive"),
    "photo called xlsx": _beside("{} 照片.xlsx", PNG, "file_is_picture"),
    "another file": _beside("{} 附件.txt", b"see attachment", "other_file"),
    "another workbook": _beside("{} 通讯录.xlsx", files.workbook(), "foreign_file"),
    "sent twice": _beside("{}副本.xlsx", None, "file_twice"),
    "stamp lost": _without_stamp,
    "stamps of two": _two_stamps,
    "issued by an older version": _older,
}
"""Name of a mistake -> the function that makes it."""
