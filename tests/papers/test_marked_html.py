"""Marks over words with and without markup of their own."""

from __future__ import annotations

import re
from html import escape, unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers.marked_html import joined, marked_markup, marked_text, place_name
from papers.marking import Span


def mark(words: str, *, kind: str = "t", begins: bool = True, ends: bool = True) -> str:
    name = ' id="p"' if begins else ""
    letter = f' data-letter="{kind.upper()}"' if ends else ""
    return f'<mark class="mention m-{kind}"{name} data-place="p"{letter}>{words}</mark>'


def test_places_are_called_by_field_entry_and_offset() -> None:
    assert place_name("abstract", None, 12) == "in-abstract-12"
    assert place_name("keywords", 3, 0) == "in-keywords-3-0"


def test_words_are_escaped_and_marked() -> None:
    assert marked_text("a<b & HER2", [Span(6, 10, "k", ("p",))]) == (
        f"a&lt;b &amp; {mark('HER2', kind='k')}"
    )


def test_a_part_of_a_text_is_marked_where_the_whole_says() -> None:
    text = "Aim. HER2 was seen."

    assert marked_text(text, [Span(5, 9, "t", ("p",))], start=5) == f"{mark('HER2')} was seen."
    assert marked_markup("<i>HER2</i> was seen.", text, [Span(5, 9, "t", ("p",))], start=5) == (
        f"<i>{mark('HER2')}</i> was seen."
    )


def test_a_mark_without_a_name_has_no_id() -> None:
    assert marked_text("an ERK1", [Span(3, 7, "x")]) == 'an <mark class="mention m-x">ERK1</mark>'


def test_markup_that_cuts_a_quote_stays_and_the_place_has_one_name_and_one_letter() -> None:
    html = marked_markup("an ERK<sub>1</sub> stop", "an ERK1 stop", [Span(3, 12, "t", ("p",))])

    assert html == (
        f"an {mark('ERK', ends=False)}<sub>{mark('1', begins=False, ends=False)}</sub>"
        f"{mark(' stop', begins=False)}"
    )


@pytest.mark.parametrize("html", ["an <i>ERK</i> 2", "ERK", ""])
def test_markup_that_says_other_words_is_left_without_marks(html: str) -> None:
    assert marked_markup(html, "an ERK1", [Span(3, 7, "t", ("p",))]) == html


def test_spans_that_share_a_character_are_one_with_all_their_names() -> None:
    spans = [Span(9, 12, "k", ("c",)), Span(4, 8, "t", ("b",)), Span(0, 5, "c", ("a",))]

    assert joined(spans) == [Span(0, 8, "c", ("a", "b")), Span(9, 12, "k", ("c",))]


def test_spans_made_one_are_in_the_colour_of_a_class_if_one_has_it() -> None:
    assert joined([Span(0, 9, "x", ("a",)), Span(2, 4, "k")]) == [Span(0, 9, "k", ("a",))]


def test_spans_side_by_side_stay_apart() -> None:
    spans = [Span(0, 5, "c", ("a",)), Span(5, 8, "t", ("b",))]

    assert joined(spans) == spans


_PLAIN = st.text(alphabet="ab<>&\"' é", max_size=30)
_SPANS = st.lists(st.tuples(st.integers(0, 32), st.integers(1, 9)), max_size=5)


def without_tags(html: str) -> str:
    return unescape(re.sub(r"<[^<>]*>", "", html))


def ranges(html: str) -> str:
    """The text with brackets where marks begin and end; parts of one mark in a row as one."""
    bracketed = re.sub(r"<mark[^>]*>", "\x01", html).replace("</mark>", "\x02")
    return without_tags(bracketed).replace("\x02\x01", "")


@given(_PLAIN, _SPANS)
def test_marks_change_no_character(text: str, places: list[tuple[int, int]]) -> None:
    spans = joined(Span(start, start + length, "c", (f"p{start}",)) for start, length in places)

    assert without_tags(marked_text(text, spans)) == text


@given(st.lists(st.tuples(_PLAIN, st.sampled_from(["", "i", "sub"])), max_size=5), _SPANS)
def test_marks_over_markup_stand_where_they_stand_over_plain_words(
    parts: list[tuple[str, str]], places: list[tuple[int, int]]
) -> None:
    text = "".join(words for words, _ in parts)
    html = "".join(
        f"<{tag}>{escape(words)}</{tag}>" if tag else escape(words) for words, tag in parts
    )
    spans = joined(Span(start, start + length, "c", (f"p{start}",)) for start, length in places)

    over = marked_markup(html, text, spans)

    assert ranges(over) == ranges(marked_text(text, spans))
    for tag in ("<i>", "<sub>"):
        assert over.count(tag) == html.count(tag)
