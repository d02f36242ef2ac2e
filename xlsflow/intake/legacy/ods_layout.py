"""Takes the indentation out of an .ods: calamine (0.9.1) refuses white space between cells, which Gnumeric writes."""

from __future__ import annotations

import io
import re
import zipfile

# White space between two tags that is no text: inside a paragraph there are only tags of texts.
_INDENTATION = re.compile(
    rb"(?<=>)\s+(?=</?(?!/?text:)[A-Za-z])|(?<=</text:p>)\s+(?=<)|(?<=>)\s+(?=<text:(?:p|h|list)[ />])"
)


def without_indentation(data: bytes, content: bytes, needed: dict[str, bytes]) -> bytes:
    """Return an .ods without indentation; the same bytes if there is none.

    Args:
        data: The whole file.
        content: Its `content.xml`.
        needed: The other parts that calamine reads.
    """
    plain = _INDENTATION.sub(b"", content)
    if plain == content:
        return data
    stream = io.BytesIO()
    # Stored, not compressed: only calamine reads it, from memory.
    with zipfile.ZipFile(stream, "w") as archive:
        for name, part in (*needed.items(), ("content.xml", plain)):
            archive.writestr(name, part)
    return stream.getvalue()
