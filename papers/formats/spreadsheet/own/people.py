"""Authors and editors: names in one cell, what else is known of each in the next ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TypeVar

from papers.formats.spreadsheet.cells import (
    as_json,
    join_list,
    json_list,
    json_object,
    person_from,
    split_semicolons,
)
from papers.formats.spreadsheet.own.group import Cells, Fields, Group, items_of, readable_or_json
from papers.formats.spreadsheet.own.structures import plain, structured
from papers.identifiers import normalise_orcid
from papers.records import AuthorName, Record

T = TypeVar("T")


def _write_authors(record: Record) -> Sequence[str]:
    people = record.authors
    return (
        join_list([person.name for person in people]),
        "; ".join(person.orcid or "" for person in people) if _any(people, "orcid") else "",
        _write_affiliations(people),
        _write_details(people),
    )


def _any(people: Sequence[AuthorName], name: str) -> bool:
    return any(getattr(person, name) for person in people)


def _write_affiliations(people: Sequence[AuthorName]) -> str:
    """One line an author; "-" for one without."""
    if not _any(people, "affiliations"):
        return ""
    lists = [person.affiliations for person in people]
    text = "\n".join(" | ".join(affiliations) or "-" for affiliations in lists)
    return text if _split_affiliations(text) == lists else as_json(lists)


def _split_affiliations(cell: str) -> list[tuple[str, ...]]:
    if cell.startswith("[["):
        return [tuple(map(str, item)) for item in json_list(cell) if isinstance(item, list)]
    lines = cell.replace("\r\n", "\n").split("\n") if cell else []
    return [() if line == "-" else tuple(line.split(" | ")) for line in lines]


def _write_details(people: Sequence[AuthorName]) -> str:
    """What the names alone do not tell, by the author's place from 1."""
    details = {
        str(place): plain(bare)
        for place, bare in enumerate(map(_bare, people), start=1)
        if person_from(bare.name) != bare
    }
    return as_json(details) if details else ""


def _bare(person: AuthorName) -> AuthorName:
    """The author without what has a column of its own."""
    return dataclasses.replace(person, orcid=None, affiliations=())


def _read_authors(cells: Cells, remarks: list[str]) -> Fields:
    details = json_object(cells["author_details"])
    people = [
        _detailed(name, details.get(str(place)))
        for place, name in enumerate(split_semicolons(cells["authors"]), start=1)
    ]
    orcids = _aligned(cells["author_orcids"].split(";"), people, "author_orcids", remarks)
    affiliations = _aligned(
        _split_affiliations(cells["author_affiliations"]), people, "author_affiliations", remarks
    )
    authors = (
        dataclasses.replace(person, orcid=normalise_orcid(orcid), affiliations=tuple(places or ()))
        for person, orcid, places in zip(people, orcids, affiliations, strict=True)
    )
    return {"authors": tuple(authors)}


def _detailed(name: str, details: object) -> AuthorName:
    """The details, as long as nobody has changed the name that they belong to."""
    if isinstance(details, dict) and details.get("name") == name:
        try:
            return structured(AuthorName, details)
        except TypeError:
            pass
    return person_from(name) or AuthorName(name)


def _aligned(
    items: Sequence[T], people: Sequence[AuthorName], column: str, remarks: list[str]
) -> Sequence[T | None]:
    """One item for each author, or none at all where somebody added or removed one."""
    if len(items) == len(people):
        return items
    if any(items):
        remarks.append(
            f"The cell {column} has {len(items)} items for {len(people)} authors; it was left out."
        )
    return [None] * len(people)


def write_people(people: tuple[AuthorName, ...]) -> str:
    return readable_or_json(join_list([p.name for p in people]), people, read_people)


def read_people(cell: str) -> tuple[AuthorName, ...]:
    found = items_of(AuthorName, cell)
    if found is not None:
        return found
    return tuple(filter(None, map(person_from, split_semicolons(cell))))


AUTHORS = Group(
    ("authors", "author_orcids", "author_affiliations", "author_details"),
    _write_authors,
    _read_authors,
)
