"""What others have said of a paper since a card of it was made.

Who decides on a card overrules what it shows, knowingly. What came after it they have not seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.contrib.auth.models import User
from django.db.models import Max

from papers.models import Tag
from papers.services.desk.queue import DECIDES


def last_words(papers: Sequence[int]) -> dict[int, int]:
    """The latest word (id) on a class or regimen of each of these papers (ids), 0 where there is
    none. Ask before a card is made: what comes between is then seen as news, not missed.
    """
    said = Tag.objects.filter(DECIDES, paper__in=papers).order_by()
    latest = dict(said.values("paper").annotate(last=Max("pk")).values_list("paper", "last"))
    return {paper: latest.get(paper, 0) for paper in papers}


def said_since(seen: Mapping[int, int], *, by: User) -> dict[int, list[Tag]]:
    """What others have said since, and still stands: of each paper (id) whose card was made when
    that word (id) was its last. One's own later words are no news to oneself.
    """
    if not seen:
        return {}
    standing = Tag.objects.filter(DECIDES, paper__in=seen, pk__gt=min(seen.values()))
    theirs = standing.filter(is_current=True).exclude(by=by).exclude(state=Tag.State.WITHDRAWN)
    found: dict[int, list[Tag]] = defaultdict(list)
    # There is next to never a row, and then these ask nothing.
    for tag in theirs.prefetch_related("by", "therapy_class__parent", "regimen"):
        if tag.pk > seen[tag.paper_id]:
            found[tag.paper_id].append(tag)
    return dict(found)
