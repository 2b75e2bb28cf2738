"""The library's tables, by aggregate."""

from papers.models.author import Author, Authorship
from papers.models.change import Change, Correction
from papers.models.job import Import, Job, RejectedPiece
from papers.models.journal import Journal, JournalKey, JournalMetric
from papers.models.paper import Paper, PublicationType, Relation
from papers.models.source_record import SourceRecord
from papers.models.tag import Tag

__all__ = [
    "Author",
    "Authorship",
    "Change",
    "Correction",
    "Import",
    "Job",
    "Journal",
    "JournalKey",
    "JournalMetric",
    "Paper",
    "PublicationType",
    "RejectedPiece",
    "Relation",
    "SourceRecord",
    "Tag",
]
