"""What every reader needs of text: white space, markup, names, dates, pages, languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers.formats.text import (
    author_from_display,
    author_from_inverted,
    clean,
    date_from_text,
    initials_of,
    language_code,
    month_number,
    normalise_pages,
    partial_date,
    plain_and_html,
    sections_from_text,
)
from papers.records import AuthorName, PartialDate


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (" a \t b\r\nc\u00a0d ", "a b c d"),
        ("a\x00b\x1fc", "a b c"),
        ("word", "word"),
        (12, "12"),
        ("", None),
        (" \n", None),
        (None, None),
    ],
)
def test_clean_leaves_one_line(written, text):
    assert clean(written) == text


@given(st.text())
def test_clean_text_stays(text):
    once = clean(text)

    assert clean(once) == once


MARKUP = {
    "10<sup>6</sup> cells": ("106 cells", "10<sup>6</sup> cells"),
    "<em>In vivo</em>": ("In vivo", "<i>In vivo</i>"),
    "Smith &amp; Co": ("Smith & Co", None),
    "P <0.05 and <i": ("P <0.05 and <i", None),
    "P <0.05 <b>bold</b>": ("P <0.05 bold", "P &lt;0.05 <b>bold</b>"),
    "a<script>alert(1)</script>b": ("a b", None),
    "a<script>alert(1)": ("a", None),
    "<p>One</p><p>Two</p>": ("One Two", None),
    "<b onclick='x()'>a</b>": ("a", "<b>a</b>"),
    "<jats:italic>a</jats:italic>": ("a", "<i>a</i>"),
    "<a href='javascript:x'>a</a>": ("a", None),
    "": (None, None),
    None: (None, None),
}


@pytest.mark.parametrize(("written", "both"), MARKUP.items())
def test_markup_is_kept_only_where_it_means_something(written, both):
    assert plain_and_html(written) == both


@given(st.text())
def test_html_never_holds_a_script_or_an_attribute(text):
    _, markup = plain_and_html(f"<b>{text}</b><script>{text}")

    assert "<script" not in (markup or "")


def test_sections_part_at_labels():
    sections = sections_from_text("BACKGROUND: One. METHODS AND RESULTS: Two. Conclusion: Three.")

    assert [(part.label, part.text) for part in sections] == [
        ("BACKGROUND", "One."),
        ("METHODS AND RESULTS", "Two."),
        ("Conclusion", "Three."),
    ]


@pytest.mark.parametrize(
    "text", ["No label at all.", "We saw it. RESULTS: None.", "RESULTS: None.", "HER2: a receptor."]
)
def test_text_without_two_labels_is_one_section(text):
    (section,) = sections_from_text(text)

    assert (section.label, section.text) == (None, text)


def test_no_abstract_has_no_sections():
    assert sections_from_text(" \n") == sections_from_text(None) == ()


DISPLAYED = {
    "Daniela Di Carlo": ("Di Carlo", "Daniela", None),
    "Ludwig van der Berg": ("van der Berg", "Ludwig", None),
    "John A. Smith Jr.": ("Smith", "John A.", "Jr."),
    "Madonna": ("Madonna", None, None),
    "Di Carlo, Daniela": ("Di Carlo", "Daniela", None),
}


@pytest.mark.parametrize(("written", "parts"), DISPLAYED.items())
def test_displayed_name_is_taken_apart(written, parts):
    author = author_from_display(written)

    assert author.name == written
    assert (author.family, author.given, author.suffix) == parts


INVERTED = {
    "Di Carlo, Daniela": AuthorName("Di Carlo, Daniela", "Di Carlo", "Daniela", "D"),
    "Smith, John A., Jr": AuthorName("Smith, John A.", "Smith", "John A.", "JA", "Jr"),
    "Smith,J": AuthorName("Smith, J", "Smith", "J", "J"),
    "Liu R.-L.": AuthorName("Liu R.-L.", "Liu", "R.-L.", "R-L"),
    "Qiao S": AuthorName("Qiao S", "Qiao", "S", "S"),
    "Madonna": AuthorName("Madonna", "Madonna"),
    "Study Group": AuthorName("Study Group", is_collective=True),
    "Smith,": AuthorName("Smith", "Smith"),
}


@pytest.mark.parametrize(("written", "author"), INVERTED.items())
def test_inverted_name_is_taken_apart(written, author):
    assert author_from_inverted(written) == author


def test_no_name_is_no_author():
    assert author_from_display(" ") is author_from_inverted(None) is None


def test_initials_are_the_first_letters():
    assert initials_of("Maria Carmen") == "MC"
    assert initials_of("R.-L.") == "RL"
    assert initials_of(None) is None


@pytest.mark.parametrize(
    ("written", "number"),
    [("Jan", 1), ("sept.", 9), ("DECEMBER", 12), ("07", 7), (3, 3), ("13", None), ("x", None)],
)
def test_month_has_a_number(written, number):
    assert month_number(written) == number


@pytest.mark.parametrize(
    ("parts", "date"),
    [
        (("2021", "Jul", "1"), PartialDate(2021, 7, 1)),
        ((2021, 7), PartialDate(2021, 7)),
        (("2021", "Feb", "30"), PartialDate(2021, 2)),
        (("2021", None, "5"), PartialDate(2021)),
        (("20225",), None),
        (("1599",), None),
        ((None,), None),
        (("2004", None, None, "Spring"), PartialDate(2004, text="Spring")),
    ],
)
def test_date_keeps_what_is_valid(parts, date):
    assert partial_date(*parts) == date


DATES = {
    "2001/09/01/": PartialDate(2001, 9, 1),
    "2014//": PartialDate(2014),
    "2021-07-01": PartialDate(2021, 7, 1),
    "2021-07-01T10:00:00": PartialDate(2021, 7, 1),
    "2021-07": PartialDate(2021, 7),
    "2002 Sep 4": PartialDate(2002, 9, 4),
    "MAR 1 2022": PartialDate(2022, 3, 1),
    "1998 Dec-1999 Jan": PartialDate(1998, text="1998 Dec-1999 Jan"),
    "Spring 2004": PartialDate(2004, text="Spring 2004"),
    "2021": PartialDate(2021),
    "20225": None,
    "n.d.": None,
    None: None,
}


@pytest.mark.parametrize(("written", "date"), DATES.items())
def test_date_is_read_from_text(written, date):
    assert date_from_text(written) == date


@pytest.mark.parametrize(
    ("written", "pages"),
    [
        (("309-20",), "309-320"),
        (("309", "20"), "309-320"),
        (("525 - 535",), "525-535"),
        (("217--264",), "217-264"),
        (("217\u2013264",), "217-264"),
        (("e12-e15",), "e12-e15"),
        (("S12-9",), "S12-19"),
        (("5-5",), "5"),
        (("e0815",), "e0815"),
        (("12", None), "12"),
        ((None, "15"), "15"),
        (("1-4, 9",), "1-4, 9"),
        ((None,), None),
    ],
)
def test_pages_are_whole(written, pages):
    assert normalise_pages(*written) == pages


@pytest.mark.parametrize(
    ("written", "code"),
    [("English", "eng"), ("en-GB", "eng"), ("eng", "eng"), ("Latin", "latin"), ("", None)],
)
def test_language_has_its_code(written, code):
    assert language_code(written) == code
