"""Which paper a record is about, by its identifiers and by nothing else.

A record belongs to a paper when it is a newer version of a source record of that paper, or when
they share an identifier and no identifier speaks against it. Identifiers are asked in the order
of trust (PMID, DOI, PMCID, Semantic Scholar id). Where one agrees and another contradicts, there
are two papers and a remark: a wrong merge loses a publication, a missed one only costs a look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from papers.merge import IDENTIFIERS
from papers.models import Paper, SourceRecord
from papers.records import Record, Source

_STABLE_SOURCES = (Source.PUBMED, Source.SEMANTIC_SCHOLAR)
"""Sources whose own id stays with a publication through its versions."""


@dataclass(slots=True)
class Known:
    """A paper as far as matching must know it."""

    id: int
    identifiers: dict[str, str]


@dataclass(slots=True)
class Matcher:
    """Finds the paper of each record of a batch; learns the papers that the batch makes."""

    by_identifier: dict[tuple[str, str], Known] = field(default_factory=dict)
    by_source_id: dict[tuple[str, str], int] = field(default_factory=dict)
    by_id: dict[int, Known] = field(default_factory=dict)

    @classmethod
    def for_records(cls, records: Sequence[Record]) -> Matcher:
        """A matcher that knows every paper that one of ``records`` could be about."""
        matcher = cls()
        for name in IDENTIFIERS:
            wanted = {value for record in records if (value := getattr(record, name))}
            if not wanted:
                continue
            rows = Paper.objects.filter(**{f"{name}__in": wanted}).values_list("pk", *IDENTIFIERS)
            for pk, *values in rows.iterator():
                matcher.learn(pk, dict(zip(IDENTIFIERS, values, strict=True)))
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
        known = Known(paper_id, {name: value for name, value in identifiers.items() if value})
        self.by_id[paper_id] = known
        for item in known.identifiers.items():
            self.by_identifier.setdefault(item, known)

    def learn_record(self, paper_id: int, record: Record) -> None:
        """A record has been given to a paper: later records may be found through it."""
        if record.source in _STABLE_SOURCES and record.source_id:
            self.by_source_id[record.source, record.source_id] = paper_id
        known = self.by_id.setdefault(paper_id, Known(paper_id, {}))
        for name in IDENTIFIERS:
            value = getattr(record, name)
            if value and name not in known.identifiers and (name, value) not in self.by_identifier:
                known.identifiers[name] = value
                self.by_identifier[name, value] = known

    def paper_of(self, record: Record) -> int | None:
        """The id of the paper that ``record`` is about, or None for a new one."""
        if record.source in _STABLE_SOURCES and record.source_id:
            paper_id = self.by_source_id.get((record.source, record.source_id))
            if paper_id is not None:
                return paper_id
        for name in IDENTIFIERS:
            value = getattr(record, name)
            known = self.by_identifier.get((name, value)) if value else None
            if known and not contradicts(record, known.identifiers):
                return known.id
        return None

    def claim(self, paper_id: int, name: str, value: str) -> int:
        """The paper that holds an identifier: this one, unless another has it already."""
        known = self.by_id.setdefault(paper_id, Known(paper_id, {}))
        return self.by_identifier.setdefault((name, value), known).id


def contradicts(record: Record, identifiers: dict[str, str]) -> bool:
    """True when record and paper both have an identifier of one kind, and not the same."""
    return any(
        (value := getattr(record, name)) and identifiers.get(name) not in (None, value)
        for name in IDENTIFIERS
    )
