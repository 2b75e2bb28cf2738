"""The small grammar of one spreadsheet cell: lists, people, and what must not run as a formula.

A list is written with "; " between its items. Where that would not be read back as the same
list (an item holds a semicolon), it is written as a JSON list instead; so is anything else whose
readable form is ambiguous. ``split_list`` also reads Python's list literals, which data frames
leave in their CSV ("['Marx, Karl', 'Lindgren, Astrid']").
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterable, Sequence

from papers.formats.text import author_from_display, author_from_inverted, clean
from papers.records import AuthorName

# OWASP "CSV injection": these begin a formula, the last four in full-width form for Excel's
# Japanese and Chinese editions.
_FORMULA = re.compile("^'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def disarm(text: str) -> str:
    """The text with a leading apostrophe where a spreadsheet would run it."""
    return f"'{text}" if _FORMULA.match(text) else text


def rearm(text: str) -> str:
    """``disarm`` undone; an apostrophe that protects nothing belongs to the text."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def literal_list(text: str) -> list[object] | None:
    """The list that a cell spells out in JSON or Python, or None."""
    if not (text.startswith("[") and text.endswith("]")):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            return None
    return value if isinstance(value, list) else None


def join_list(items: Sequence[str]) -> str:
    """The items in one cell, such that ``split_semicolons`` gives them back."""
    text = "; ".join(items)
    return text if split_semicolons(text) == tuple(items) else as_json(list(items))


def split_semicolons(text: str) -> tuple[str, ...]:
    """The items of a cell that ``join_list`` wrote."""
    literal = literal_list(text)
    parts = text.split(";") if literal is None else filter(_is_scalar, literal)
    return tuple(item for item in map(clean, parts) if item)


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int | float)


def split_list(text: str | None) -> tuple[str, ...]:
    """The items of a cell parted by semicolons, bars, line ends or, failing those, commas."""
    whole = (text or "").strip()
    literal = literal_list(whole)
    if literal is not None:
        items: Iterable[object] = filter(_is_scalar, literal)
    else:
        items = _separated(whole)
    return tuple(item for item in map(clean, items) if item)


def _separated(text: str) -> list[str]:
    for separator in (";", "|", "\n"):
        if separator in text:
            return text.split(separator)
    return _outside_brackets(text)


def _outside_brackets(text: str) -> list[str]:
    """Parted at commas that stand in no bracket: "cyst (diagnosis, surgery), human"."""
    depth, start, parts = 0, 0, []
    for place, char in enumerate(text):
        if char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif char == "," and depth <= 0 and text[place + 1 : place + 2] in (" ", ""):
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def json_list(cell: str) -> list[object]:
    """The JSON list in a cell; an empty one from anything else."""
    value = _from_json(cell)
    return value if isinstance(value, list) else []


def json_object(cell: str) -> dict[str, object]:
    """The JSON object in a cell; an empty one from anything else."""
    value = _from_json(cell)
    return value if isinstance(value, dict) else {}


def _from_json(cell: str) -> object:
    try:
        return json.loads(cell) if cell else None
    except (ValueError, RecursionError):
        return None


# -- People ------------------------------------------------------------------------------------

_INITIALS = re.compile(r"^(?:[^\W\d_]\.?-?){1,4}$")
_SUFFIX = re.compile(r"^(?:Jr|Sr|II|III|IV|2nd|3rd|4th)\.?$", re.IGNORECASE)
_GROUP = re.compile(
    r"\b(?:groups?|study|trial|consortium|committee|collaborat\w+|network|society|association|"
    r"investigators|working|institute|university|organi[sz]ation|foundation|federation|alliance|"
    r"agency|council|team|department|programme?|cent(?:er|re)|registry)\b",
    re.IGNORECASE,
)
_AUTHOR_ID = re.compile(r"\s*\(\d{8,}\)$")
_NOBODY = re.compile(r"^(?:\[?no author.*|et al\.?|anonymous|\[?anon\.?\]?|n/?a)$", re.IGNORECASE)


def split_people(text: str | None) -> tuple[AuthorName, ...]:
    """The people of one cell, in order, however their names are parted.

    >>> [person.name for person in split_people("Smith A, Walter B")]
    ['Smith A', 'Walter B']
    >>> [person.name for person in split_people("Di Carlo, Daniela; Poli, Elena")]
    ['Di Carlo, Daniela', 'Poli, Elena']
    """
    people = map(person_from, _names(text))
    return tuple(person for person in people if person)


def person_from(name: str | None) -> AuthorName | None:
    """One name in any order: "Marx, Karl", "Liu R.", "Daniela Di Carlo", a group."""
    written = _AUTHOR_ID.sub("", clean(name) or "").strip(" ,;")
    if not written or _NOBODY.match(written):
        return None
    if _GROUP.search(written):
        return AuthorName(written, is_collective=True)
    if "," in written:
        return author_from_inverted(written)
    family, initials, suffix = _family_and_initials(written)
    if initials:
        given = "".join(initials)
        return AuthorName(written, family, given, given.replace(".", ""), suffix)
    return author_from_display(written)


def _family_and_initials(name: str) -> tuple[str, list[str], str | None]:
    """("Smith", ["J.", "A."], "Jr") of "Smith J. A. Jr"; no initials in "Karl Marx"."""
    words = name.split()
    suffix = words.pop() if len(words) > 2 and _SUFFIX.match(words[-1]) else None
    initials: list[str] = []
    while len(words) > 1 and _are_initials(words[-1]):
        initials.append(words.pop())
    return " ".join(words), initials[::-1], suffix


def _are_initials(word: str) -> bool:
    return bool(_INITIALS.match(word)) and word == word.upper()


def _names(text: str | None) -> Sequence[str]:
    whole = (text or "").strip()
    literal = literal_list(whole)
    if literal is not None:
        return [item for item in literal if isinstance(item, str)]
    for separator in (";", "|", "\n"):
        if separator in whole:
            return whole.split(separator)
    joined = re.split(r"\s*,?\s+(?:and|&)\s+", " ".join(whole.split()))
    if len(joined) > 1:
        is_one_each = all(part.count(",") <= 1 for part in joined) and "," in joined[-1]
        return joined if is_one_each else [n for part in joined for n in _from_commas(part)]
    return _from_commas(whole)


def _from_commas(text: str) -> Sequence[str]:
    """Names parted by commas, where the commas may also stand inside of names."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) < 2:
        return parts
    if _share(parts, lambda part: _family_and_initials(part)[1]) > 0.5:
        return parts
    givens = parts[1::2]
    if len(parts) % 2 == 0 and len(parts) > 2 and all(map(_are_only_initials, givens)):
        return [f"{family}, {given}" for family, given in zip(parts[::2], givens, strict=True)]
    if len(parts) == 2 and (" " not in parts[1] or " " not in parts[0]):
        return [text]
    return parts if _share(parts, lambda part: " " in part) >= 0.5 else [text]


def _are_only_initials(text: str) -> bool:
    return all(map(_are_initials, text.split()))


def _share(parts: Sequence[str], test: Callable[[str], object]) -> float:
    return sum(1 for part in parts if test(part)) / len(parts)
