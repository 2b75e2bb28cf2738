"""Which paper a record is about, by its identifiers and by nothing else.

A record belongs to a paper when it is a newer version of a source record of that paper, or when
they share an identifier and no identifier speaks against it. Identifiers are asked in the order
of trust (PMID, DOI, PMCID, Semantic Scholar id). Where one agrees and another contradicts, there
are two papers and a remark: a wrong merge loses a publication, a missed one only costs a look.

An identifier that two papers claim stands on the one whose source is the stronger, whichever came
first; of equals on the first. So the library does not depend on the order of the sources.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from papers import formats
from papers.merge import IDENTIFIERS
from papers.models import Paper, SourceRecord
from papers.records import Record, Source

_STABLE_SOURCES = (Source.PUBMED, Source.SEMANTIC_SCHOLAR)
"""Sources whose own id stays with a publication through its versions."""

LEFT_OFF = "was left off"
"""Words of the remark on a paper whose identifier stands on another."""

BY_HAND, WEAKEST = -1, len(Source)
"""Ranks beside those of the sources: a curator's word, and what nobody vouches for."""


@dataclass(slots=True)
class Known:
    """A paper as far as matching must know it."""

    id: int
    identifiers: dict[str, str]
    left_off: dict[str, set[str]] = field(default_factory=dict)
    """Identifiers that its records give and another paper has: they speak against strangers too."""

    def contradicts(self, record: Record) -> bool:
        """True when both have an identifier of one kind, and not the same."""
        for name in IDENTIFIERS:
            value = getattr(record, name)
            mine = {self.identifiers.get(name), *self.left_off.get(name, ())} - {None}
            if value and mine and value not in mine:
                return True
        return False


@dataclass(slots=True)
class Matcher:
    """Finds the paper of each record of a batch; learns the papers that the batch makes."""

    by_identifier: dict[tuple[str, str], Known] = field(default_factory=dict)
    by_source_id: dict[tuple[str, str], int] = field(default_factory=dict)
    by_id: dict[int, Known] = field(default_factory=dict)
    ranks: dict[tuple[str, str], int] = field(default_factory=dict)
    """Of the sources that gave the identifiers which this batch brought."""

    deprived: set[tuple[int, str]] = field(default_factory=set)
    """(paper, kind of identifier) that a stronger source's paper has taken over."""

    @classmethod
    def for_records(cls, records: Sequence[Record]) -> Matcher:
        """A matcher that knows every paper that one of ``records`` could be about."""
        matcher = cls()
        for name in IDENTIFIERS:
            wanted = {value for record in records if (value := getattr(record, name))}
            if not wanted:
                continue
            rows = Paper.objects.filter(**{f"{name}__in": wanted})
            for pk, remarks, *values in rows.values_list("pk", "remarks", *IDENTIFIERS).iterator():
                matcher.learn(pk, dict(zip(IDENTIFIERS, values, strict=True)))
                if any(LEFT_OFF in remark for remark in remarks):
                    matcher.by_id[pk].left_off = _left_off(matcher.by_id[pk])
        matcher._learn_source_ids(records)
        return matcher

    def _learn_source_ids(self, records: Sequence[Record]) -> None:
        for source in _STABLE_SOURCES:
            wanted = {r.source_id for r in records if r.source == source and r.source_id}
            if not wanted:
                continue
            rows = SourceRecord.objects.filter(source=source, source_id__in=wanted)
            for source_id, paper_id in rows.values_list("source_id", "paper_id").order_by("id"):
                self.by_source_id[source, source_id] = paper_id

    def learn(self, paper_id: int, identifiers: dict[str, str | None]) -> None:
        """A paper is in the library under these identifiers."""
        known = self.by_id.setdefault(paper_id, Known(paper_id, {}))
        known.identifiers |= {name: value for name, value in identifiers.items() if value}
        for item in known.identifiers.items():
            self.by_identifier.setdefault(item, known)

    def learn_record(self, paper_id: int, record: Record) -> None:
        """A record has been given to a paper: later records may be found through it."""
        if record.source in _STABLE_SOURCES and record.source_id:
            self.by_source_id[record.source, record.source_id] = paper_id
        known = self.by_id.setdefault(paper_id, Known(paper_id, {}))
        for name in IDENTIFIERS:
            value = getattr(record, name)
            if not value or name in known.identifiers:
                continue
            if (name, value) in self.by_identifier:
                known.left_off.setdefault(name, set()).add(value)
                continue
            known.identifiers[name] = value
            self.by_identifier[name, value] = known
            self.ranks[name, value] = record.source.rank

    def paper_of(self, record: Record) -> int | None:
        """The id of the paper that ``record`` is about, or None for a new one."""
        if record.source in _STABLE_SOURCES and record.source_id:
            paper_id = self.by_source_id.get((record.source, record.source_id))
            if paper_id is not None:
                return paper_id
        for name in IDENTIFIERS:
            value = getattr(record, name)
            known = self.by_identifier.get((name, value)) if value else None
            if known and not known.contradicts(record):
                return known.id
        return None

    def claim(self, paper_id: int, name: str, value: str, *, rank: int) -> None:
        """Ask for an identifier that a source of this rank gives. ``holder`` says who got it."""
        known = self.by_id.setdefault(paper_id, Known(paper_id, {}))
        holder = self.by_identifier.setdefault((name, value), known)
        if holder is not known:
            if rank >= self._rank_of(holder, name, value):
                return
            holder.identifiers.pop(name, None)
            self.deprived.add((holder.id, name))
            self.by_identifier[name, value] = known
        known.identifiers[name] = value
        self.ranks[name, value] = rank

    def holder(self, name: str, value: str) -> int:
        """The paper that an identifier stands on, when all have claimed theirs."""
        return self.by_identifier[name, value].id

    def _rank_of(self, holder: Known, name: str, value: str) -> int:
        rank = self.ranks.get((name, value))
        return _rank_in_library(holder.id, name) if rank is None else rank


def _rank_in_library(paper_id: int, name: str) -> int:
    """The rank of the source that gave a paper its identifier. Asked only where two claim it."""
    given = Paper.objects.filter(pk=paper_id).values_list("provenance", flat=True).first() or {}
    origin = given.get(name)
    if not isinstance(origin, int):
        return BY_HAND if origin else WEAKEST
    return Source(SourceRecord.objects.values_list("source", flat=True).get(pk=origin)).rank


def _left_off(known: Known) -> dict[str, set[str]]:
    """What a paper's records give beside its identifiers. Asked only where a remark tells of it."""
    given: dict[str, set[str]] = {}
    for row in SourceRecord.objects.filter(paper=known.id):
        record = formats.read_one(row.raw, row.format)
        for name in IDENTIFIERS:
            value = getattr(record, name)
            if value and value != known.identifiers.get(name):
                given.setdefault(name, set()).add(value)
    return given
