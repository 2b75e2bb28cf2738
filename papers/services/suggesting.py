"""Lets the rules read papers, and then what was learnt from tags, and keeps what they propose.

A paper awaits reading when it is new, when it changed, or when rules, vocabulary or classifier did.
Papers are read in batches, and a batch is stored in one transaction, so that a killed worker leaves
whole batches. They are read before that: nobody waits for the rules to have finished.
The classifier speaks only of main classes on which the rules are silent.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from papers.models import Paper, Reading, Suggestion
from papers.models.tag import MODELS
from papers.records import TARGETS
from papers.services.acquire import lock_library
from papers.services.classifying import InUse, in_use
from papers.services.suggestion_json import suggestion_json
from regimens.services.wording import Wording, recent_wording, wording
from regimens.suggest import Suggestion as Proposal
from regimens.suggest import Text, suggest

logger = logging.getLogger(__name__)

BATCH = 200
MOST_A_TURN = 10_000
"""Papers that one task reads, some 20 seconds of work: other jobs of the worker get their turn."""

_Read = tuple[Paper, list[Proposal]]
_READ = ("pk", "title", "abstract", "keywords", "substances", "mesh_headings", "updated_at")


@dataclass(frozen=True, slots=True)
class Readers:
    """Who reads a paper: the rules, and the classifier once there is one."""

    words: Wording
    classifier: InUse | None

    @property
    def version(self) -> str:
        """Papers read by other readers are read again."""
        learnt = f"+{self.classifier.version}" if self.classifier else ""
        return f"{self.words.version}{learnt}"

    def propose(self, text: Text) -> list[Proposal]:
        """What they propose for a paper: the rules' proposals first."""
        made = suggest(text, self.words.vocabulary)
        if self.classifier is None:
            return made
        spoken_of = {each.slug for each in made}
        classes = (each.slug for each in self.classifier.learnt.classes)
        return made + self.classifier.learnt.propose(
            text,
            version=self.classifier.version,
            silent_on=[slug for slug in classes if slug not in spoken_of],
        )


def readers() -> Readers:
    """Those of the last minute. Built anew only when vocabulary or classifier have changed."""
    return Readers(recent_wording(), in_use())


def awaiting(version: str) -> QuerySet[Paper]:
    """Papers that the readers of that version have not read as they are now."""
    is_current = Q(reading__version=version, reading__paper_updated_at=F("updated_at"))
    return Paper.objects.exclude(is_current).order_by("pk")


def read_awaiting(*, limit: int | None = None) -> Iterator[int]:
    """Read papers until none awaits it; yields the id of each when its proposals are stored.

    ``limit``: papers after which to stop; a whole batch is read in any case.
    """
    wording()  # as it is now; then a look a minute is enough
    done = 0
    while limit is None or done < limit:
        # Asked for before each batch: two that read with different versions would never end.
        who = readers()
        waiting = awaiting(who.version).only(*_READ).prefetch_related("publication_types")
        papers = list(waiting[:BATCH])
        if not papers:
            return
        read = [(paper, _proposed(paper, who)) for paper in papers]
        done += len(papers)
        yield from _store_what_still_awaits(read, who)


def _proposed(paper: Paper, who: Readers) -> list[Proposal]:
    """What is proposed for a paper. One on which a rule fails counts as read and gets nothing, or
    it would be the first again, for ever, and none behind it would be read.
    """
    try:
        return who.propose(text_of(paper))
    except Exception:
        logger.exception("the rules failed on paper %s", paper.pk)
        return []


@transaction.atomic
def _store_what_still_awaits(read: Sequence[_Read], who: Readers) -> list[int]:
    """Store what is proposed; but not for papers that have been read by another worker meanwhile,
    or have changed, or are gone. Returns the ids of those that are stored.
    """
    lock_library()
    still = dict(
        awaiting(who.version)
        .filter(pk__in=[paper.pk for paper, _ in read])
        .values_list("pk", "updated_at")
    )
    current = [each for each in read if still.get(each[0].pk) == each[0].updated_at]
    if current:
        _store(current, who)
    return [paper.pk for paper, _ in current]


def text_of(paper: Paper) -> Text:
    """The words of a paper that the rules read."""
    return Text(
        title=paper.title,
        abstract=paper.abstract,
        keywords=tuple(str(word) for word in paper.keywords),
        substances=tuple(each["name"] for each in paper.substances),
        mesh_headings=tuple(each["descriptor"] for each in paper.mesh_headings),
        publication_types=tuple(kind.name for kind in paper.publication_types.all()),
    )


def _store(read: Sequence[_Read], who: Readers) -> None:
    now = timezone.now()
    targets = _targets()
    papers = [paper for paper, _ in read]
    known = _known(papers)
    new: list[Suggestion] = []
    changed: list[Suggestion] = []
    for paper, proposals in read:
        theirs = known.pop(paper.pk, {})
        for proposal in proposals:
            target = targets.get((proposal.target, proposal.slug))
            if target is None:
                continue  # a steward took it off the list
            row = theirs.pop((proposal.target, target), None)
            said = _said(proposal)
            if row is None:
                fields = {f"{proposal.target}_id": target, **said}
                new.append(Suggestion(paper=paper, made_at=now, **fields))
            elif any(getattr(row, name) != value for name, value in said.items()):
                for name, value in said.items():
                    setattr(row, name, value)
                row.made_at = now
                changed.append(row)
        known[paper.pk] = theirs
    gone = [row.pk for theirs in known.values() for row in theirs.values()]
    Suggestion.objects.filter(pk__in=gone).delete()
    Suggestion.objects.bulk_update(
        changed, ["score", "rule", "rule_version", "quotes", "made_at"], batch_size=500
    )
    Suggestion.objects.bulk_create(new, batch_size=1000)
    Reading.objects.bulk_create(
        [
            Reading(
                paper=paper,
                version=who.version,
                paper_updated_at=paper.updated_at,
                first_read_at=now,
                read_at=now,
            )
            for paper in papers
        ],
        update_conflicts=True,
        unique_fields=["paper"],
        update_fields=["version", "paper_updated_at", "read_at"],
    )


def _targets() -> dict[tuple[str, str], int]:
    return {
        (field, slug): pk
        for field in TARGETS
        for slug, pk in MODELS[field].objects.values_list("slug", "pk")
    }


def _known(papers: list[Paper]) -> dict[int, dict[tuple[str, int], Suggestion]]:
    """What was proposed for each paper before, by kind and id of the target."""
    known: dict[int, dict[tuple[str, int], Suggestion]] = defaultdict(dict)
    for row in Suggestion.objects.filter(paper__in=papers):
        field = next(field for field in TARGETS if getattr(row, f"{field}_id"))
        known[row.paper_id][field, getattr(row, f"{field}_id")] = row
    return known


def _said(proposal: Proposal) -> Mapping[str, Any]:
    shown = suggestion_json(proposal)
    return {name: shown[name] for name in ("score", "rule", "rule_version", "quotes")}
