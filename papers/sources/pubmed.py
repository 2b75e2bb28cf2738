"""PubMed by E-utilities: every number that a query finds, then the records (sources.md section 1).

PubMed shows a *window* of a result only, 9,999 numbers when this was written, and cuts what is
asked beyond it without an error. So nothing here knows its size: a reply with fewer numbers than
its count is *short*, and the *span* it was asked for is halved, by Entrez date, of which every
record has exactly one, and within one day by PMID. In the end the numbers are counted against
what PubMed says there are.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from lxml import etree

from papers.identifiers import normalise_pmid
from papers.sources.questions import Ask, Question, SourceRejected, SourceUnavailable

RECORDS_A_FETCH = 200
"""2 to 6 MB: small enough to be repeated, large enough for 600 records a second (sources.md 1.2)."""

FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2100, 12, 31)
HIGHEST_PMID = 99_999_999
MOST_NUMBERS = "10000"
"""What the documentation allows to ask for; how many come is seen in the reply."""

LONG_TERM = 1500
"""Characters of a query that still go into an address; PubMed answers 414 to long ones."""

MOST_BARREN = 100
"""Answers in a row that name nothing new, after which there is no more to be had. To halve down to
one day and then to one number takes 88."""

_PERMANENT = re.compile(
    r"empty term|invalid db|unknown (?:field|db)|api key (?:invalid|not)|syntax|retstart",
    re.IGNORECASE,
)
_RATE_LIMIT = re.compile(rb'"error"\s*:\s*"API rate limit exceeded"', re.IGNORECASE)


class Span(Protocol):
    """A part of a query's result that PubMed can be asked for."""

    def restrict(self, term: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        """The term and the parameters that ask for this part."""

    def halves(self) -> tuple[Span, Span] | None:
        """Two spans that together are this one, or None where it is one PMID."""

    def __str__(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Everything:
    def restrict(self, term: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        return term, ()

    def halves(self) -> tuple[Span, Span] | None:
        return Days(FIRST_DAY, LAST_DAY).halves()

    def __str__(self) -> str:
        return "all dates"


@dataclass(frozen=True, slots=True)
class Days:
    """Records by the day on which they came into PubMed, or were last revised, both included."""

    first: dt.date
    last: dt.date
    date_type: str = "edat"

    def restrict(self, term: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        return term, (
            ("datetype", self.date_type),
            ("mindate", f"{self.first:%Y/%m/%d}"),
            ("maxdate", f"{self.last:%Y/%m/%d}"),
        )

    def halves(self) -> tuple[Span, Span] | None:
        if self.first == self.last:
            return Pmids(1, HIGHEST_PMID, self).halves()
        middle = self.first + (self.last - self.first) // 2
        return (
            Days(self.first, middle, self.date_type),
            Days(middle + dt.timedelta(days=1), self.last, self.date_type),
        )

    def __str__(self) -> str:
        return f"{self.first:%Y-%m-%d} to {self.last:%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class Pmids:
    """Records by their number, both included, within the days of another span or all."""

    first: int
    last: int
    within: Span = field(default_factory=Everything)

    def restrict(self, term: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        return self.within.restrict(f"({term}) AND {self.first}:{self.last}[uid]")

    def halves(self) -> tuple[Span, Span] | None:
        if self.first == self.last:
            return None
        middle = (self.first + self.last) // 2
        return Pmids(self.first, middle, self.within), Pmids(middle + 1, self.last, self.within)

    def holds(self, pmid: str) -> bool:
        return self.first <= int(pmid) <= self.last

    def __str__(self) -> str:
        return f"PMID {self.first} to {self.last}"


@dataclass(frozen=True, slots=True)
class Found:
    """What esearch says of a query, or of a span of it."""

    count: int
    pmids: tuple[str, ...]
    translation: str = ""
    dropped: tuple[str, ...] = ()
    """Phrases that PubMed did not find and left out of the query without a word."""

    remarks: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """False where count and numbers do not agree, in whichever direction."""
        return len(self.pmids) == self.count


@dataclass(slots=True)
class Collected:
    """Every PMID that a query finds, the newest first, and how sure that is."""

    pmids: list[str]
    count: int
    translation: str = ""
    dropped: tuple[str, ...] = ()
    warnings: list[str] = field(default_factory=list)

    @property
    def missing(self) -> int:
        return max(0, self.count - len(self.pmids))


def search(term: str, span: Span | None = None, *, start: int = 0, turn: int = 1) -> Question:
    """Ask for the PMIDs of ``term`` within ``span``, from a place in their list on."""
    span = span or Everything()
    restricted, dates = span.restrict(term)
    place = (("retstart", str(start)),) if start else ()
    return Question(
        "esearch.fcgi",
        (
            ("db", "pubmed"),
            ("term", restricted),
            ("retmode", "xml"),
            ("retmax", MOST_NUMBERS),
            *place,
            *dates,
        ),
        purpose=f"PMIDs of {span}" + (f" from place {start + 1}" if start else ""),
        is_form=len(restricted) > LONG_TERM,
        turn=turn,
    )


def count(term: str, *, turn: int = 1) -> Question:
    """Ask how many records ``term`` finds, and how PubMed understands it."""
    return Question(
        "esearch.fcgi",
        (("db", "pubmed"), ("term", term), ("retmode", "xml"), ("retmax", "0")),
        purpose="how many there are",
        is_form=len(term) > LONG_TERM,
        turn=turn,
    )


def fetch(pmids: Sequence[str], *, turn: int = 1) -> Question:
    """Ask for records, ``RECORDS_A_FETCH`` at most."""
    return Question(
        "efetch.fcgi",
        (("db", "pubmed"), ("id", ",".join(pmids)), ("retmode", "xml")),
        purpose=f"{len(pmids)} records from PMID {pmids[0]}",
        is_form=len(pmids) >= RECORDS_A_FETCH,
        turn=turn,
    )


def read_search(content: bytes) -> Found:
    """Raises SourceUnavailable for anything but a whole answer; SourceRejected for a bad query."""
    root = _root(content, "eSearchResult")
    error = root.findtext("ERROR")
    if error:
        raise _in_band(error)
    total = _count(root)
    pmids = dict.fromkeys(
        pmid for element in root.iterfind("IdList/Id") if (pmid := normalise_pmid(element.text))
    )
    return Found(
        count=total,
        pmids=tuple(pmids),
        translation=" ".join((root.findtext("QueryTranslation") or "").split()),
        dropped=_texts(root, "ErrorList/PhraseNotFound") + _texts(root, "ErrorList/FieldNotFound"),
        remarks=_texts(root, "WarningList/OutputMessage")
        + tuple(
            f"Left out of the query: {word}"
            for word in _texts(root, "WarningList/PhraseIgnored")
            + _texts(root, "WarningList/QuotedPhraseNotFound")
        ),
    )


def _count(root: etree._Element) -> int:
    said = (root.findtext("Count") or "").strip()
    if not said:
        raise SourceUnavailable("PubMed's answer says no count.")
    # More than there are numbers, or fewer than none: whoever says so is out of order.
    if not re.fullmatch(r"[0-9]{1,9}", said) or int(said) > HIGHEST_PMID:
        raise SourceUnavailable(f"PubMed counts “{said[:20]}” records, which cannot be.")
    return int(said)


def check_records(content: bytes) -> None:
    """Raises SourceUnavailable where efetch's reply is no whole set of records."""
    head, tail = content[:2000], content[-2000:]
    if _RATE_LIMIT.search(head):
        raise SourceUnavailable("PubMed had too many requests.")
    if b"<PubmedArticleSet" not in head and b"<PubmedBookArticleSet" not in head:
        _root(content, "eFetchResult")  # says what it is instead
        error = _ERROR.search(content)
        raise _in_band(error.group(1).decode("utf-8", "replace") if error else "no records")
    if b"<!ENTITY" in head:
        raise SourceUnavailable(
            "PubMed's reply declares entities of its own, which PubMed never does: something that "
            "stands between has changed it."
        )
    if not _END_OF_SET.search(tail):
        raise SourceUnavailable("PubMed sent records that were cut off.")


_END_OF_SET = re.compile(
    rb"(?:</Pubmed(?:Book)?ArticleSet\s*>|<Pubmed(?:Book)?ArticleSet[^>]*/>)"
    rb"(?:\s|<!--(?:(?!-->).)*-->)*\Z",
    re.DOTALL,
)
_ERROR = re.compile(rb"<ERROR>\s*(.*?)\s*</ERROR>", re.DOTALL)


def _root(content: bytes, name: str) -> etree._Element:
    """The root element of a reply. Raises SourceUnavailable where it is another or none."""
    if _RATE_LIMIT.search(content[:2000]):
        raise SourceUnavailable("PubMed had too many requests.")
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        if re.match(rb"\s*<(?:!doctype html|html|head|body)", content, re.IGNORECASE):
            raise SourceUnavailable("PubMed answered with a web page instead of data.") from None
        if error := _json_error(content):
            raise _in_band(error) from None
        raise SourceUnavailable("PubMed's answer is cut off or damaged.") from None
    if root.tag != name:
        raise SourceUnavailable(f"PubMed answered with “{root.tag}” instead of {name}.")
    return root


def _json_error(content: bytes) -> str:
    """The error that a reply in JSON names, at its top or below "esearchresult"; else empty."""
    try:
        reply = json.loads(content)
    except ValueError:
        return ""
    said = [reply, reply.get("esearchresult")] if isinstance(reply, dict) else []
    found = (
        part.get(name) for part in said if isinstance(part, dict) for name in ("ERROR", "error")
    )
    return next((str(error) for error in found if error), "")


def _in_band(error: str) -> SourceUnavailable | SourceRejected:
    """An error that comes as a success (HTTP 200). Most pass; a query that cannot be read stays."""
    said = " ".join(error.split())[:200]
    if _PERMANENT.search(said):
        return SourceRejected(f"PubMed refused the query: “{said}”")
    return SourceUnavailable(f"PubMed had a fault of its own: “{said}”")


def _texts(root: etree._Element, path: str) -> tuple[str, ...]:
    return tuple(" ".join(element.text.split()) for element in root.iterfind(path) if element.text)


def collect(
    term: str,
    ask: Ask,
    *,
    changed_since: dt.date | None = None,
    on_window: Callable[[int, int], None] = lambda windows, pmids: None,
) -> Collected:
    """Every PMID that ``term`` finds; with ``changed_since`` only of records revised since.

    ``on_window`` hears, after each answer, how many there were and how many PMIDs they brought.
    """
    return _Collection(term, ask, on_window).run(changed_since)


class _Collection:
    def __init__(self, term: str, ask: Ask, on_window: Callable[[int, int], None]) -> None:
        self.term, self.ask, self.on_window = term, ask, on_window
        self.pmids: dict[str, None] = {}
        self.asked = 0
        self.barren = 0
        self.remarks: dict[str, None] = {}
        self.base: Span = Everything()

    def run(self, changed_since: dt.date | None) -> Collected:
        if changed_since:
            self.base = Days(changed_since, LAST_DAY, "mdat")
        whole = self._search(self.base)
        if not whole.is_whole:
            self._split(self.base, whole.count)
        total = self._reconcile()
        collected = Collected(
            sorted(self.pmids, key=int, reverse=True), total, whole.translation, whole.dropped
        )
        collected.warnings = list(self.remarks)
        if collected.count != len(collected.pmids):
            collected.warnings.append(_disagreement(collected))
        return collected

    def _search(self, span: Span, *, start: int = 0, turn: int = 1) -> Found:
        question = search(self.term, span, start=start, turn=turn)
        found = read_search(self.ask(question, read_search))
        self.asked += 1
        before = len(self.pmids)
        self.pmids.update(dict.fromkeys(found.pmids))
        self.barren = 0 if len(self.pmids) > before else self.barren + 1
        if span == self.base:
            self.remarks.update(dict.fromkeys(found.remarks))
        self.on_window(self.asked, len(self.pmids))
        return found

    def _split(self, span: Span, count: int) -> None:
        """Ask for the halves of a span whose answer was short, and for theirs."""
        halves = span.halves()
        if not halves or self.barren > MOST_BARREN or self._has_all(span, count):
            return
        found = [(half, self._search(half)) for half in halves]
        if all(half.count >= count for _, half in found):
            return  # the source does not heed the span: smaller ones would say the same again
        for half, part in found:
            if not part.is_whole:
                self._split(half, part.count)

    def _has_all(self, span: Span, count: int) -> bool:
        """Whether what is known already makes up a span of numbers."""
        if not isinstance(span, Pmids) or span.within != self.base:
            return False
        return sum(map(span.holds, self.pmids)) >= count

    def _reconcile(self) -> int:
        """How many there are now; where that is more than were named, look for the others."""
        again = self._search(self.base, turn=2)
        if again.count <= len(self.pmids):
            return again.count
        self.barren = 0
        self._split(Pmids(1, HIGHEST_PMID, self.base), again.count)
        if again.count > len(self.pmids):
            self.barren = 0
            self._turn_pages(len(again.pmids), again.count)
        return self._search(self.base, turn=3).count

    def _turn_pages(self, start: int, count: int) -> None:
        """Go on by the place in the list: for a source that heeds neither dates nor numbers.

        PubMed itself refuses places beyond its window.
        """
        while 0 < start < count and self.barren <= MOST_BARREN:
            try:
                page = self._search(self.base, start=start)
            except SourceRejected:
                return
            if not page.pmids:
                return
            start += len(page.pmids)


def _disagreement(collected: Collected) -> str:
    if not collected.missing:
        return (
            f"PubMed counts {collected.count:,} records but named {len(collected.pmids):,}; all "
            "that it named were taken."
        )
    return (
        f"PubMed counts {collected.count:,} records but named only {len(collected.pmids):,}, "
        f"however small the parts it was asked for: {collected.missing:,} "
        f"{'is' if collected.missing == 1 else 'are'} missing. Run the search again later; if "
        "they stay missing, split the query."
    )


def fetches(pmids: Iterable[str]) -> list[list[str]]:
    """The PMIDs in the batches in which their records are asked for."""
    ordered = list(pmids)
    return [
        ordered[start : start + RECORDS_A_FETCH]
        for start in range(0, len(ordered), RECORDS_A_FETCH)
    ]
