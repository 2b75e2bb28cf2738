"""Names and lists in BibTeX's grammar, where braces keep together what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from papers.formats.bibtex_text import plain_from_latex, to_latex
from papers.formats.spreadsheet.cells import person_from
from papers.formats.text import initials_of
from papers.identifiers import normalise_orcid
from papers.records import AuthorName

_AND = re.compile(r"\\.|[{}]|(?<!\s)\s+and(?=\s)", re.DOTALL | re.IGNORECASE)
_WORD_END = re.compile(r"\\.|[{}]|\s+|(?<=[^\s\\])~", re.DOTALL)
_COMMA = re.compile(r"\\.|[{}]|,", re.DOTALL)
_SEMICOLON = re.compile(r"\\.|[{}]|;", re.DOTALL)
_COMMA_OR_LINE = re.compile(r"\\.|[{}]|,|\r?\n\s*\r?\n", re.DOTALL)
_SUFFIX = re.compile(r"^(?:jr|sr|ii|iii|iv|2nd|3rd|4th)\.?$", re.IGNORECASE)


def authors(value: str | None, remarks: list[str]) -> tuple[AuthorName, ...]:
    """The people of an ``author`` or ``editor`` value; a remark where it ends in "others"."""
    people = []
    for name in _names(value or ""):
        if name.lower() == "others":
            remarks.append("The list of authors is cut short with 'and others'.")
        elif person := _author(name):
            people.append(person)
    return tuple(people)


def _names(value: str) -> Iterator[str]:
    for name in split_outside_braces(value, _AND):
        inner = _inside_braces(name)
        if inner and len(parts := _persons_of_a_braced_list(inner)) > 1:
            yield from parts  # Web of Science puts the whole list into braces once more
        else:
            yield name


def _persons_of_a_braced_list(inner: str) -> Sequence[str]:
    parts = split_outside_braces(inner, _AND)
    return parts if all("," in part for part in parts) else ()


def _author(name: str) -> AuthorName | None:
    if inner := _inside_braces(name):
        group = plain_from_latex(inner)
        return AuthorName(group, is_collective=True) if group else None
    parts = [plain_from_latex(part) for part in split_outside_braces(name, _COMMA)]
    if len(parts) > 1 or name.endswith(","):
        return _inverted([part for part in parts if part])
    return _in_reading_order(name)


def _inverted(parts: list[str]) -> AuthorName | None:
    """ "von Family, Given" or "von Family, Jr, Given"."""
    if not parts:
        return None
    family, *rest = parts
    suffix = next((part for part in rest if _SUFFIX.match(part)), None)
    given = ", ".join(part for part in rest if part != suffix) or None
    name = f"{family}, {given}" if given else family
    return AuthorName(name, family, given, initials_of(given), suffix)


def _in_reading_order(name: str) -> AuthorName | None:
    """ "Given von Family": the last word, those in small letters before it, and its braces."""
    words = [plain_from_latex(word) or "" for word in split_outside_braces(name, _WORD_END)]
    display = " ".join(filter(None, words))
    if not display:
        return None
    is_plain = " " not in words[-1] and not any(word[:1].islower() for word in words[1:-1])
    if is_plain or len(words) < 2:
        return person_from(display)
    start = next((at for at in range(1, len(words) - 1) if words[at][:1].islower()), len(words) - 1)
    given, family = " ".join(words[:start]), " ".join(words[start:])
    return AuthorName(display, family, given)


def split_outside_braces(value: str, separator: re.Pattern[str]) -> list[str]:
    """The parts between separators at brace depth 0, trimmed, none of them empty.

    ``separator`` also matches braces and escapes, which are counted and passed over.
    """
    parts, depth, start = [], 0, 0
    for mark in separator.finditer(value):
        found = mark.group()
        if found == "{":
            depth += 1
        elif found == "}":
            depth = max(depth - 1, 0)
        elif depth == 0 and not found.startswith("\\"):
            parts.append(value[start : mark.start()])
            start = mark.end()
    parts.append(value[start:])
    return [part for part in map(str.strip, parts) if part]


def _inside_braces(text: str) -> str | None:
    """What one pair of braces holds if it holds everything, else None."""
    if not (text.startswith("{") and text.endswith("}")):
        return None
    depth = 0
    for mark in re.finditer(r"\\.|[{}]", text, re.DOTALL):
        depth += {"{": 1, "}": -1}.get(mark.group(), 0)
        if depth == 0 and mark.end() < len(text):
            return None
    return text[1:-1].strip()


def terms(value: str | None) -> tuple[str, ...]:
    """Keywords parted by semicolons; where there is none by commas or blank lines."""
    text = value or ""
    while inner := _inside_braces(text.strip()):
        if not split_outside_braces(inner, _SEMICOLON)[1:]:
            break
        text = inner
    parts = split_outside_braces(text, _SEMICOLON)
    if len(parts) < 2 and not text.rstrip().endswith(";"):
        parts = split_outside_braces(text, _COMMA_OR_LINE)
    found = (plain_from_latex(part) for part in parts)
    return tuple(dict.fromkeys(term for term in found if term))


def with_orcids(people: tuple[AuthorName, ...], value: str | None) -> tuple[AuthorName, ...]:
    """Web of Science's ORCID-Numbers: "Writer, Julia/0000-0002-…" one below the other."""
    orcids: Mapping[str, str | None] = {
        (plain_from_latex(name) or "").lower(): normalise_orcid(number)
        for name, _, number in (part.rpartition("/") for part in re.split(r"[\r\n;]+", value or ""))
    }
    return tuple(_with_orcid(person, orcids.get(person.name.lower())) for person in people)


def _with_orcid(person: AuthorName, orcid: str | None) -> AuthorName:
    if not orcid:
        return person
    return AuthorName(
        person.name, person.family, person.given, person.initials, person.suffix, orcid=orcid
    )


def to_names(people: Sequence[AuthorName]) -> str:
    """The value of an ``author`` field, which ``authors`` reads back."""
    return " and ".join(_to_name(person) for person in people)


def _to_name(person: AuthorName) -> str:
    if person.is_collective or not person.family:
        return f"{{{to_latex(person.name)}}}"
    given = person.given or person.initials
    if given and person.name == f"{given} {person.family}":
        return _in_given_order(given, person.family)
    parts = [_protected(part) for part in (person.family, person.suffix, given) if part]
    # The last comma tells a family name of two words from a given name and a family name.
    return ", ".join(parts) if len(parts) > 1 or " " not in person.family else f"{parts[0]},"


def _in_given_order(given: str, family: str) -> str:
    """Braces keep a family name of several words whole, and any name with a comma or an "and"."""
    last = f"{{{to_latex(family)}}}" if " " in family else _protected(family)
    return f"{_protected(given)} {last}"


def _protected(part: str) -> str:
    """Braces where a comma or an "and" is part of the name."""
    latex = to_latex(part)
    return f"{{{latex}}}" if "," in part or re.search(r"\band\b", part, re.IGNORECASE) else latex


def to_terms(words: Sequence[str]) -> str:
    """The value of a ``keywords`` field, which ``terms`` reads back."""
    protected = [f"{{{to_latex(word)}}}" if ";" in word else to_latex(word) for word in words]
    # Behind a lone keyword the semicolon says that its comma parts nothing.
    needs_end = len(words) == 1 and any(sign in words[0] for sign in ",;")
    return "; ".join(protected) + (";" if needs_end else "")
