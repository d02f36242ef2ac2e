"""Drops markup of other namespaces from Office Open XML and follows `mc:AlternateContent`, as spreadsheet programs do.

Source: ECMA-376 Part 3, Markup Compatibility and Extensibility. A namespace that is not understood is dropped whether
or not `mc:Ignorable` lists it: Excel refuses a file that does not, LibreOffice drops it, and no program shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

OnStart = Callable[[str, dict[str, str]], None]
OnEnd = Callable[[str], None]
OnText = Callable[[str], None]

_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_XML = "http://www.w3.org/XML/1998/namespace"
_SPREADSHEETS = frozenset(
    ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")
)
# Namespaces that parts of document properties use beside their own.
_OF_PROPERTIES = frozenset(
    (
        "http://purl.org/dc/terms/",
        "http://purl.org/dc/elements/1.1/",
        "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes",
        "http://purl.oclc.org/ooxml/officeDocument/docPropsVTypes",
    )
)
# How the namespaces begin of which Excel takes the `mc:Choice` that requires them; later ones it may not know.
_KNOWN_TO_EXCEL = (
    "http://schemas.microsoft.com/office/",
    "http://schemas.openxmlformats.org/",
    "http://purl.oclc.org/",
)
# How the namespaces end whose attributes name a relationship: the `r:id` of a sheet.
_RELATIONSHIPS = "/relationships"

_Scope = Mapping[str, str]


def declared_namespaces(attrs: Mapping[str, str], scope: _Scope) -> _Scope:
    """Return the namespaces by prefix inside an element; the default namespace has the prefix ""."""
    own = {name[6:]: uri for name, uri in attrs.items() if name == "xmlns" or name.startswith("xmlns:")}
    return {**scope, **own} if own else scope


def expanded_name(name: str, scope: _Scope) -> tuple[str, str]:
    """Return namespace and local name of an element; a prefix that is not declared counts as none."""
    prefix, _, local = name.rpartition(":")
    # No program opens such a file, so nothing else is shown than what is read.
    return scope.get(prefix, scope.get("", "")), local


@dataclass(slots=True)
class _Open:
    """An open element.

    Attributes:
        scope: Namespaces by prefix.
        unwrapped: Namespace and local name of ignorable elements whose content counts; `*` for all of a namespace.
        tag: Local name as it was reported; empty if the element is not reported, but its content is.
        alternatives: Whether it is an `mc:AlternateContent`.
        chosen: Whether one of its alternatives was taken.
    """

    scope: _Scope
    unwrapped: frozenset[tuple[str, str]]
    tag: str = ""
    alternatives: bool = False
    chosen: bool = False


class MarkupFilter:
    """Receives all elements of a part and passes on those that spreadsheet programs read."""

    def __init__(self, on_start: OnStart, on_end: OnEnd, on_text: OnText) -> None:
        """Take the handlers of what is passed on; names come without prefix."""
        self._on_start, self._on_end, self._on_text = on_start, on_end, on_text
        self._open: list[_Open] = []
        self._skipped = 0
        self._own: frozenset[str] = frozenset()

    def start(self, name: str, attrs: dict[str, str]) -> None:
        """Handle the start of an element."""
        if self._skipped:
            self._skipped += 1
            return
        above = self._open[-1] if self._open else _Open({"xml": _XML}, frozenset())
        scope = declared_namespaces(attrs, above.scope)
        space, local = expanded_name(name, scope)
        # The root decides what the part is: of a sheet only the sheet's namespace is read, of properties those beside
        # it too.
        if not self._open:
            self._own = _SPREADSHEETS if space in _SPREADSHEETS else _OF_PROPERTIES | {space}
        element = _Open(scope, above.unwrapped | _unwrapped(attrs, scope))
        if space == _COMPATIBILITY:
            self._start_alternative(local, attrs, above, element)
        # Only Choice and Fallback may lie there; programs skip anything else.
        elif above.alternatives:
            self._skipped = 1
        elif space in self._own:
            element.tag = local
            self._open.append(element)
            self._on_start(local, _known_attributes(attrs, scope))
        elif {(space, local), (space, "*")} & element.unwrapped:
            self._open.append(element)
        else:
            self._skipped = 1

    def _start_alternative(self, local: str, attrs: Mapping[str, str], above: _Open, element: _Open) -> None:
        """Handle the start of an `mc:AlternateContent` or of one of its alternatives: the first understood counts."""
        if local == "AlternateContent" and not above.alternatives:
            element.alternatives = True
            self._open.append(element)
            return
        wanted = [element.scope.get(prefix, "") for prefix in attrs.get("Requires", "").split()]
        understood = bool(wanted) and all(uri in self._own or uri.startswith(_KNOWN_TO_EXCEL) for uri in wanted)
        if above.alternatives and not above.chosen and (local == "Fallback" or (local == "Choice" and understood)):
            above.chosen = True
            self._open.append(element)
        else:
            self._skipped = 1

    def end(self, _name: str) -> None:
        """Handle the end of an element."""
        if self._skipped:
            self._skipped -= 1
            return
        tag = self._open.pop().tag
        if tag:
            self._on_end(tag)

    def text(self, run: str) -> None:
        """Handle text."""
        if not self._skipped and self._open and not self._open[-1].alternatives:
            self._on_text(run)


def _unwrapped(attrs: Mapping[str, str], scope: _Scope) -> frozenset[tuple[str, str]]:
    """Return what an `mc:ProcessContent` attribute lists: dropped elements whose content is kept."""
    listed = [
        value
        for name, value in attrs.items()
        if name.endswith(":ProcessContent") and expanded_name(name, scope)[0] == _COMPATIBILITY
    ]
    return frozenset(expanded_name(name, scope) for value in listed for name in value.split())


def _known_attributes(attrs: dict[str, str], scope: _Scope) -> dict[str, str]:
    """Return the attributes without prefix, and those that name a relationship; foreign ones are dropped."""
    if not any(":" in name for name in attrs):
        return attrs
    known = {name: value for name, value in attrs.items() if ":" not in name}
    for name, value in attrs.items():
        prefix, _, local = name.rpartition(":")
        if prefix and scope.get(prefix, _RELATIONSHIPS).endswith(_RELATIONSHIPS):
            known[local] = value
    return known
