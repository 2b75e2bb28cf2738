"""What the sources sent, as they sent it. Kept for ever."""

from __future__ import annotations

import zlib

from django.db import models

from papers.records import Source


class SourceRecord(models.Model):
    """The stored raw payload of one Record.

    The library can be rebuilt from these rows and the curators' corrections alone.
    """

    class Sources(models.TextChoices):
        PUBMED = Source.PUBMED, "PubMed"
        SEMANTIC_SCHOLAR = Source.SEMANTIC_SCHOLAR, "Semantic Scholar"
        FILE = Source.FILE, "Imported file"
        AGGREGATOR = Source.AGGREGATOR, "Aggregator record"

    paper = models.ForeignKey("papers.Paper", models.PROTECT, related_name="source_records")
    job = models.ForeignKey(
        "papers.Import", models.SET_NULL, null=True, blank=True, related_name="source_records"
    )
    pull = models.ForeignKey(
        "papers.Pull", models.SET_NULL, null=True, blank=True, related_name="source_records"
    )
    source = models.CharField(max_length=20, choices=Sources.choices)
    source_id = models.CharField(max_length=500, blank=True)
    format = models.CharField(max_length=30)
    sha256 = models.BinaryField(max_length=32, unique=True)
    payload = models.BinaryField()
    fetched_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["source", "source_id"], name="source_record_id_there")]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.source_id}".strip()

    @property
    def raw(self) -> bytes:
        """The bytes as the source sent them."""
        return zlib.decompress(bytes(self.payload))
