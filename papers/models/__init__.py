"""The library's tables, by aggregate."""

from papers.models.author import Author, Authorship
from papers.models.candidate import Candidate
from papers.models.change import Change, Correction
from papers.models.job import OPEN_STATES, Import, Job, RejectedPiece
from papers.models.journal import Journal, JournalKey, JournalMetric
from papers.models.paper import Paper, PublicationType, Relation
from papers.models.search import Exchange, Finding, Pull, Search, Sources
from papers.models.source_record import SourceRecord
from papers.models.tag import Tag

__all__ = [
    "OPEN_STATES",
    "Author",
    "Authorship",
    "Candidate",
    "Change",
    "Correction",
    "Exchange",
    "Finding",
    "Import",
    "Job",
    "Journal",
    "JournalKey",
    "JournalMetric",
    "Paper",
    "PublicationType",
    "Pull",
    "RejectedPiece",
    "Relation",
    "Search",
    "SourceRecord",
    "Sources",
    "Tag",
]
