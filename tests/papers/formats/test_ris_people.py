"""Authors of RIS records, and whose address is whose."""

from __future__ import annotations

import pytest

from papers.formats import InputFile, read
from papers.records import Record


def one(*lines: str) -> Record:
    content = "\n".join(("TY  - JOUR", "TI  - A title", *lines, "ER  - "))
    (entry,) = read(InputFile.from_bytes(content.encode()), "ris")
    assert isinstance(entry, Record), entry
    return entry


NAMES = {
    "Marx, Karl": ("Marx", "Karl", None, False),
    "Shannon,Claude E.": ("Shannon", "Claude E.", None, False),
    "Smith, John, Jr.": ("Smith", "John", "Jr.", False),
    "Liu R.": ("Liu", "R.", None, False),
    "Di Carlo, Daniela": ("Di Carlo", "Daniela", None, False),
    "Children's Oncology Group,": (None, None, None, True),
    "European Soft Tissue Sarcoma Group, EpSSG": (None, None, None, True),
}


@pytest.mark.parametrize(("written", "parts"), NAMES.items())
def test_name_is_taken_apart(written, parts):
    (author,) = one(f"AU  - {written}").authors

    assert (author.family, author.given, author.suffix, author.is_collective) == parts


def test_authors_are_read_from_one_line_or_many_tags():
    assert [a.name for a in one("AU  - Smith, J; Doe, A", "AU  - Poli, E").authors] == [
        "Smith, J",
        "Doe, A",
        "Poli, E",
    ]
    assert [a.name for a in one("A1  - Smith, J", "AU  - Smith, J", "AU  - Doe, A").authors] == [
        "Smith, J",
        "Doe, A",
    ]


def test_two_authors_of_the_same_name_are_two():
    assert len(one("AU  - Wang, Y", "AU  - Wang, Y").authors) == 2


def test_embase_addresses_go_to_the_authors_that_they_name():
    first, second, third = one(
        "A1  - Liu R.", "A1  - Adler D.G.", "A1  - Poli E.",
        "M1  - (Liu R.; Adler D.G., adler@example.org) Utah", "M1  - (Liu R.) Rome",
    ).authors  # fmt: skip

    assert (first.affiliations, second.affiliations, third.affiliations) == (
        ("Utah", "Rome"),
        ("Utah",),
        (),
    )


def test_address_goes_to_the_author_before_its_colon():
    first, second = one(
        "AU  - Smith, J", "AU  - Doe, A", "AD  - Doe, A: Rome", "AD  - Paris"
    ).authors

    assert (first.affiliations, second.affiliations) == ((), ("Rome",))
