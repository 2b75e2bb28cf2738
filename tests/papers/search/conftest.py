"""A small library to search in."""

from __future__ import annotations

import pytest
from django.utils import timezone

from papers.models import Paper
from papers.records import (
    AbstractSection,
    AuthorName,
    JournalName,
    MeshHeading,
    MeshQualifier,
    PartialDate,
    Record,
    Source,
)
from papers.services.acquire import acquire_records


def record(number: int, title: str, abstract: str = "", **facts) -> Record:
    sections = (AbstractSection(None, abstract),) if abstract else ()
    return Record(
        source=Source.FILE,
        format="csl_json",
        raw=f"record {number}".encode(),
        title=title,
        abstract_sections=sections,
        **facts,
    )


LIBRARY = (
    record(
        1,
        "Vincristine maintenance in high-risk rhabdomyosarcoma",
        "Maintenance chemotherapy prolonged survival.",
        authors=(
            AuthorName("Bisogno, Gianni", "Bisogno", "Gianni"),
            AuthorName("De Salvo, Gian Luca", "De Salvo", "Gian Luca"),
        ),
        journal=JournalName(title="The Lancet. Oncology", iso_abbreviation="Lancet Oncol"),
        published=PartialDate(2019, 11),
        publication_types=("Journal Article", "Randomized Controlled Trial"),
        doi="10.1016/s1470-2045(19)30617-5",
        pmid="31562043",
    ),
    record(
        2,
        "FGFR4 CAR-T cells in Müller's mice",
        "Adoptive transfer of CAR T cells against TGF-β1 positive tumours.",
        published=PartialDate(2022),
        publication_types=("Journal Article",),
        keywords=("immunotherapy", "high"),
        mesh_headings=(
            MeshHeading("Rhabdomyosarcoma", qualifiers=(MeshQualifier("drug therapy"),)),
        ),
        pmcid="PMC8178207",
    ),
    record(
        3,
        "Risk of maintenance work on bridges",
        authors=(
            AuthorName("Gianni, Anna", "Gianni", "Anna"),
            AuthorName("Bisogno, X", "Bisogno", "X"),
        ),
        published=PartialDate(2022),
        publication_types=("Retracted Publication",),
        other_ids=(("wos", "000123"),),
    ),
)


@pytest.fixture
def library(db) -> dict[int, Paper]:
    """Three papers by their number here."""
    acquire_records(LIBRARY, at=timezone.now())
    return dict(enumerate(Paper.objects.order_by("pk"), start=1))
