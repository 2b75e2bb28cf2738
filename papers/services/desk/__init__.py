"""The curators' desk: what comes next, what is said of it, how far one is."""

from papers.services.desk.cards import Card, cards
from papers.services.desk.deciding import (
    DecisionRefused,
    Overtaken,
    Verdict,
    decide,
    last_decisions,
    undo_decision,
)
from papers.services.desk.leases import release, renew, take
from papers.services.desk.overruling import last_words, said_since
from papers.services.desk.progress import Progress, progress
from papers.services.desk.queue import Nothing, Queue, next_papers, waiting_count

__all__ = [
    "Card",
    "DecisionRefused",
    "Nothing",
    "Overtaken",
    "Progress",
    "Queue",
    "Verdict",
    "cards",
    "decide",
    "last_decisions",
    "last_words",
    "next_papers",
    "progress",
    "release",
    "renew",
    "said_since",
    "take",
    "undo_decision",
    "waiting_count",
]
