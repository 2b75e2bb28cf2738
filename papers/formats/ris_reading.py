"""The fields of one RIS record as a Record.

RIS says little of what its tags mean; here is what the databases put into them. Identifiers are
in ``ris_identifiers``, people in ``ris_people``, the lines of our own files in ``csl_notes``.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator

from papers.formats import csl_notes, tag_keywords
from papers.formats.html_abstract import sections_from_html
from papers.formats.ris_identifiers import (
    doi_of,
    find_number,
    is_identifier,
    other_ids_of,
    pmcid_of,
    pmid_of,
)
from papers.formats.ris_people import authors_of, editors_of
from papers.formats.ris_values import NOTES, RETRACTED, TRIALS, Values, is_from_pubmed
from papers.formats.spreadsheet.cells import split_list
from papers.formats.text import (
    date_from_text,
    language_code,
    normalise_pages,
    plain_and_html,
)
from papers.identifiers import find_issns, find_trial_ids
from papers.records import Book, JournalName, PartialDate, Record, Source

TYPES = {
    "JOUR": "Journal Article", "EJOU": "Journal Article", "EJOUR": "Journal Article",
    "JFULL": "Journal", "MGZN": "Magazine Article", "NEWS": "Newspaper Article",
    "BOOK": "Book", "EBOOK": "Book", "EDBOOK": "Book", "CHAP": "Book Chapter",
    "ECHAP": "Book Chapter", "CONF": "Conference Proceedings", "CPAPER": "Conference Paper",
    "ABST": "Abstract", "THES": "Thesis", "RPRT": "Report", "UNPB": "Unpublished Work",
    "INPR": "Preprint", "ELEC": "Web Page", "ICOMM": "Web Page", "BLOG": "Blog Post",
    "DATA": "Dataset", "COMP": "Computer Program", "PAT": "Patent", "STAND": "Standard",
    "GOVDOC": "Government Document", "ENCYC": "Encyclopedia Entry", "DICT": "Dictionary Entry",
    "VIDEO": "Video", "SLIDE": "Slides", "SER": "Serial", "PAMP": "Pamphlet",
}  # fmt: skip
_NO_TYPES = frozenset(("GEN", "UNBILL", "MISC"))
_WORKS = {"article": "Journal Article", "retracted": "Retracted Publication"}
_WITH_BOOK = frozenset(("Book", "Book Chapter", "Conference Proceedings", "Conference Paper"))

# Scopus keeps its bookkeeping in the notes.
_NO_NOTES = ("Export Date:", "References:", "Cited By:", "Cited by:")

# What EndNote's PubMed filter hides in the notes, among names and countries.
_PUBMED_TYPES = re.compile(
    r"(?:Journal Article|(?:Systematic )?Review|Meta-Analysis|Case Reports|Comment|Editorial|"
    r"Letter|Comparative Study|Multicenter Study|Observational Study|Validation Study|"
    r"Evaluation Study|(?:Randomized )?Controlled (?:Clinical )?Trial|Clinical Trial(?:, .+)?|"
    r"Practice Guideline|Guideline|Preprint|Published Erratum|Retracted Publication|"
    r"Retraction of Publication|Expression of Concern|Research Support, .+|Historical Article)$"
)


def record_from(
    fields: Iterable[tuple[str, str]], *, raw: bytes = b"", line: int | None = None
) -> Record:
    values = Values(fields)
    remarks: list[str] = []
    notes = (text for text in values.all("N1", "RN") if not text.startswith(_NO_NOTES))
    note, columns = csl_notes.split("\n".join(notes))
    said = _record(values, note, remarks, raw, line)
    record = csl_notes.completed(said, columns, remarks)
    return dataclasses.replace(record, remarks=tuple(remarks)) if remarks else record


def _record(
    values: Values, note: str | None, remarks: list[str], raw: bytes, line: int | None
) -> Record:
    types = tuple(dict.fromkeys(_types(values, note, remarks)))
    has_book = bool(_WITH_BOOK & set(types))
    title, title_html = plain_and_html(values.first("TI", "T1", "CT") or _lone_title(values, types))
    keywords, tags = tag_keywords.split(_keywords(values))
    pmid = pmid_of(values, note, remarks)
    return Record(
        source=Source.FILE,
        raw=raw,
        line=line,
        doi=doi_of(values, note, remarks),
        pmid=pmid,
        pmcid=pmcid_of(values, note),
        other_ids=tuple(dict.fromkeys(other_ids_of(values, pmid))),
        title=title,
        title_html=title_html,
        original_title=plain_and_html(values.first("TT"))[0],
        abstract_sections=sections_from_html(_abstract(values)),
        authors=authors_of(values),
        journal=_journal(values, note, has_book),
        book=_book(values, types) if has_book else None,
        volume=values.line("VL", "VO"),
        issue=values.line("IS", "CP"),
        pages=_pages(values, remarks),
        published=_published(values, remarks),
        electronic=_early_access(values),
        languages=tuple(filter(None, map(language_code, values.parts(r"[;,\n]", "LA")))),
        publication_types=types,
        keywords=keywords,
        trial_registrations=_trials(values, note),
        url=_url(values),
        note=_note(values, note),
        tags=tags,
    )


def _lone_title(values: Values, types: Iterable[str]) -> str | None:
    """A whole book may have its title in BT; a short title is better than none."""
    return (values.first("BT") if "Book" in types else None) or values.first("ST")


def _abstract(values: Values) -> str:
    """Some write a paragraph an AB; where both are, N2 holds notes."""
    return "\n".join(values.all("AB") or values.all("N2"))


# -- What it is ----------------------------------------------------------------------------------


def _types(values: Values, note: str | None, remarks: list[str]) -> Iterator[str]:
    code = (values.line("TY") or "").upper()
    works = [
        _WORKS.get(word.lower(), word)
        for word in values.parts(r"[;\n]", "M3")
        if not is_identifier(word)
    ]
    # The kind of work says more than the code does; ours begins with what the code stands for.
    if code in TYPES and not (works and TYPES[code] in works):
        yield TYPES[code]
    elif code and code not in TYPES and code not in _NO_TYPES:
        remarks.append(f"Type '{code[:80]}' is not a type of RIS and was left out.")
    yield from works
    if is_from_pubmed(values):
        yield from filter(_PUBMED_TYPES.match, (note or "").split("\n"))


def _keywords(values: Values) -> tuple[str, ...]:
    found = list(values.parts(r"[;\n]", "KW"))
    if len(found) == 1 and found[0].count(",") > 1:
        found = list(split_list(found[0]))
    plain = (plain_and_html(word.lstrip("*"))[0] for word in found)
    return tuple(dict.fromkeys(word for word in plain if word))


def _trials(values: Values, note: str | None) -> tuple[str, ...]:
    places = (note or "", *values.all("AN", "ID", *NOTES))
    return find_trial_ids(" ".join(places))


def _note(values: Values, note: str | None) -> str | None:
    """What people wrote. EndNote's PubMed filter fills the notes with the record once more."""
    if is_from_pubmed(values) and find_issns((note or "")[:9]):
        return None
    kept = (text for text in (note or "").split("\n") if not _is_said_elsewhere(text))
    return "\n".join(kept).strip() or None


def _is_said_elsewhere(text: str) -> bool:
    return (
        text == RETRACTED
        or text.startswith(TRIALS)
        or bool(find_number(text))
        or is_identifier(text)
    )


# -- Where it stands -----------------------------------------------------------------------------


def _journal(values: Values, note: str | None, has_book: bool) -> JournalName | None:
    title, abbreviation = _journal_titles(values, has_book)
    issns = (None, None) if has_book else _issns(values, note)
    if not (title or abbreviation or any(issns)):
        return None
    publisher = None if has_book else values.line("PB")
    return JournalName(
        title, abbreviation, issn_print=issns[0], issn_electronic=issns[1], publisher=publisher
    )


def _journal_titles(values: Values, has_book: bool) -> tuple[str | None, str | None]:
    """(title, abbreviation). JF, JO and T2 may each hold either, so they are compared."""
    full, either = values.line("JF"), values.line("JO")
    second = None if has_book else values.line("T2")
    short = values.line("JI", "JA", "J2", "J1", "J9")
    names = [name for name in (full, either, second) if name]
    titles = (n for n in names if not any(abbreviates(n, other) for other in names))
    title = next(titles, short)
    if short and short != title:
        return title, short
    return title, next((n for n in names if title and abbreviates(n, title)), None)


_SMALL_WORDS = frozenset(("a", "an", "and", "the", "of", "in", "on", "for", "de", "la", "und"))


def abbreviates(short: str, title: str) -> bool:
    """True for "Int J Surg" and "International Journal of Surgery"; False for equal names.

    What follows a colon in a title is not abbreviated by anybody.
    """
    parts = re.findall(r"\w+", short.lower())
    words = [
        word
        for word in re.findall(r"\w+", title.lower().split(" : ")[0])
        if word not in _SMALL_WORDS or word in parts
    ]
    is_shorter = len(short) < len(title)
    return is_shorter and len(parts) == len(words) and all(map(_shortens, parts, words))


def _shortens(part: str, word: str) -> bool:
    """ "int" and "intl" for "international"."""
    letters = iter(word)
    return part[0] == word[0] and all(letter in letters for letter in part)


def _issns(values: Values, note: str | None) -> tuple[str | None, str | None]:
    """(print, electronic): as they are marked, else the first is the printed one."""
    marked: list[str] = []
    others: list[str] = []
    for part in values.parts(r"[\n;,]|(?<=\))", "SN"):
        (marked if "electronic" in part.lower() else others).extend(find_issns(part))
    if is_from_pubmed(values) and note:
        marked.extend(find_issns(note.split("\n")[0][:9]))
    plain = list(dict.fromkeys(issn for issn in others if issn not in marked))
    return next(iter(plain), None), next(iter(marked or plain[1:2]), None)


def _book(values: Values, types: Iterable[str]) -> Book:
    is_whole = "Book" in types
    return Book(
        title=None if is_whole else values.line("BT", "T2"),
        publisher=values.line("PB"),
        place=values.line("CY", "PP"),
        isbns=tuple(_isbns(values)),
        editors=editors_of(values),
    )


def _isbns(values: Values) -> Iterator[str]:
    for part in values.parts(r"[\s;,]+", "SN"):
        if len(re.sub(r"[^\dXx]", "", part)) in (10, 13):
            yield part


def _pages(values: Values, remarks: list[str]) -> str | None:
    start, end = values.line("SP"), values.line("EP")
    if start:
        # EndNote writes the whole range into SP, and some write the end once more.
        return (
            normalise_pages(start)
            if re.search(r"\d\s*[-\u2013]", start)
            else normalise_pages(start, end)
        )
    number = next((text for text in values.each("C7", "AR") if not find_trial_ids(text)), None)
    if end and not number:
        remarks.append(f"Last page '{end[:80]}' has no first page and was left out.")
    return number


# -- When ----------------------------------------------------------------------------------------


def _published(values: Values, remarks: list[str]) -> PartialDate | None:
    """The year of PY or Y1, with month and day where DA or the other one agrees with it."""
    dates = [_date(text, remarks) for text in values.each("PY", "Y1")]
    year = max(filter(None, dates), key=_precision, default=None)
    text = values.line("DA")
    if year is None or year.month or not text:
        return year or (_date(text, remarks) if text else None)
    whole = date_from_text(text)
    if whole:
        return whole if whole.year == year.year else year
    found = date_from_text(f"{year.year} {text}")
    return found if found and found.month else PartialDate(year.year, text=text)


def _early_access(values: Values) -> PartialDate | None:
    """Web of Science has "FEB 2020" in C6."""
    is_theirs = any(text.startswith("WOS:") for text in values.each("AN"))
    return date_from_text(values.first("C6")) if is_theirs else None


def _date(text: str, remarks: list[str]) -> PartialDate | None:
    date = date_from_text(text)
    remark = f"Year '{text[:80]}' is not a year from 1600 to 2100."
    if date is None and remark not in remarks:
        remarks.append(remark)
    return date


def _precision(date: PartialDate) -> int:
    return bool(date.month) + bool(date.day) + bool(date.text)


def _url(values: Values) -> str | None:
    for text in values.parts(r"[\s;]+(?=(?:https?:)?//)|\s", "UR", "L2", "LK"):
        if re.match(r"https?://[^/]", text):
            return text
        if re.match(r"//[\w-]+\.", text):
            return f"https:{text}"
    return None
