"""What every reader needs of text: white space, markup, people's names, dates, pages.

All functions are pure and take None or "" for "not given", which they return as None.
"""

from __future__ import annotations

import datetime as dt
import html
import re

import nh3

from papers.records import AbstractSection, AuthorName, PartialDate

_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_KEPT_TAGS = {"i", "b", "sub", "sup", "u"}
# Only these names count as markup: "P <0.05" and "<i" at the end of a line are text.
_TAG = re.compile(
    r"</?(?:b|i|u|em|strong|sub|sup|br|p|div|span|h[1-6]|ul|ol|li|jats:\w+|inf|italic|bold|"
    r"title|sec|a|font|math|mml:\w+)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_MEANINGFUL = re.compile(r"<(?:jats:)?(?:sup|sub|i|b|em|strong|inf|italic|bold)\b", re.IGNORECASE)
_ACTIVE = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_BLOCK = re.compile(
    r"</?(?:p|div|br|h[1-6]|ul|ol|li|jats:p|jats:sec|jats:title|title|sec)(?:\s[^<>]*)?/?>", re.I
)

EARLIEST_YEAR, LATEST_YEAR = 1600, 2100


def clean(text: object) -> str | None:
    """One line: white space and control characters collapsed, ends trimmed; None if empty."""
    if text is None:
        return None
    text = str(text)
    # Most of what comes here is one short clean word; asking that is cheaper than rewriting it.
    if text.isalnum() and text.isascii():
        return text
    return _SPACE.sub(" ", text).strip() or None


def plain_and_html(text: str | None) -> tuple[str | None, str | None]:
    """(plain text, sanitised HTML where markup carries meaning, else None).

    Handles both literal markup ("10<sup>6</sup>") and entities ("Smith &amp; Co"). Scripts and
    styles go, with what is inside; a "<" that opens no tag stays a "<".
    """
    if not text:
        return None, None
    if "<" not in text and "&" not in text:
        return clean(text), None
    text = _ACTIVE.sub(" ", text)
    plain = clean(html.unescape(_TAG.sub("", _BLOCK.sub(" ", text))))
    if not plain or not _MEANINGFUL.search(text):
        return plain, None
    markup = _sanitised(text)
    # "<i" that opens no tag is text and leaves nothing but text.
    return plain, markup if markup and "<" in markup else None


def _sanitised(text: str) -> str | None:
    """HTML of the five kept tags only; everything else escaped or dropped."""
    parts, last = [], 0
    text = _BLOCK.sub(" ", text)
    renamed = {"em": "i", "strong": "b", "italic": "i", "bold": "b", "inf": "sub"}
    for tag in _TAG.finditer(text):
        parts.append(html.escape(html.unescape(text[last : tag.start()]), quote=False))
        name = re.sub(r"[</>]|\s.*", "", tag.group().lower(), flags=re.DOTALL).removeprefix("jats:")
        name = renamed.get(name, name)
        if name in _KEPT_TAGS:
            parts.append(f"</{name}>" if tag.group().startswith("</") else f"<{name}>")
        last = tag.end()
    parts.append(html.escape(html.unescape(text[last:]), quote=False))
    return clean(nh3.clean("".join(parts), tags=_KEPT_TAGS, attributes={}))


# Labels that open a paragraph of an abstract written as one text: "BACKGROUND: …".
_HEADING = re.compile(
    r"(?:(?<=^)|(?<=[.!?)\]]\s)\s*|(?<=\n))"
    r"((?:[A-Z][A-Z/&,\-() ]{2,60}[A-Z)])|(?:Background|Introduction|Objectives?|Aims?|Purpose|"
    r"Methods?|Materials and Methods|Patients and Methods|Results?|Findings|Conclusions?|"
    r"Discussion|Interpretation|Funding|Areas covered|Expert opinion|Study design|Setting|"
    r"Context|Design|Importance|Observations|Procedure|Trial registration))\s*:\s+"
)


def sections_from_text(text: str | None) -> tuple[AbstractSection, ...]:
    """Sections of an abstract given as one text, split where it writes "LABEL: ".

    At least two labels are needed, and the first must open the text: a lone "RESULTS:" in the
    middle is part of a sentence. Blank lines also part sections when each part has a label.
    """
    if not text or not text.strip():
        return ()
    marks = list(_HEADING.finditer(text.strip()))
    whole = text.strip()
    if len(marks) < 2 or marks[0].start() != 0:
        return _one_section(None, whole)
    sections: list[AbstractSection] = []
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        end = following.start() if following else len(whole)
        sections.extend(_one_section(mark.group(1).strip(), whole[mark.end() : end]))
    return tuple(sections)


def _one_section(label: str | None, text: str) -> tuple[AbstractSection, ...]:
    plain, markup = plain_and_html(text)
    return (AbstractSection(label, plain, markup),) if plain else ()


_PARTICLES = frozenset(
    "da de del dela della dei degli di do dos das du d' des le la les van von der den ter ten te "  # noqa: SIM905
    "el al bin ibn ben af av zu zur zum vom dal dalla san santa st".split()
)
_SUFFIX = re.compile(r"^(?:jr|sr|ii|iii|iv|2nd|3rd|4th)\.?$", re.IGNORECASE)
_INITIALS = re.compile(r"^(?:[^\W\d_]\.?-?){1,4}$")


def author_from_display(name: str | None) -> AuthorName | None:
    """An author written "Given Family", as Semantic Scholar and web pages do.

    The family name is the last word with the particles before it ("Daniela Di Carlo" ->
    Di Carlo). ``name`` stays the display string: the split is ours, not the source's.
    """
    display = clean(name)
    if not display:
        return None
    if "," in display:
        return author_from_inverted(display)
    words = display.split(" ")
    suffix = words.pop() if len(words) > 2 and _SUFFIX.match(words[-1]) else None
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    given, family = " ".join(words[:start]) or None, " ".join(words[start:])
    return AuthorName(display, family, given, suffix=suffix)


def author_from_inverted(name: str | None) -> AuthorName | None:
    """An author written family name first: "Di Carlo, Daniela", "Liu R.", "Qiao S".

    Without a comma the trailing initials part the name; a string with neither is taken as
    a group's name.
    """
    display = clean(name)
    if not display:
        return None
    if "," in display:
        return _from_commas(display)
    family, _, last = display.rpartition(" ")
    if family and _INITIALS.match(last) and (last.isupper() or "." in last):
        return AuthorName(display, family, last, initials=last.replace(".", ""))
    if " " not in display:
        return AuthorName(display, display)
    return AuthorName(display, is_collective=True)


def _from_commas(display: str) -> AuthorName:
    parts = [part.strip() for part in display.split(",")]
    parts = [part for part in parts if part]
    suffix = next((part for part in parts[1:] if _SUFFIX.match(part)), None)
    parts = [part for part in parts if part != suffix]
    if len(parts) < 2:
        return AuthorName(
            parts[0] if parts else display, parts[0] if parts else None, suffix=suffix
        )
    family, given = parts[0], ", ".join(parts[1:])
    return AuthorName(f"{family}, {given}", family, given, initials_of(given), suffix)


def initials_of(given: str | None) -> str | None:
    """ "Maria Carmen" -> "MC", "R.-L." -> "RL"."""
    letters = [word[0] for word in re.split(r"[\s.\-]+", given or "") if word[:1].isalpha()]
    return "".join(letters).upper() or None


MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july",
         "aug august", "sep sept september", "oct october", "nov november", "dec december"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip


def month_number(text: object) -> int | None:
    """1 to 12 from "Jan", "january", "01" or 1."""
    word = str(text or "").strip().rstrip(".").lower()
    if word.isdigit():
        number = _small_number(word)
        return number if number and number <= 12 else None
    return MONTHS.get(word)


def _small_number(digits: str) -> int | None:
    """A number of up to four digits; a superscript 2 is a digit to Python and no number."""
    return int(digits) if digits.isdecimal() and len(digits) <= 4 else None


def partial_date(
    year: object, month: object = None, day: object = None, text: str | None = None
) -> PartialDate | None:
    """A date of what is valid: year 1600 to 2100, then the month, then a day that exists."""
    year_no = _small_number(str(year or "").strip())
    if year_no is None or not EARLIEST_YEAR <= year_no <= LATEST_YEAR:
        return None
    month_no = month_number(month)
    day_text = str(day or "").strip()
    day_no = _small_number(day_text) if month_no else None
    try:
        if day_no is not None and month_no:
            dt.date(year_no, month_no, day_no)
    except ValueError:
        day_no = None
    return PartialDate(year_no, month_no, day_no, clean(text))


_YEAR = re.compile(r"(?<!\d)(1[6-9]\d\d|20\d\d|2100)(?!\d)")


def date_from_text(text: object) -> PartialDate | None:
    """A date as bibliographies write it: "2001/09/01/", "2014//", "2021-07-01", "2002 Sep 4",
    "MAR 1 2022", "1998 Dec-1999 Jan", "Spring 2004", "2021".

    What is beyond year-month-day stays in ``text``. No year 1600-2100 in it: None.
    """
    whole = clean(text)
    if not whole:
        return None
    numeric = re.match(r"^(\d{4})[/\-.](\d{0,2})(?:[/\-.](\d{0,2}))?(?:[/\-.T ](.*))?$", whole)
    if numeric:
        rest = (numeric.group(4) or "").strip("/ ")
        kept = None if not rest or re.match(r"^\d\d:", rest) else rest
        return partial_date(numeric.group(1), numeric.group(2), numeric.group(3), kept)
    found = _YEAR.search(whole)
    if not found:
        return None
    rest = (whole[: found.start()] + " " + whole[found.end() :]).strip(" ,;/-()")
    if not rest:
        return PartialDate(int(found.group()))
    words = [word for word in re.split(r"[\s,./]+", rest) if word]
    months = [word for word in words if not word.isdigit() and month_number(word)]
    days = [word for word in words if word.isdigit()]
    if len(months) == 1 and len(words) == 1 + len(days) and len(days) <= 1:
        return partial_date(found.group(), months[0], days[0] if days else None)
    return PartialDate(int(found.group()), text=whole)


_PAGE_RANGE = re.compile(
    r"^([A-Za-z]*)(\d+)([A-Za-z]*)\s*(?:--?|[\u2010-\u2015]|\s-\s)\s*([A-Za-z]*)(\d+)([A-Za-z]*)$"
)


def normalise_pages(text: object, end: object = None) -> str | None:
    """ "309-20" and ("309", "20") -> "309-320"; "525 - 535" -> "525-535"; "e0815" stays.

    MEDLINE abbreviates the last page (sources.md 1.5); only digits that are missing are added.
    """
    start_text, end_text = clean(text), clean(end)
    if start_text and end_text and start_text != end_text:
        whole = f"{start_text}-{end_text}"
    else:
        whole = start_text or end_text or ""
    found = _PAGE_RANGE.match(whole)
    if not found:
        return whole or None
    lead, first, first_tail, end_lead, last, last_tail = found.groups()
    if len(last) < len(first) and end_lead in ("", lead):
        last = first[: len(first) - len(last)] + last
    if first == last and end_lead in ("", lead) and first_tail == last_tail:
        return f"{lead}{first}{first_tail}"
    return f"{lead}{first}{first_tail}-{end_lead}{last}{last_tail}"


# ISO 639-2/B, the codes of MEDLINE's Language element, for the names and two-letter codes met in exports.
_LANGUAGES = {
    "english": "eng", "en": "eng", "french": "fre", "fr": "fre", "fra": "fre", "german": "ger",
    "de": "ger", "deu": "ger", "italian": "ita", "it": "ita", "spanish": "spa", "es": "spa",
    "portuguese": "por", "pt": "por", "russian": "rus", "ru": "rus", "chinese": "chi", "zh": "chi",
    "zho": "chi", "japanese": "jpn", "ja": "jpn", "korean": "kor", "ko": "kor", "polish": "pol",
    "pl": "pol", "dutch": "dut", "nl": "dut", "nld": "dut", "turkish": "tur", "tr": "tur",
    "czech": "cze", "cs": "cze", "ces": "cze", "hungarian": "hun", "hu": "hun", "swedish": "swe",
    "sv": "swe", "danish": "dan", "da": "dan", "norwegian": "nor", "no": "nor", "finnish": "fin",
    "fi": "fin", "greek": "gre", "el": "gre", "ell": "gre", "hebrew": "heb", "he": "heb",
    "arabic": "ara", "ar": "ara", "persian": "per", "fa": "per", "fas": "per", "croatian": "hrv",
    "hr": "hrv", "serbian": "srp", "sr": "srp", "romanian": "rum", "ro": "rum", "ron": "rum",
    "ukrainian": "ukr", "uk": "ukr", "bulgarian": "bul", "bg": "bul", "slovak": "slo", "slovenian": "slv",
}  # fmt: skip


def language_code(text: object) -> str | None:
    """ "English", "en", "en-GB" -> "eng"; an unknown word stays as it is, in lower case."""
    word = (clean(text) or "").lower()
    return _LANGUAGES.get(word) or _LANGUAGES.get(word.split("-")[0]) or word or None
