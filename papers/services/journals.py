"""Which journal a record means: by NLM id, by ISSN, else by its title or NLM's abbreviation of it,
which many files have in the title's place.

A title recognises a journal only where the identifiers do not speak against it: two journals
called "Cancer" with different ISSNs are two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from django.db.models.functions import Coalesce
from simple_history.utils import bulk_create_with_history

from papers.models import Journal, JournalKey, JournalMetric, Paper
from papers.records import JournalName, Record
from papers.search.index import index_papers, searchable_words
from papers.services.bulk import allocate_ids
from papers.services.columns import small_number

_SEPARATORS = re.compile(r"[\W_]+")

WORDS = frozenset(("title", "iso_abbreviation"))
"""What of a journal its papers are found by."""


def title_key(title: str) -> str:
    """ "The Lancet. Oncology" and "LANCET ONCOLOGY" are one title."""
    folded = unicodedata.normalize("NFKD", title).casefold().replace("&", " and ")
    letters = "".join(char for char in folded if not unicodedata.combining(char))
    return "title:" + _SEPARATORS.sub(" ", letters).strip().removeprefix("the ")[:500]


def keys_of(name: JournalName) -> tuple[str, ...]:
    """What a journal can be recognised by, the surest first."""
    keys = [f"nlm:{name.nlm_id}"] if name.nlm_id and len(name.nlm_id) <= 20 else []
    issns = (name.issn_linking, name.issn_print, name.issn_electronic)
    keys.extend(dict.fromkeys(f"issn:{issn}" for issn in issns if issn))
    for title in (name.title, name.iso_abbreviation):
        if title and len(key := title_key(title)) > len("title:"):
            keys.append(key)
    return tuple(dict.fromkeys(keys))


class JournalRegister:
    """The journals that one batch of records names, found or made; ``save`` stores them."""

    def __init__(self, records: Iterable[Record], typed: Iterable[JournalName] = ()) -> None:
        """``typed`` are names that no record gives: those of people's corrections."""
        names = {record.journal for record in records if record.journal} | set(typed)
        self._keys = {name: keys_of(name) for name in names}
        wanted = {key for keys in self._keys.values() for key in keys}
        found = JournalKey.objects.filter(key__in=wanted).select_related("journal")
        self._journals: dict[str, Journal] = {row.key: row.journal for row in found}
        self._free_ids = iter(allocate_ids(Journal, len(names)))
        self._ids: dict[JournalName, int | None] = {}
        self._by_id: dict[int, Journal] = {}
        self._reworded: set[int] = set()
        self._new: dict[int, Journal] = {}
        self._gained: dict[int, tuple[Journal, set[str]]] = {}
        self._new_keys: list[JournalKey] = []
        self._measured: list[tuple[int, JournalName]] = []

    def id_of(self, name: JournalName | None) -> int | None:
        """The journal's id; made, or completed with what this record knows of it."""
        if name is None:
            return None
        if name not in self._ids:
            self._ids[name] = self._resolve(name)
        return self._ids[name]

    def words_of(self, journal_id: int | None) -> list[str]:
        """What a paper of the journal is found by. Ask when all names have been resolved."""
        return searchable_words(self._by_id[journal_id]) if journal_id else []

    def papers_to_index(self) -> set[int]:
        """The papers (ids) of known journals that have got another title or abbreviation."""
        if not self._reworded:
            return set()
        papers = Paper.objects.filter(journal__in=self._reworded).order_by()
        return set(papers.values_list("pk", flat=True))

    def complete(self, journal_id: int | None, names: Iterable[JournalName | None]) -> None:
        """Let a paper's journal gain what other records of the paper say, if they name the same."""
        for name in names:
            if name is None or journal_id is None or name in self._ids:
                continue
            journal = self._recognise(name, self._keys.get(name) or keys_of(name))
            if journal and journal.pk == journal_id:
                self.id_of(name)

    def _resolve(self, name: JournalName) -> int | None:
        keys = self._keys.get(name) or keys_of(name)
        if not keys or not (name.title or name.iso_abbreviation):
            return None
        journal = self._recognise(name, keys) or self._make(name)
        self._by_id[journal.pk] = journal
        self._complete(journal, name)
        self._remember(journal, keys)
        if name.metrics:
            self._measured.append((journal.pk, name))
        return journal.pk

    def _recognise(self, name: JournalName, keys: tuple[str, ...]) -> Journal | None:
        for key in keys:
            journal = self._journals.get(key)
            if journal and (not key.startswith("title:") or not _contradicts(journal, name)):
                return journal
        return None

    def _make(self, name: JournalName) -> Journal:
        journal = Journal(
            pk=next(self._free_ids), title=(name.title or name.iso_abbreviation or "")[:500]
        )
        self._new[journal.pk] = journal
        return journal

    def _complete(self, journal: Journal, name: JournalName) -> None:
        """Fill in what is empty; what stands there already, a person may have written.

        The first record with NLM's id says how NLM catalogues the journal; that counts more
        than what other sources said before, if no person wrote it.
        """
        gained = {field: value for field, value in _facts(name) if not getattr(journal, field)}
        if "nlm_id" in gained and journal.pk not in self._new and not _is_edited(journal):
            gained = dict(_facts(name)) | ({"title": name.title[:500]} if name.title else {})
        for field, value in gained.items():
            setattr(journal, field, value)
        if gained and journal.pk not in self._new:
            self._gained.setdefault(journal.pk, (journal, set()))[1].update(gained)
            if gained.keys() & WORDS:
                self._reworded.add(journal.pk)

    def _remember(self, journal: Journal, keys: tuple[str, ...]) -> None:
        new = [key for key in keys if key not in self._journals]
        self._new_keys.extend(JournalKey(key=key, journal=journal) for key in new)
        self._journals.update(dict.fromkeys(new, journal))

    def save(self) -> None:
        """Store the journals that were new, with their history, and what known ones gained."""
        if self._new:
            bulk_create_with_history(list(self._new.values()), Journal)
        for journal, fields in self._gained.values():
            journal.save(update_fields=fields)
        JournalKey.objects.bulk_create(self._new_keys, ignore_conflicts=True)
        for journal_id, name in self._measured:
            _measure(journal_id, name)
        self._new, self._gained, self._new_keys, self._measured = {}, {}, [], []


def index_papers_of(journal: Journal) -> int:
    """Let its papers be found by the words that it has now; returns how many."""
    return index_papers(Paper.objects.filter(journal=journal).values_list("pk", flat=True))


def delete_unused(journal_ids: Collection[int]) -> None:
    """Remove journals that lost their last paper and that no person has touched."""
    unused = Journal.objects.filter(pk__in=journal_ids, papers=None, metrics=None)
    unused.exclude(pk__in=_edited(journal_ids)).delete()


def _is_edited(journal: Journal) -> bool:
    return bool(_edited([journal.pk]))


def _edited(journal_ids: Collection[int]) -> set[int]:
    rows = Journal.history.filter(id__in=journal_ids, history_user__isnull=False)
    return set(rows.values_list("id", flat=True))


def _measure(journal_id: int, name: JournalName) -> None:
    for metric in name.metrics:
        year = small_number(metric.year)
        jcr_category = (metric.jcr_category or "")[:200]
        cas_category = (metric.cas_category or "")[:200]
        known = JournalMetric.objects.annotate(that_year=Coalesce("year", 0)).filter(
            journal=journal_id,
            that_year=year or 0,
            jcr_category=jcr_category,
            cas_category=cas_category,
        )
        if not known.exists():
            JournalMetric.objects.create(
                journal_id=journal_id,
                year=year,
                impact_factor=metric.impact_factor,
                jcr_quartile=(metric.jcr_quartile or "")[:2],
                jcr_category=jcr_category,
                cas_zone=small_number(metric.cas_zone),
                cas_category=cas_category,
            )


def _facts(name: JournalName) -> list[tuple[str, str]]:
    facts = (
        ("iso_abbreviation", name.iso_abbreviation, 250),
        ("issn_linking", name.issn_linking, 9),
        ("issn_print", name.issn_print, 9),
        ("issn_electronic", name.issn_electronic, 9),
        ("nlm_id", name.nlm_id if name.nlm_id and len(name.nlm_id) <= 20 else None, 20),
        ("publisher", name.publisher, 250),
        ("country", name.country, 100),
    )
    return [(field, value[:limit]) for field, value, limit in facts if value]


def _contradicts(journal: Journal, name: JournalName) -> bool:
    """True when both name identifiers and share none."""
    if journal.nlm_id and name.nlm_id:
        return journal.nlm_id != name.nlm_id
    known = {journal.issn_linking, journal.issn_print, journal.issn_electronic} - {""}
    said = {name.issn_linking, name.issn_print, name.issn_electronic} - {None}
    return bool(known) and bool(said) and not known & said
