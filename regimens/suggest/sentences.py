"""Parts a title or an abstract into sentences and says which part of the report each one is.

Zone   what a sentence is for: the title, background, the aim, methods, results, the conclusion.
       A heading decides where there is one, else the sentence's own words ("the aim of"), else
       its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Zone(StrEnum):
    TITLE = "title"
    BACKGROUND = "background"
    AIM = "aim"
    METHODS = "methods"
    RESULTS = "results"
    CONCLUSION = "conclusion"


@dataclass(frozen=True, slots=True)
class Sentence:
    start: int
    end: int
    text: str
    zone: Zone
    _said: dict[re.Pattern[str], bool] = field(default_factory=dict, compare=False, repr=False)

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Whether the pattern is found in it. Remembered: all its mentions ask the same."""
        if pattern not in self._said:
            self._said[pattern] = bool(pattern.search(self.text))
        return self._said[pattern]


# A full stop ends a sentence unless it ends one of these.
_SHORTENED = re.compile(
    r"(?:\b(?:vs|al|e\.g|i\.e|cf|approx|Fig|Figs|No|Dr|St|ca|resp|incl|etc|Inc|Ltd|Co)|\b[A-Z])\.$"
)
# Some sources lose the space before a heading: "first relapse.MethodsPatients with".
_LOST_SPACE = r"(?=(?:Methods|Results|Findings|Conclusions?|Interpretation|Procedure)[A-Z])"
_END = re.compile(r"[.!?][\"”’')\]]*\s+(?=[\"“‘'(\[]?[A-Z0-9Α-Ω])|\n+" rf"|[.!?]{_LOST_SPACE}")

_HEADINGS: tuple[tuple[Zone, str], ...] = (
    (Zone.BACKGROUND, r"backgrounds?|introduction|context|rationale|significance|importance"),
    (Zone.AIM, r"aims?|purposes?|objectives?|aims? of (?:the )?study|goals?|question|hypothesis"
               r"|background and (?:purpose|aims?|objectives?)|background/(?:aims?|purpose)"),
    (Zone.METHODS, r"(?:patients?|materials?|experimental|study)?(?:,? (?:and|&) )?"
                   r"(?:methods?|design|procedures?)(?: and (?:methods?|materials?))?"
                   r"|patients|materials|data sources?|interventions?|settings?|participants"
                   r"|experimental design|study design|areas covered|methods and materials"
                   r"|case (?:report|presentation|description)|patients? and tumors?"),
    (Zone.RESULTS, r"results?|findings|outcomes?|observations?|main results"
                   r"|results and (?:discussion|conclusions?)"),
    (Zone.CONCLUSION, r"conclusions?|interpretation|discussion|expert opinion|implications?"
                      r"|conclusions? and relevance|impact|significance statement|summary"),
)  # fmt: skip
_HEADING = tuple(
    (zone, re.compile(rf"\s*(?:{words})\s*(?::|\.\s|\n|—|–|$)\s*", re.IGNORECASE))
    for zone, words in _HEADINGS
)
_GLUED = re.compile(
    r"\s*(Abstract|Background|Introduction|Purpose|Objectives?|Aims?|Methods?|Patients and Methods"
    r"|Materials and Methods|Results|Findings|Conclusions?|Discussion|BACKGROUND|INTRODUCTION"
    r"|PURPOSE|OBJECTIVES?|AIMS?|METHODS?|RESULTS|FINDINGS|CONCLUSIONS?|INTERPRETATION)"
    r"(?:\s+(?=[A-Z])|(?=[A-Z][a-z]))"
)
_AIM = re.compile(
    r"\b(?:aim(?:s|ed)?|purpose|objectives?|goals?|hypothes[ie]\w*)\b"
    r"|\bwe (?:\w+ )?(?:sought|investigate|evaluate|assess|examine|test|conduct|report|describe"
    r"|present|perform|study|studied|compare|explore|hypothesi|develop|generate|engineer|review"
    r"|discuss|summari|analy|treat|retrospectively|aim|identif|initiat|provide|focus|highlight"
    r"|outline|pool|used|design|screen|enrol|combin|measur|randomi|asked|determin|establish|appl"
    r"|administ|gave|infus|added|characteri|validat|search)\w*"
    r"|\b(?:this|the present|the current|our) (?:\w+ ){0,2}(?:study|trial|review|article|paper"
    r"|report|phase|manuscript|chapter|work|protocol|analysis|series)\b"
    r"|\b(?:was|were) (?:designed|conducted|undertaken|performed|initiated|developed|reviewed"
    r"|carried out|evaluated|investigated|assessed|tested|studied|explored|combined)\b"
    r"|\brandomi[sz]ed questions?\b|\b(?:patients|participants|children) (?:will be|are) (?:\w+ )?"
    r"(?:randomi[sz]ed|allocated|assigned|treated|enrolled)\b"
    r"|^\s*(?:Here(?:in)?|In this)\b|^\s*To (?:evaluate|determine|assess|investigate|examine"
    r"|compare|test|define|explore|describe|estimate|establish|report|analy[sz]e|improve|study"
    r"|review|identify|present|characteri[sz]e)\b",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(
    r"^\s*(?:in conclusion|in summary|we conclude|these (?:data|results|findings|studies)"
    r"|our (?:data|results|findings|study|work)|this study (?:shows|demonstrates|suggests)"
    r"|taken together|together,|overall,|collectively|thus,|therefore,|these)",
    re.IGNORECASE,
)


# Words of what was done and found, in abstracts without headings.
_DONE = re.compile(
    r"\b(?:was|were) (?:\w+ )?(?:studied|tested|treated|given|enrolled|included|assigned|randomi[sz]ed"
    r"|examined|determined|exposed|administered|infused|injected|compared|eligible|assessed"
    r"|measured|screened|vaccinated|offered|transduced|cultured|co-cultured|combined|used|produced"
    r"|generated|manufactured|engineered|expanded|constructed|prepared)\b"
    r"|\b(?:patients|children|adolescents|adults|participants|mice|all) (?:\w+ )?(?:received|underwent"
    r"|had received)\b|\b(?:received|who had|were to receive)\b|\bmice (?:bearing|with)\b",
    re.IGNORECASE,
)
_FOUND = re.compile(
    r"\bwe (?:\w+ )?(?:found|find|show|showed|observed|demonstrate|demonstrated|detected)\b"
    r"|(?<![-\w])(?:induced|prevented|slowed|delayed|eradicated|abolished|shrank|blocked|suppressed"
    r"|inhibited|killed|lysed) (?!by\b)",
    re.IGNORECASE,
)


def sentences(text: str, *, is_title: bool = False) -> list[Sentence]:
    """The sentences of a text in order, each with its zone. Offsets are those of the text."""
    if is_title:
        return [Sentence(0, len(text), text, Zone.TITLE)] if text else []
    parted = list(_parted(text))
    found: list[Sentence] = []
    heading: Zone | None = None
    has_aim = False
    for index, (start, end) in enumerate(parted):
        words = text[start:end]
        heading = _heading(words) or heading
        is_last = index > 0 and index == len(parted) - 1
        zone = _zone(words, heading, is_last) or _by_place(words, index / len(parted), has_aim)
        has_aim = has_aim or zone is Zone.AIM
        found.append(Sentence(start, end, words, zone))
    return found


def _parted(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _END.finditer(text):
        end = match.start() + 1 if text[match.start()] != "\n" else match.start()
        if text[match.start()] == "." and _SHORTENED.search(text[max(start, end - 8) : end]):
            continue
        if text[start:end].strip():
            yield start, end
        start = match.end()
    if text[start:].strip():
        yield start, len(text)


def _heading(words: str) -> Zone | None:
    head = words[:60]
    for zone, pattern in _HEADING:
        if pattern.match(head):
            return zone
    glued = _GLUED.match(head)
    if glued and glued.group(1).lower() != "abstract":
        return next(
            (zone for zone, pattern in _HEADING if pattern.match(glued.group(1) + ":")), None
        )
    return None


def _zone(words: str, heading: Zone | None, is_last: bool) -> Zone | None:
    """By its heading or by its own words; below "Background" most abstracts state their aim."""
    if heading not in (None, Zone.BACKGROUND):
        return heading
    if is_last or _CONCLUDES.match(words):
        return Zone.CONCLUSION
    return Zone.AIM if _AIM.search(words) else heading


def _by_place(words: str, place: float, has_aim: bool) -> Zone:
    """``place``: where it stands in the abstract, 0 for its beginning and 1 for its end."""
    if has_aim or place > 0.4 or _FOUND.search(words):
        return Zone.RESULTS
    return Zone.METHODS if _DONE.search(words) else Zone.BACKGROUND
