"""A small library, and people of every role who hold a token."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from rest_framework.test import APIClient

from papers.formats import InputFile, read
from papers.models import Import, Paper
from papers.records import Record
from papers.services.acquire import acquire_records
from papers.services.imports import run_import, store_upload
from papers.services.roles import give_role
from papers.services.tokens import create_token

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def person(db) -> Callable:
    """The person of a role, named like it."""

    def find(role: str):
        user, is_new = get_user_model().objects.get_or_create(username=role)
        if is_new:
            give_role(user=user, role=role)
        return user

    return find


@pytest.fixture
def api(person) -> Callable[[str], APIClient]:
    """A client that sends the token of a role's person; without a role no token."""

    def client(role: str = "") -> APIClient:
        headers = {}
        if role:
            headers["Authorization"] = f"Token {create_token(by=person(role))}"
        return APIClient(headers=headers)

    return client


@pytest.fixture
def add_papers(db) -> Callable[..., list[int]]:
    """Bring CSL-JSON items into the library; returns the ids of their papers."""

    def bring(*items: dict) -> list[int]:
        raw = json.dumps([{"type": "article-journal", **item} for item in items]).encode()
        entries = read(InputFile.from_bytes(raw), "csl_json")
        acquire_records([e for e in entries if isinstance(e, Record)], at=timezone.now())
        return list(Paper.objects.order_by("-id").values_list("pk", flat=True)[: len(items)])[::-1]

    return bring


@pytest.fixture
def import_bytes(db) -> Callable[..., Import]:
    """Import bytes as a worker would; returns the finished job."""

    def bring(content: bytes, format_name: str) -> Import:
        job = store_upload(name="file", chunks=[content], forced_format=format_name, by=None)
        return run_import(job.pk)

    return bring


@pytest.fixture
def seed(import_bytes) -> Paper:
    """The review that the product began with."""
    content = (ROOT / "papers" / "starter" / "seed_review.json").read_bytes()
    import_bytes(content, "aggregator_json")
    return Paper.objects.get(doi="10.1080/14656566.2025.2484319")


RICH = """<PubmedArticleSet><PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM">
<PMID Version="1">21000001</PMID><Article PubModel="Print-Electronic">
<Journal><ISSN IssnType="Electronic">1879-355X</ISSN><JournalIssue CitedMedium="Internet">
<Volume>11</Volume><Issue>2</Issue><PubDate><Year>2011</Year><Season>Spring</Season></PubDate>
</JournalIssue><Title>Journal of examples</Title><ISOAbbreviation>J Ex</ISOAbbreviation></Journal>
<ArticleTitle>Iron <sup>59</sup>Fe in rhabdomyosarcoma.</ArticleTitle>
<Pagination><MedlinePgn>10-9</MedlinePgn></Pagination>
<ELocationID EIdType="doi">10.1000/rich.1</ELocationID>
<Abstract><AbstractText Label="AIM">To use <sup>59</sup>Fe.</AbstractText>
<CopyrightInformation>Copyright 2011.</CopyrightInformation></Abstract>
<AuthorList CompleteYN="Y"><Author><LastName>Ferrari</LastName><ForeName>Andrea</ForeName>
<Initials>A</Initials><Identifier Source="ORCID">0000-0002-1825-0097</Identifier>
<AffiliationInfo><Affiliation>Milan.</Affiliation></AffiliationInfo></Author>
<Author><CollectiveName>EpSSG</CollectiveName></Author></AuthorList>
<Language>eng</Language><DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName>
<AccessionNumberList><AccessionNumber>NCT00379457</AccessionNumber></AccessionNumberList></DataBank>
</DataBankList><GrantList><Grant><GrantID>CA1</GrantID><Agency>NCI</Agency><Country>US</Country>
</Grant></GrantList><PublicationTypeList>
<PublicationType UI="D016428">Journal Article</PublicationType></PublicationTypeList>
<ArticleDate DateType="Electronic"><Year>2010</Year><Month>12</Month><Day>03</Day></ArticleDate>
</Article><MedlineJournalInfo><Country>Italy</Country><NlmUniqueID>7603616</NlmUniqueID>
<ISSNLinking>0360-3016</ISSNLinking></MedlineJournalInfo>
<ChemicalList><Chemical><RegistryNumber>5J49Q6B70F</RegistryNumber>
<NameOfSubstance UI="D014750">Vincristine</NameOfSubstance></Chemical></ChemicalList>
<SupplMeshList><SupplMeshName Type="Protocol" UI="C1">VAC protocol</SupplMeshName></SupplMeshList>
<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><RefSource>J Ex 2012</RefSource>
<PMID Version="1">21000002</PMID></CommentsCorrections></CommentsCorrectionsList>
<MeshHeadingList><MeshHeading><DescriptorName UI="D012208" MajorTopicYN="N">Rhabdomyosarcoma
</DescriptorName><QualifierName UI="Q000188" MajorTopicYN="Y">drug therapy</QualifierName>
</MeshHeading></MeshHeadingList><KeywordList><Keyword>sarcoma</Keyword></KeywordList>
</MedlineCitation><PubmedData><PublicationStatus>ppublish</PublicationStatus><ArticleIdList>
<ArticleId IdType="pubmed">21000001</ArticleId><ArticleId IdType="doi">10.1000/rich.1</ArticleId>
<ArticleId IdType="pii">S1</ArticleId><ArticleId IdType="pmc">PMC123</ArticleId></ArticleIdList>
</PubmedData></PubmedArticle></PubmedArticleSet>"""
"""A record that says something in nearly every field."""


@pytest.fixture
def rich(import_bytes) -> Paper:
    import_bytes(RICH.encode(), "pubmed_xml")
    return Paper.objects.get(pmid="21000001")
