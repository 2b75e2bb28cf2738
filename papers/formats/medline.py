"""MEDLINE text, the "PubMed" format of PubMed's Save button (.nbib): a tag of up to four
letters, a hyphen, a value; lines indented by six spaces go on with it.

A record begins at its PMID line, whether or not a blank line stands before it. Records of other
databases in this format (ERIC) have no PMID and are parted by blank lines.

Bio.Medline reads the fields of a record. What it loses is read here: it runs repeated TI, LID and
IS lines into one, and forgets which author an AUID or AD line stands behind.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from Bio import Medline

from papers.formats import tag_keywords
from papers.formats.input import InputFile
from papers.formats.medline_parts import (
    Field,
    authors_of,
    compact_date,
    editors_of,
    grant,
    mesh_heading,
    published,
    related_of,
    substance,
)
from papers.formats.remarks import valid_or_remark
from papers.formats.text import (
    clean,
    language_code,
    normalise_pages,
    plain_and_html,
    sections_from_text,
)
from papers.identifiers import (
    find_issns,
    find_trial_ids,
    normalise_doi,
    normalise_pmcid,
    normalise_pmid,
)
from papers.records import Book, JournalName, Record, Rejected, Source

# The tag fills four columns. Only PMID is met without a space behind the hyphen; "HER2-positive"
# at the beginning of a line is text.
_TAG = re.compile(r"\ufeff?(?:(PMID) *-|(?=.{4}-(?: |$))([A-Z][A-Z0-9]{1,3}) *-)(.*)")
_ONCE = frozenset(("PMID", "OID", "OWN", "STAT", "TI", "BTI", "PMCR"))
_RUN_TOGETHER = frozenset(("TI", "BTI", "LID", "IS"))
"""Tags that may stand several times and that Bio.Medline makes one text of."""

_ID = re.compile(r"(?P<value>.*?)\s*\[(?P<kind>\w+)\]\s*$")
_CUT = "The record has no end: the file is cut off or damaged here. Export it again."
_KEPT_IDS = frozenset(("pii", "mid", "sici", "bookaccession", "pmcbook"))


@dataclass
class _Block:
    """The lines of one record so far, as they are and as fields."""

    line: int
    is_last: bool = False
    lines: list[str] = field(default_factory=list)
    parts: list[tuple[str, list[str]]] = field(default_factory=list)
    """Each tag with the lines of its text."""
    tags: set[str] = field(default_factory=set)

    @cached_property
    def fields(self) -> list[Field]:
        return [(tag, " ".join(filter(None, texts))) for tag, texts in self.parts]

    @cached_property
    def medline(self) -> Mapping[str, str | list[str]]:
        """The record as Bio.Medline reads it, from lines as MEDLINE itself writes them."""
        text = "".join(f"{tag:<4}- {value}\n" for tag, value in self.fields)
        record: Mapping[str, str | list[str]] = Medline.read(io.StringIO(text))  # type: ignore[no-untyped-call]
        return record

    @property
    def raw(self) -> bytes:
        return "\n".join(self.lines).strip("\n").encode()


def detect(head: str) -> int:
    tags = [found[1] or found[2] for found in map(_TAG.match, head.splitlines()) if found]
    if "TY" in tags or "ER" in tags:
        return 0
    if "PMID" in tags:
        return 95 if len(set(tags)) > 2 else 60
    is_medline = set(tags) & {"OWN", "STAT", "FAU", "PMCR", "JT", "DP", "PST"}
    return 70 if is_medline and set(tags) & {"TI", "BTI", "PT"} else 0


def read(file: InputFile) -> Iterator[Record | Rejected]:
    for block in _blocks(file.lines()):
        is_cut = block.is_last and file.problem is not None
        yield _rejected(block, _CUT) if is_cut else _entry(block)


def _blocks(lines: Iterable[tuple[int, str]]) -> Iterator[_Block]:
    block: _Block | None = None
    is_after_blank = False
    for number, line in lines:
        if not line.strip():
            is_after_blank = True
            if block:
                block.lines.append("")
            continue
        found = _TAG.match(line)
        tag = (found[1] or found[2]) if found else None
        if block is None or (tag and _begins_another(block, tag, is_after_blank)):
            if block:
                yield block
            block = _Block(number)
        _append(block, line, tag, found[3] if found else line)
        is_after_blank = False
    if block:
        block.is_last = True
        yield block


def _begins_another(block: _Block, tag: str, is_after_blank: bool) -> bool:
    if not block.tags:
        return True  # what stood before was no record
    if tag == "PMID":
        return True
    return is_after_blank and (tag in block.tags and tag in _ONCE)


def _append(block: _Block, line: str, tag: str | None, text: str) -> None:
    block.lines.append(line)
    if tag:
        block.tags.add(tag)
        block.parts.append((tag, [text.strip()]))
    elif block.parts:
        block.parts[-1][1].append(text.strip())


def _entry(block: _Block) -> Record | Rejected:
    if not block.tags:
        return _rejected(block, "No line here begins with a tag such as PMID-. Export it again.")
    record = _record(block)
    written = _first(block, "PMID")
    if written is not None and not record.pmid:
        return _rejected(block, f"PMID '{written[:80]}' is not a PMID. Correct it or look it up.")
    if not (record.pmid or record.title or record.doi):
        return _rejected(block, "The record has neither a PMID, nor a title, nor a DOI.")
    return record


def _rejected(block: _Block, reason: str) -> Rejected:
    return Rejected(position=0, line=block.line, raw=block.raw.decode(), reason=reason)


def _record(block: _Block) -> Record:
    remarks: list[str] = []
    pmid = normalise_pmid(_first(block, "PMID"))
    title, title_html = plain_and_html(_first(block, "TI") or _first(block, "BTI"))
    if len(_all(block, "TI")) > 1:
        remarks.append("The record has more than one title; the first one is used.")
    keywords, tags = tag_keywords.split(_keywords(block))
    revised = compact_date(_first(block, "LR"))
    record = Record(
        # A record without a PMID comes from another database that writes the same format.
        source=Source.PUBMED if pmid else Source.FILE,
        source_id=pmid,
        raw=block.raw,
        line=block.line,
        doi=_doi(block, remarks),
        pmid=pmid,
        pmcid=valid_or_remark("PMCID", _first(block, "PMC"), normalise_pmcid, remarks),
        other_ids=tuple(dict.fromkeys(_other_ids(block))),
        title=title,
        title_html=title_html,
        original_title=plain_and_html(_first(block, "TT"))[0],
        abstract_sections=sections_from_text(_first(block, "AB")),
        abstract_copyright=_first(block, "CI"),
        authors=authors_of(block.fields),
        journal=_journal(block),
        volume=_first(block, "VI"),
        issue=_first(block, "IP"),
        pages=normalise_pages(_first(block, "PG")),
        published=published(_first(block, "DP")),
        electronic=compact_date(_first(block, "DEP")),
        revised=revised.first_day() if revised else None,
        languages=tuple(filter(None, map(language_code, _all(block, "LA")))),
        publication_types=_all(block, "PT"),
        mesh_headings=tuple(filter(None, map(mesh_heading, _all(block, "MH")))),
        supplementary_concepts=tuple(filter(None, map(substance, _all(block, "NM")))),
        keywords=keywords,
        substances=tuple(filter(None, map(substance, _all(block, "RN")))),
        trial_registrations=find_trial_ids(" ".join(_all(block, "SI"))),
        grants=tuple(filter(None, map(grant, _all(block, "GR")))),
        related=tuple(related_of(block.fields)),
        medline_status=_first(block, "STAT"),
        publication_status=_first(block, "PST"),
        note=_first(block, "GN"),
        tags=tags,
        remarks=tuple(remarks),
    )
    return _in_its_book(record, block) if "BTI" in block.tags else record


def _all(block: _Block, tag: str) -> tuple[str, ...]:
    """What the lines of a tag say, each once and in order."""
    if tag in _RUN_TOGETHER:
        said: Iterable[str] = [text for name, text in block.fields if name == tag]
    else:
        value = block.medline.get(tag, [])
        said = [value] if isinstance(value, str) else value
    return tuple(dict.fromkeys(text for part in said if (text := clean(part))))


def _first(block: _Block, tag: str) -> str | None:
    return next(iter(_all(block, tag)), None)


def _keywords(block: _Block) -> Iterator[str]:
    """A star marks a main topic of the paper; it is no part of the word."""
    for text in _all(block, "OT"):
        if word := text.lstrip("*").strip():
            yield word


def _doi(block: _Block, remarks: list[str]) -> str | None:
    """What the article says of itself (LID) before the list of its numbers (AID)."""
    for tag in ("LID", "AID"):
        for text in _all(block, tag):
            found = _ID.match(text)
            kind, value = (found["kind"], found["value"]) if found else (None, text)
            if kind == "doi" and (doi := valid_or_remark("DOI", value, normalise_doi, remarks)):
                return doi
            if kind is None and (doi := normalise_doi(value)):
                return doi
    return None


def _other_ids(block: _Block) -> Iterator[tuple[str, str]]:
    for text in (*_all(block, "LID"), *_all(block, "AID"), *_all(block, "MID")):
        found = _ID.match(text)
        if found and found["kind"] in _KEPT_IDS and found["value"]:
            yield found["kind"], found["value"]
    if eric := _first(block, "OID"):
        yield "eric", eric


def _journal(block: _Block) -> JournalName | None:
    issns = _issns(block)
    title, abbreviation = _first(block, "JT"), _first(block, "TA")
    if not (title or abbreviation or issns):
        return None
    return JournalName(
        title=title,
        iso_abbreviation=abbreviation,
        issn_linking=issns.get("linking"),
        issn_print=issns.get("print"),
        issn_electronic=issns.get("electronic"),
        nlm_id=_first(block, "JID"),
        country=None if "BTI" in block.tags else _first(block, "PL"),
    )


def _issns(block: _Block) -> dict[str, str]:
    """ "1759-8486 (Electronic)": by kind; one without a kind is the printed journal's."""
    by_kind: dict[str, str] = {}
    for text in _all(block, "IS"):
        kind = re.search(r"electronic|linking|print", text.lower())
        for issn in find_issns(text)[:1]:
            by_kind.setdefault(kind.group() if kind else "print", issn)
    return by_kind


def _in_its_book(record: Record, block: _Block) -> Record:
    """A book, or a chapter with the book that it stands in; a chapter may be newer (CTDT)."""
    book = Book(
        title=_first(block, "BTI"),
        publisher=_first(block, "PB"),
        place=_first(block, "PL"),
        isbns=tuple(re.sub(r"\s*\(.*?\)", "", isbn) for isbn in _all(block, "ISBN")),
        accession=dict(record.other_ids).get("bookaccession"),
        editors=editors_of(block.fields),
        published=record.published,
    )
    contributed = compact_date(_first(block, "CTDT"))
    return replace(record, book=book, published=contributed or record.published)
