"""The library's tables, by aggregate."""

from papers.models.author import Author, Authorship
from papers.models.candidate import Candidate
from papers.models.change import Change, Correction
from papers.models.classifier import Classifier
from papers.models.desk import Decision, Lease
from papers.models.job import OPEN_STATES, Import, Job, RejectedPiece
from papers.models.journal import Journal, JournalKey, JournalMetric
from papers.models.paper import Paper, PublicationType, Relation
from papers.models.search import Exchange, Finding, Pull, Search, Sources
from papers.models.source_record import SourceRecord
from papers.models.suggestion import Reading, Suggestion
from papers.models.tag import Tag, Target

__all__ = [
    "OPEN_STATES",
    "Author",
    "Authorship",
    "Candidate",
    "Change",
    "Classifier",
    "Correction",
    "Decision",
    "Exchange",
    "Finding",
    "Import",
    "Job",
    "Journal",
    "JournalKey",
    "JournalMetric",
    "Lease",
    "Paper",
    "PublicationType",
    "Pull",
    "Reading",
    "RejectedPiece",
    "Relation",
    "Search",
    "SourceRecord",
    "Sources",
    "Suggestion",
    "Tag",
    "Target",
]
