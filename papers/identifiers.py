"""Identifiers of publications, people, journals and trials, each in its one written form.

Every function takes what a source wrote (text, number or None) and returns the normal form, or
None where it is no such identifier. None of them looks anything up.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

# DOI Handbook 2.2: a prefix "10." and a registrant code, a slash, then any printable characters.
# The parts of a registrant code are counted, or "10.1111.10.1111.…" would be read from each "10." on.
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+){0,9}/\S+", re.IGNORECASE)
LONGEST_DOI = 500
_DOI_LEAD = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|(?:urn:)?doi:\s*)+", re.IGNORECASE)
_PMID = re.compile(
    r"^(?:pmid:?\s*|https?://(?:www\.)?(?:pubmed\.)?ncbi\.nlm\.nih\.gov/(?:pubmed/)?)?0*([1-9]\d{0,8})/?$",
    re.I,
)
_PMCID = re.compile(r"(?:^|/)(?:pmcid:?\s*)?(?:PMC)?0*([1-9]\d{0,8})(?:\.\d+)?/?$", re.IGNORECASE)
_S2_ID = re.compile(r"^[0-9a-f]{40}$")
_ORCID = re.compile(r"(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dX])(?!\d)", re.IGNORECASE)
_ISSN = re.compile(r"(?<![\dX])(\d{4})-?(\d{3}[\dX])(?![\dX])", re.IGNORECASE)
_TRIAL = re.compile(
    r"\b(NCT\d{8}|ISRCTN\d{8}|\d{4}-\d{6}-\d{2}|ACTRN\d{14}|ChiCTR[-\w]{0,20}\d{6,20}|"
    r"(?:JPRN-)?UMIN\d{9}|DRKS\d{8}|IRCT\d{11,20}(?:N\d{0,9})?|CTRI/\d{4}/\d{2,3}/\d{6}|NTR\d{2,5})\b",
    re.IGNORECASE,
)


def normalise_doi(text: object) -> str | None:
    """A DOI in lower case without resolver, ``doi:``, escapes or the sentence's punctuation.

    >>> normalise_doi("https://doi.org/10.1016/S1470-2045(19)30617-5.")
    '10.1016/s1470-2045(19)30617-5'
    """
    if not text:
        return None
    candidate = _DOI_LEAD.sub("", str(text).strip().replace("\\_", "_").replace("\\%", "%"))
    if "%2" in candidate:  # "10.1016%2Fj.x" from link resolvers
        candidate = unquote(candidate)
    found = _DOI.search(candidate)
    if not found or (found.start() and "doi.org/" not in candidate[: found.start()]):
        found = _DOI.match(candidate)
    if not found:
        return None
    doi = _without_sentence_end(found.group()).lower()
    return doi if len(doi) <= LONGEST_DOI else None


def _without_sentence_end(doi: str) -> str:
    """Drop what belongs to the text around a DOI: full stop, quotes, an unopened bracket."""
    unopened = {pair[1]: doi.count(pair[1]) - doi.count(pair[0]) for pair in ("()", "[]", "{}")}
    end = len(doi)
    while end:
        last = doi[end - 1]
        if unopened.get(last, 0) > 0:
            unopened[last] -= 1
        elif last not in ".,;:'\"<>":
            break
        end -= 1
    return doi[:end]


def normalise_pmid(text: object) -> str | None:
    """A PubMed id: 1 to 9 digits, not 0 and without leading zeros."""
    found = _PMID.match(str(text).strip()) if text is not None else None
    return found.group(1) if found else None


def normalise_pmcid(text: object) -> str | None:
    """A PubMed Central id as "PMC8178207" (Semantic Scholar leaves the letters out)."""
    found = _PMCID.search(str(text).strip()) if text else None
    return f"PMC{found.group(1)}" if found else None


def normalise_semantic_scholar_id(text: object) -> str | None:
    """A Semantic Scholar paperId: 40 hexadecimal digits."""
    candidate = str(text or "").strip().lower()
    return candidate if _S2_ID.match(candidate) else None


def normalise_orcid(text: object) -> str | None:
    """An ORCID iD as "0000-0002-1825-0097"; None where its check digit is wrong.

    The check digit (ISO 7064 MOD 11-2) matters here: an ORCID makes two names one person.
    """
    found = _ORCID.search(str(text or ""))
    if not found:
        return None
    orcid = "-".join(found.groups()).upper()
    digits = orcid.replace("-", "")
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return orcid if digits[-1] == ("X" if check == 10 else str(check)) else None


def find_issns(text: object) -> tuple[str, ...]:
    """Every ISSN in a text, in order, as "1879-355X": "1999-7777(Electronic),0222-6666(Print)"."""
    found = (f"{a}-{b}".upper() for a, b in _ISSN.findall(str(text or "")))
    return tuple(dict.fromkeys(issn for issn in found if issn != "0000-0000"))


def normalise_issn(text: object) -> str | None:
    """The first ISSN in a text, or None."""
    return next(iter(find_issns(text)), None)


def find_trial_ids(text: object) -> tuple[str, ...]:
    """Registry numbers in a text (NCT, ISRCTN, EudraCT, ACTRN, ChiCTR, UMIN, DRKS …), in order."""
    return tuple(
        dict.fromkeys(
            match.upper() if match[:3].lower() != "chi" else match
            for match in _TRIAL.findall(str(text or ""))
        )
    )
