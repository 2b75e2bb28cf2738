"""Authors and editors of a RIS record, and whose address is whose."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator

from papers.formats.ris_values import Values
from papers.formats.spreadsheet.cells import person_from
from papers.formats.text import author_from_inverted, clean, plain_and_html
from papers.records import AuthorName

# Embase: "(Liu R.; Adler D.G., adler@example.org) Department of Gastroenterology, …".
_EMBASE_ADDRESS = re.compile(r"\(([^()]+)\)\s*(\S.*)", re.DOTALL)


def authors_of(values: Values) -> tuple[AuthorName, ...]:
    # Some write the first author into A1 and everybody into AU.
    first, others = values.all("A1"), values.all("AU")
    people = tuple(_people([*(text for text in first if text not in others), *others]))
    return _with_affiliations(people, values) if people else ()


def editors_of(values: Values) -> tuple[AuthorName, ...]:
    return tuple(_people(values.all("A2", "ED")))


def _people(texts: Iterable[str]) -> Iterator[AuthorName]:
    names = (name for text in texts for name in re.split(r"[;\n]", text))
    for name in filter(None, map(clean, names)):
        if person := person_of(plain_and_html(name)[0] or ""):
            yield person


def person_of(written: str) -> AuthorName | None:
    """ "Family, Given, Suffix", "Liu R.", a group; EndNote ends a group's name with a comma."""
    if written.endswith(","):
        name = written.rstrip(", ")
        return AuthorName(name, is_collective=True) if " " in name else person_from(name)
    before, comma, _ = written.partition(",")
    if not comma:
        return person_from(written)
    # "Soft Tissue Sarcoma Committee, Children's Oncology Group" is no family and given name.
    group = person_from(before) if before.count(" ") > 1 else None
    if group and group.is_collective:
        return AuthorName(written, is_collective=True)
    return author_from_inverted(written)


def _with_affiliations(people: tuple[AuthorName, ...], values: Values) -> tuple[AuthorName, ...]:
    """Addresses that name their authors; others only where there can be no doubt."""
    addresses = list(values.parts(r"\n", "AD"))
    found: dict[str, list[str]] = {}
    for names, address in (*_named_by_embase(values), *_named(addresses, people)):
        for name in names:
            found.setdefault(name, []).append(address)
    if not found and addresses and (len(people) == 1 or len(addresses) == 1):
        found[people[0].name] = addresses
    return tuple(
        dataclasses.replace(person, affiliations=tuple(dict.fromkeys(found[person.name])))
        if person.name in found
        else person
        for person in people
    )


def _named_by_embase(values: Values) -> Iterator[tuple[list[str], str]]:
    for text in values.each("M1"):
        if found := _EMBASE_ADDRESS.fullmatch(text):
            yield [name.partition(",")[0].strip() for name in found[1].split(";")], found[2]


def _named(
    addresses: Iterable[str], people: Iterable[AuthorName]
) -> Iterator[tuple[list[str], str]]:
    """ "Smith, John: Department of …", as PsycINFO and our own files write it."""
    names = {person.name for person in people}
    for text in addresses:
        name, colon, address = text.partition(": ")
        if colon and name in names and address:
            yield [name], address
