"""Real files with answer keys through the whole house: import, library, export as JSON lines.

Each key states facts about the records of a file. A fact holds when the exported line of that
record's paper says it. The readers' own tests compare Records; this one shows that nothing is lost
between bytes and export.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from papers.formats.text import normalise_pages
from papers.identifiers import normalise_doi
from papers.models import Paper, SourceRecord
from papers.services.exporting import write_export
from papers.services.imports import run_import, store_upload

Line = dict[str, Any]

FOLDERS = (
    "pubmed/baseline_slices",
    "pubmed/biopython_eutils",
    "pubmed/jabref",
    "pubmed/metapub_efetch",
    "pubmed/metapub_other",
    "nbib/biopython",
    "nbib/jabref",
    "nbib/nbib",
    "ris/asreview",
    "ris/colrev",
    "ris/jabref",
    "ris/rispy",
    "bibtex/colrev",
    "endnote/jabref",
    "endnote/colrev",
)

pytestmark = pytest.mark.long

WRONG_KEYS = {
    # "%0" stands second in these records, so the key's cut at it is one record late.
    ("endnote/colrev", "type"),
    ("endnote/colrev", "n_authors"),
}

NOT_OF_THE_PAPER = {"kind", "type", "key", "dp", "ref_type"}
"""How the source's file writes it; the readers' own tests compare these."""


@pytest.mark.django_db
@pytest.mark.parametrize("folder", FOLDERS)
def test_every_fact_of_the_keys_is_in_the_export(shared: Path, folder: str, count_facts):
    held, failures = 0, []
    path = shared / "payloads" / folder
    for name, key in json.loads((path / "expected.json").read_text()).items():
        if "records" not in key:
            continue
        lines = imported(path / name)
        if len(lines) != len(key["records"]) and not key.get("ambiguous"):
            failures.append(f"{name}: {len(lines)} records, expected {len(key['records'])}")
        for line, facts in zip(lines, key["records"], strict=False):
            for fact, expected in facts.items():
                if fact in NOT_OF_THE_PAPER or (folder, fact) in WRONG_KEYS:
                    continue
                if holds(fact, line, expected):
                    held += 1
                else:
                    said = FACTS[fact](line)
                    failures.append(f"{name} {fact}: {said!r}, expected {expected!r}")

    count_facts(held, held + len(failures))
    assert not failures, f"{held} of {held + len(failures)} facts\n" + "\n".join(failures)
    assert held


def imported(path: Path) -> list[Line]:
    """The exported line of each record of a file, in the order of the file."""
    before = SourceRecord.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    job = store_upload(name=path.name, chunks=[path.read_bytes()], by=None)
    job = run_import(job.pk) or job
    assert job.state == "done", f"{path.name}: {job.error}"
    records = SourceRecord.objects.filter(pk__gt=before).order_by("pk")
    papers = list(records.values_list("paper_id", flat=True))
    exported = b"".join(write_export("jsonl", Paper.objects.filter(pk__in=papers)))
    by_id = {line["id"]: line for line in map(json.loads, exported.splitlines())}
    return [by_id[pk] for pk in papers]


@pytest.mark.django_db
def test_semantic_scholar_papers_are_all_there_with_their_facts(shared: Path, count_facts):
    held, failures = 0, []
    for folder in ("semantic_scholar/semanticscholar", "semantic_scholar/paper_qa"):
        path = shared / "payloads" / folder
        for name, key in json.loads((path / "expected.json").read_text()).items():
            wanted = [
                paper
                for exchange in key["interactions"]
                if exchange.get("n_papers")
                for paper in (exchange["first"], exchange["last"])
            ]
            if not wanted:
                continue
            imported(path / name)
            for facts in wanted:
                for fact, said, expected in _s2_facts(facts):
                    if said == expected:
                        held += 1
                    else:
                        failures.append(f"{name} {fact}: {said!r}, expected {expected!r}")

    count_facts(held, held + len(failures))
    assert not failures, f"{held} of {held + len(failures)} facts\n" + "\n".join(failures)
    assert held


def _s2_facts(facts: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """(fact, what the library says, what the key says) for one paper of a recorded reply."""
    if not facts.get("paperId"):
        return
    papers = Paper.objects.filter(semantic_scholar_id=facts["paperId"])
    (line,) = map(json.loads, b"".join(write_export("jsonl", papers)).splitlines())
    names = [author["name"] for author in line["authors"]]
    said = {
        "title": line["title"],
        "year": line["year"],
        "first_author": names[0] if names else None,
        "last_author": names[-1] if names else None,
        "n_authors": len(names),
    }
    for fact, value in said.items():
        if fact in facts:
            expected = " ".join(facts[fact].split()) if fact == "title" else facts[fact]
            yield fact, value, expected


@pytest.mark.django_db
def test_seed_record_is_the_review_it_describes(shared: Path):
    (line,) = imported(shared / "payloads/seed/aggregator_record.json")

    assert line["doi"] == "10.1080/14656566.2025.2484319"
    assert len(line["authors"]) == 4
    assert [part["label"] for part in line["abstract_sections"]] == [
        "Introduction",
        "Areas covered",
        "Expert opinion",
    ]
    (metric,) = line["journal"]["metrics"]
    assert (metric["jcr_quartile"], metric["impact_factor"], metric["cas_zone"]) == ("Q3", 2.5, 3)


def holds(fact: str, line: Line, expected: Any) -> bool:
    said = FACTS[fact](line)
    if fact == "trap_first_reference_doi":
        return said != expected.lower()
    if expected is None:
        return said in (None, "", [])
    match fact:
        case "doi":
            return said == normalise_doi(expected)
        case "title" | "title_raw" | "book_title":
            return bare(said) == bare(expected)
        case "first_author" | "last_author" if isinstance(expected, str):
            return bare(said["name"]) == bare(expected)
        case "first_author" | "last_author":
            return {key: value for key, value in said.items() if key in expected} == expected
        case "journal_candidates":
            return bare(said) in {bare(value) for value in expected.values()}
        case "journal" | "journal_raw" | "secondary_title" | "periodical":
            return bare(said) == bare(expected)
        case "pages":
            return said == normalise_pages(*expected if isinstance(expected, list) else [expected])
        case "pub_types" | "mesh_major":
            return sorted(said) == sorted(expected)
    return said == expected


def bare(text: str | None) -> str:
    """Letters and digits only: commas, dots, braces and entities are the file's, not the paper's."""
    text = re.sub(r"&apos;|\\.|<[^>]+>", "", text or "")
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _person(place: int) -> Callable[[Line], dict[str, Any]]:
    def name(line: Line) -> dict[str, Any]:
        author = line["authors"][place]
        return {
            "name": author["name"],
            "collective": author["name"] if author["is_collective"] else None,
            "last": author["family"],
            "fore": author["given"],
            "initials": author["initials"],
            "suffix": author["suffix"],
        }

    return name


def _journal(field: str) -> Callable[[Line], Any]:
    return lambda line: (line["journal"] or {}).get(field)


def _part(iso: str | None, place: int) -> int | None:
    parts = (iso or "").split("-")
    return int(parts[place]) if len(parts) > place and parts[place] else None


def _container(line: Line) -> str | None:
    """The journal, or the book that a chapter stands in."""
    return _journal("title")(line) or (line["book"] or {}).get("title")


FACTS: dict[str, Callable[[Line], Any]] = {
    "pmid": lambda line: line["pmid"],
    "pmid_version": lambda line: str(line["pmid_version"]),
    "doi": lambda line: line["doi"],
    "pmc": lambda line: line["pmcid"],
    "pii": lambda line: line["other_ids"].get("pii"),
    "accession": lambda line: line["other_ids"].get("wos"),
    "title": lambda line: line["title"],
    "title_raw": lambda line: line["title"],
    "title_markup": lambda line: [
        mark for mark in ("b", "i", "sub", "sup", "u") if f"<{mark}>" in line["title_html"]
    ],
    "journal": _container,
    "journal_raw": _container,
    "secondary_title": _container,
    "periodical": _container,
    "journal_candidates": _container,
    "iso": _journal("iso_abbreviation"),
    "ta": _journal("iso_abbreviation"),
    "issn": lambda line: line["journal"]["issn_electronic"] or line["journal"]["issn_print"],
    "issn_linking": _journal("issn_linking"),
    "nlm_id": _journal("nlm_id"),
    "volume": lambda line: line["volume"],
    "issue": lambda line: line["issue"],
    "pages": lambda line: line["pages"],
    "year": lambda line: line["year"],
    "month": lambda line: _part(line["publication_date"], 1),
    "day": lambda line: _part(line["publication_date"], 2),
    "season": lambda line: line["publication_date_text"],
    "article_dates": lambda line: [line["electronic_date"]],
    "languages": lambda line: line["language"],
    "lang": lambda line: line["language"],
    "pub_types": lambda line: line["publication_types"],
    "has_abstract": lambda line: bool(line["abstract"]),
    "abstract_labels": lambda line: [part["label"] for part in line["abstract_sections"]],
    "abstract_chars": lambda line: len(
        " ".join(part["text"] for part in line["abstract_sections"])
    ),
    "n_mesh": lambda line: len(line["mesh_headings"]),
    "mesh_major": lambda line: [h["descriptor"] for h in line["mesh_headings"] if h["is_major"]],
    "n_mesh_qualifiers": lambda line: sum(len(h["qualifiers"]) for h in line["mesh_headings"]),
    "n_grants": lambda line: len(line["grants"]),
    "n_references": lambda line: line["reference_count"],
    "n_keywords": lambda line: len(line["keywords"]),
    "n_other_terms": lambda line: len(line["keywords"]),
    "n_kw": lambda line: len(line["keywords"]),
    "n_chemicals": lambda line: len(line["substances"]),
    "n_orcid": lambda line: sum(1 for author in line["authors"] if author["orcid"]),
    "n_collective": lambda line: sum(1 for author in line["authors"] if author["is_collective"]),
    "n_authors": lambda line: len(line["authors"]),
    "first_author": _person(0),
    "last_author": _person(-1),
    "status": lambda line: line["medline_status"],
    "publication_status": lambda line: line["publication_status"],
    "relations": lambda line: [
        [link["type"].replace("_", " ").title().replace(" ", ""), link["pmid"]]
        for link in line["related"]
    ],
    "bookaccession": lambda line: line["book"]["accession"],
    "book_title": lambda line: line["book"]["title"],
    "publisher": lambda line: line["book"]["publisher"],
    "book_year": lambda line: _part(line["book"]["publication_date"], 0),
    "contribution_date": lambda line: line["year"],
    "isbn": lambda line: line["book"]["isbns"],
    "trap_first_reference_doi": lambda line: line["doi"],
}
