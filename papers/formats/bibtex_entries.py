"""A BibTeX file cut into its entries, and an entry into its fields.

Values come out as they are written inside their braces or quotes, with LaTeX and all: macros are
put in, ``#`` joins, nothing else is done. What is wrong with one entry stays with it: an entry
whose braces do not close ends where the next line opens another, and has a ``problem``.

Libraries were measured and not used: bibtexparser 2 loses what follows a ``%``, drops an entry
that repeats a field (Scopus does) and does not join with ``#``; pybtex loses the whole file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

UNCLOSED = (
    "The entry{named} is not closed: a brace or quote is missing. "
    "Add it, or export the entry again."
)
NO_FIELDS = "The entry{named} has no fields (name = {{value}}). Export it again."
_SPILLED: tuple[str, ...] = (
    "The braces of the entry do not match; each field was taken to the end of its line.",
)

_OPENING = re.compile(r"(?:^|(?<=[\r\n)}]))[ \t\ufeff]*(@[ \t]*([A-Za-z]+)\s*[{(])")
_NEXT_ENTRY = r"[\r\n][ \t]*@[ \t]*[A-Za-z]+[ \t]*[{(][^\r\n,={}]*,"
_MARK = re.compile(rf"\\.|[{{}}()\"]|{_NEXT_ENTRY}", re.DOTALL)
_NEWLINE = re.compile(r"\r\n?|\n")

_KEY = re.compile(r"\s*([^,={}\"\r\n]*?)\s*(?:,|$)")
_NAME = r"([A-Za-z][^\s={}\",#%()]*(?:[ \t]+\d+)?)\s*=\s*"  # Scopus writes "funding_text 1"
_FIELD = re.compile(_NAME)
_GAP = re.compile(r"[\s,]*")
_LINE_FIELD = re.compile(rf"(?:^|(?<=[\r\n]))[ \t,]*{_NAME}(?=[{{\"\w])")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
# A quote inside a quoted value ends it only where something that may follow a value follows.
_QUOTE_END = re.compile(r"\\.|[{}]|\"(?=\s*(?:[,#]|$)|\s*[\r\n])", re.DOTALL)
_BARE = re.compile(r"[^,#{}\"\r\n]+")
_JOIN = re.compile(r"\s*#\s*")


@dataclass(frozen=True, slots=True)
class BibEntry:
    """One ``@type{key, …}``. ``text`` holds the @string definitions that it uses, too."""

    kind: str
    key: str
    line: int
    text: str
    fields: Mapping[str, str] = field(default_factory=dict)
    problem: str | None = None
    remarks: tuple[str, ...] = ()


LONGEST_MACRO = 10_000
"""Characters of a macro's value and definitions. Macros made of macros double at each step:
without a limit forty lines would fill any memory. A longer one stays a word."""

MOST_PARTS = 100
"""Parts of one value up to which macros are put in."""


@dataclass(frozen=True, slots=True)
class _Macro:
    value: str
    definition: str
    """Its own @string and, before it, those it is made of."""


def entries(text: str) -> Iterator[BibEntry]:
    """Every entry but @string, @comment and @preamble, which are no references."""
    macros: dict[str, _Macro] = {}
    at, counted, line = 0, 0, 1
    while opening := _OPENING.search(text, at):
        start, kind = opening.start(1), opening.group(2).lower()
        line += len(_NEWLINE.findall(text, counted, start))
        counted = start
        end, is_closed = _end_of_entry(text, opening.end(1))
        if kind == "string" and is_closed:
            macros.update(_definitions(text[start:end], macros))
        elif kind not in ("string", "comment", "preamble"):
            end, spills = _with_spill(text, end) if is_closed else (end, False)
            yield _entry(kind, text[start:end].rstrip(), line, macros, is_closed, spills)
        at = end


def _end_of_entry(text: str, at: int) -> tuple[int, bool]:
    """(where the entry ends, whether its own brace closes it)."""
    closing = "}" if text[at - 1] == "{" else ")"
    depth, is_quoted = 0, False
    for mark in _MARK.finditer(text, at):
        found = mark.group()
        if found == closing and depth == 0 and not is_quoted:
            return mark.end(), True
        if found == "{":
            depth += 1
        elif found == "}":
            depth = max(depth - 1, 0)
        elif found == '"':
            # Only in "@article(…)" can the closing sign stand in quotes.
            is_quoted = closing == ")" and depth == 0 and not is_quoted
        elif found[0] in "\r\n":
            return mark.start(), False
    return len(text), False


def _with_spill(text: str, end: int) -> tuple[int, bool]:
    """(the entry's end, whether fields follow its closing brace).

    EBSCO's keywords may hold a brace too many, which closes the entry before its last fields.
    """
    following = _OPENING.search(text, end)
    stop = following.start(1) if following else len(text)
    return (stop, True) if _LINE_FIELD.search(text, end, stop) else (end, False)


def _entry(
    kind: str, text: str, line: int, macros: Mapping[str, _Macro], is_closed: bool, spills: bool
) -> BibEntry:
    body = _body(text, is_whole=is_closed and not spills)
    found = _KEY.match(body)
    key = found.group(1) if found else ""
    named = f" '{key[:60]}'" if key else ""
    if not is_closed:
        return BibEntry(kind, key, line, text, problem=UNCLOSED.format(named=named))
    rest = body[found.end() :] if found else body
    used: dict[str, _Macro] = {}
    if spills:
        fields, remarks = dict(_fields_by_line(rest)), _SPILLED
    else:
        fields, remarks = _fields(rest, macros, used)
    if not fields:
        return BibEntry(kind, key, line, text, problem=NO_FIELDS.format(named=named))
    definitions = "".join(dict.fromkeys(macro.definition for macro in used.values()))
    return BibEntry(kind, key, line, definitions + text, fields, remarks=remarks)


def _body(text: str, *, is_whole: bool) -> str:
    """What stands inside the entry's own braces."""
    inside = re.sub(r"^@[ \t]*[A-Za-z]+\s*[{(]", "", text)
    return inside[:-1] if is_whole else inside


def _definitions(text: str, macros: Mapping[str, _Macro]) -> dict[str, _Macro]:
    used: dict[str, _Macro] = {}
    fields, _ = _fields(_body(text, is_whole=True), macros, used)
    before = "".join(dict.fromkeys(macro.definition for macro in used.values()))
    definition = f"{before}{text}\n"
    return {
        name: _Macro(value, definition)
        for name, value in fields.items()
        if len(value) + len(definition) <= LONGEST_MACRO
    }


def _fields(
    body: str, macros: Mapping[str, _Macro], used: dict[str, _Macro]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Names in lower case to values; of a repeated field the first that says anything."""
    fields: dict[str, str] = {}
    remarks: list[str] = []
    at = _end_of_gap(body, 0)
    while at < len(body):
        found = _FIELD.match(body, at)
        if not found:
            following = _LINE_FIELD.search(body, at + 1)
            stop = following.start() if following else len(body)
            junk = " ".join(body[at:stop].split()).rstrip(" ,")
            remarks.append(f"'{junk[:80]}' is no field and was left out.")
            at = _end_of_gap(body, stop)
            continue
        value, at = _value(body, found.end(), macros, used)
        name = found.group(1).lower()
        if not fields.get(name, "").strip():
            fields[name] = value
        at = _end_of_gap(body, at)
    return fields, tuple(remarks)


def _end_of_gap(body: str, at: int) -> int:
    """Where the commas and spaces end that begin here."""
    gap = _GAP.match(body, at)
    return gap.end() if gap else at


def _value(
    body: str, at: int, macros: Mapping[str, _Macro], used: dict[str, _Macro]
) -> tuple[str, int]:
    """(the value that begins here, where it ends); a macro that nobody defined stays a word."""
    parts = []
    while True:
        opening = body[at : at + 1]
        if opening in ("{", '"'):
            end = _end_of_value(body, at + 1, opening)
            parts.append(body[at + 1 : end])
            at = end + 1
        elif bare := _BARE.match(body, at):
            word = bare.group().strip()
            macro = macros.get(word.lower())
            if macro and len(parts) < MOST_PARTS:
                used[word.lower()] = macro
                word = macro.value
            parts.append(word)
            at = bare.end()
        joined = _JOIN.match(body, at)
        if not joined:
            return "".join(parts), at
        at = joined.end()


def _end_of_value(body: str, at: int, opening: str) -> int:
    """Where the delimiter that ends the value stands; the end of the body where none does."""
    depth = 0
    for mark in (_BRACE if opening == "{" else _QUOTE_END).finditer(body, at):
        found = mark.group()
        if found == "{":
            depth += 1
        elif found == '"' and depth == 0:
            return mark.start()
        elif found == "}":
            if depth == 0 and opening == "{":
                return mark.start()
            depth = max(depth - 1, 0)
    return len(body)


def _fields_by_line(body: str) -> Iterator[tuple[str, str]]:
    marks = list(_LINE_FIELD.finditer(body))
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        value = body[mark.end() : following.start() if following else len(body)].strip()
        if not following:
            value = re.sub(r"\s*[})]$", "", value)
        value = value.rstrip(", \t\r\n")
        is_delimited = value[:1] in ("{", '"') and value[-1:] in ("}", '"')
        yield mark.group(1).lower(), value[1:-1] if is_delimited else value
