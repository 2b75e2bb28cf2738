"""What the fake sources hold: publications as PubMed's XML and as Semantic Scholar's JSON."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import Any
from xml.sax.saxutils import escape

DRUGS = (
    "vincristine", "dactinomycin", "cyclophosphamide", "ifosfamide", "doxorubicin", "irinotecan",
    "temozolomide", "vinorelbine", "topotecan", "pazopanib", "temsirolimus", "nivolumab",
)  # fmt: skip
FAMILIES = ("Bisogno", "Weigel", "Hawkins", "Oberlin", "Chisholm", "Merks", "Malempati", "Casanova")
JOURNALS = (
    ("Pediatric blood & cancer", "Pediatr Blood Cancer", "1545-5009", "101186624"),
    ("Journal of clinical oncology", "J Clin Oncol", "0732-183X", "8309333"),
    ("The Lancet. Oncology", "Lancet Oncol", "1470-2045", "100957246"),
)


@dataclass(frozen=True)
class Holding:
    """One publication: its record in each source (None: the source has none) and its dates."""

    pmid: str
    xml: bytes | None
    paper: dict[str, Any] | None = None
    entered: dt.date = dt.date(2015, 1, 1)
    revised: dt.date = dt.date(2015, 1, 2)
    text: str = field(default="", compare=False)

    def revised_on(self, day: dt.date, old: str, new: str) -> Holding:
        """The same with a change in its PubMed record."""
        assert self.xml is not None
        assert old.encode() in self.xml, f"{old} is not in the record"
        return replace(self, xml=self.xml.replace(old.encode(), new.encode()), revised=day)


def invented(count: int, *, first_pmid: int = 40_000_001, per_day: int = 3) -> list[Holding]:
    """So many publications that nobody wrote, ``per_day`` of them entered on each day from 2012."""
    return [_invented(first_pmid + 7 * number, number, per_day) for number in range(count)]


def _invented(pmid: int, number: int, per_day: int) -> Holding:
    day = dt.date(2012, 1, 1) + dt.timedelta(days=number // per_day)
    drugs = [DRUGS[number % len(DRUGS)], DRUGS[(number // 5 + 3) % len(DRUGS)]]
    title = f"{drugs[0].capitalize()} and {drugs[1]} in metastatic rhabdomyosarcoma: cohort {number + 1}"
    abstract = (
        ("BACKGROUND", f"Metastatic rhabdomyosarcoma has a poor prognosis (cohort {number + 1})."),
        ("METHODS", f"{10 + number % 90} children received {drugs[0]} with {drugs[1]}."),
        ("RESULTS", f"Response was seen in {number % 100} %; p < 0.{number % 9 + 1}."),
    )
    people = [
        (FAMILIES[(number + place) % len(FAMILIES)], "ABCDEFGH"[(number + place) % 8])
        for place in range(1 + number % 4)
    ]
    doi = f"10.5555/rms.{pmid}"
    journal = JOURNALS[number % len(JOURNALS)]
    return Holding(
        pmid=str(pmid),
        xml=_xml(pmid, title, abstract, people, doi, journal, day),
        paper=_paper(pmid, title, abstract, people, doi, journal, day, number),
        entered=day,
        revised=day,
        text=f"{title} {' '.join(text for _, text in abstract)}".lower(),
    )


ORCIDS = {FAMILIES[0]: "0000-0002-1825-0097"}


def _orcid(family: str) -> str:
    orcid = ORCIDS.get(family)
    return f'<Identifier Source="ORCID">{orcid}</Identifier>' if orcid else ""


def _xml(pmid, title, abstract, people, doi, journal, day) -> bytes:
    title_long, iso, issn, nlm_id = journal
    sections = "".join(
        f'<AbstractText Label="{label}" NlmCategory="{label}">{escape(text)}</AbstractText>'
        for label, text in abstract
    )
    authors = "".join(
        f'<Author ValidYN="Y"><LastName>{family}</LastName><ForeName>{given}</ForeName>'
        f"<Initials>{given}</Initials>{_orcid(family)}<AffiliationInfo><Affiliation>Children's Hospital, Ward {given}."
        "</Affiliation></AffiliationInfo></Author>"
        for family, given in people
    )
    date = f"<Year>{day:%Y}</Year><Month>{day:%m}</Month><Day>{day:%d}</Day>"
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{pmid}</PMID>'
        f'<DateRevised>{date}</DateRevised><Article PubModel="Print"><Journal>'
        f'<ISSN IssnType="Print">{issn}</ISSN><JournalIssue CitedMedium="Print"><Volume>{day:%y}</Volume>'
        f"<Issue>{day.month}</Issue><PubDate><Year>{day:%Y}</Year><Month>{day:%b}</Month></PubDate>"
        f"</JournalIssue><Title>{escape(title_long)}</Title><ISOAbbreviation>{escape(iso)}</ISOAbbreviation>"
        f"</Journal><ArticleTitle>{escape(title)}.</ArticleTitle>"
        f'<ELocationID EIdType="doi" ValidYN="Y">{doi}</ELocationID><Abstract>{sections}</Abstract>'
        f'<AuthorList CompleteYN="Y">{authors}</AuthorList><Language>eng</Language>'
        '<PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType>'
        f"</PublicationTypeList></Article><MedlineJournalInfo><NlmUniqueID>{nlm_id}</NlmUniqueID>"
        f"<ISSNLinking>{issn}</ISSNLinking></MedlineJournalInfo><MeshHeadingList><MeshHeading>"
        '<DescriptorName UI="D012208" MajorTopicYN="Y">Rhabdomyosarcoma</DescriptorName>'
        f"</MeshHeading></MeshHeadingList></MedlineCitation><PubmedData><History>"
        f'<PubMedPubDate PubStatus="entrez">{date}</PubMedPubDate></History>'
        f'<PublicationStatus>ppublish</PublicationStatus><ArticleIdList><ArticleId IdType="pubmed">{pmid}'
        f'</ArticleId><ArticleId IdType="doi">{doi}</ArticleId></ArticleIdList></PubmedData></PubmedArticle>'
    ).encode()


def _paper(pmid, title, abstract, people, doi, journal, day, number) -> dict[str, Any]:
    """As Semantic Scholar has it: every third abstract withheld, DOIs in capitals, loose pages."""
    paper_id = hashlib.sha1(str(pmid).encode()).hexdigest()
    is_closed = number % 3 == 0
    return {
        "paperId": paper_id,
        "corpusId": 200_000_000 + pmid,
        "externalIds": {"PubMed": str(pmid), "DOI": doi.upper(), "CorpusId": 200_000_000 + pmid},
        "url": f"https://www.semanticscholar.org/paper/{paper_id}",
        "title": title,
        "abstract": None if is_closed else " ".join(text for _, text in abstract),
        "venue": journal[0],
        "publicationVenue": None,
        "year": day.year,
        "referenceCount": number % 60,
        "citationCount": number % 200,
        "isOpenAccess": not is_closed,
        "openAccessPdf": {
            "url": "" if is_closed else f"https://example.org/{pmid}.pdf",
            "status": "CLOSED" if is_closed else "GREEN",
            "license": None,
            "disclaimer": "",
        },
        "publicationTypes": None if number % 5 == 0 else ["JournalArticle"],
        "publicationDate": day.isoformat(),
        "journal": {"name": journal[0], "pages": "\n 1 -\n 9", "volume": f"{day:%y}"},
        "authors": [
            {"authorId": str(30_000 + FAMILIES.index(family)), "name": f"{given} {family}"}
            for family, given in people
        ],
    }


_SLICE = re.compile(rb"<Pubmed(?:Book)?Article>.*?</Pubmed(?:Book)?Article>", re.DOTALL)
_PMID = re.compile(rb"<PMID[^>]*>(\d+)</PMID>")
_ENTREZ = re.compile(
    rb'PubStatus="entrez">\s*<Year>(\d+)</Year>\s*<Month>(\d+)</Month>\s*<Day>(\d+)</Day>'
)


def recorded(content: bytes) -> list[Holding]:
    """The records of a recorded efetch reply, each once, entered when they say."""
    held: dict[str, Holding] = {}
    for piece in _SLICE.findall(content):
        found = _PMID.search(piece)
        if not found:
            continue
        date = _ENTREZ.search(piece)
        day = dt.date(*map(int, date.groups())) if date else dt.date(2001, 2, 3)
        pmid = found.group(1).decode()
        held[pmid] = Holding(
            pmid, piece, entered=day, revised=day, text=piece.decode("utf-8", "replace").lower()
        )
    return list(held.values())
