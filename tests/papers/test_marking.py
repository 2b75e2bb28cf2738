"""Marks over a text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from papers.marking import Part, Piece, Span, parts, pieces
from papers.records import AbstractSection, join_sections

TEXT = "Vincristine and CAR-T cells."


def test_pieces_mark_what_the_spans_cover() -> None:
    drug, cells = Span(0, 11, "c"), Span(16, 21, "k", ("s1",))

    assert pieces(TEXT, [cells, drug]) == [
        Piece("Vincristine", drug),
        Piece(" and "),
        Piece("CAR-T", cells),
        Piece(" cells."),
    ]


def test_of_overlapping_spans_the_first_and_longest_stays() -> None:
    short, long, late = Span(0, 3, "c"), Span(0, 11, "t"), Span(5, 15, "i")

    assert [piece.span for piece in pieces(TEXT, [short, late, long])] == [long, None]


def test_pieces_of_a_part_are_clipped_to_it() -> None:
    assert [piece.text for piece in pieces(TEXT, [Span(0, 11, "c")], start=16, end=21)] == ["CAR-T"]


def test_a_span_that_runs_into_a_part_is_marked_from_the_beginning_of_it() -> None:
    across = Span(0, 21, "c")

    assert pieces(TEXT, [across], start=16) == [
        Piece("CAR-T", across, begins=False),
        Piece(" cells."),
    ]


@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.integers(0, 45), st.integers(0, 10)), max_size=8),
)
def test_pieces_joined_are_the_text(text: str, places: list[tuple[int, int]]) -> None:
    spans = [Span(start, start + length, "c") for start, length in places]

    assert "".join(piece.text for piece in pieces(text, spans)) == text


def test_parts_have_their_place_in_the_one_text() -> None:
    sections = [
        AbstractSection(label="AIM", text="To treat."),
        AbstractSection(label=None, text="To treat. Again."),
    ]
    abstract = join_sections(tuple(sections)) or ""

    found = parts(abstract, [{"label": s.label, "text": s.text} for s in sections])

    assert [(part.label, abstract[part.start : part.end]) for part in found] == [
        ("AIM", "To treat."),
        ("", "To treat. Again."),
    ]


def test_an_abstract_without_sections_is_one_part() -> None:
    assert parts("A text.", []) == [Part("", 0, 7)]
    assert parts("", []) == []


def test_sections_that_do_not_stand_in_the_abstract_have_no_place() -> None:
    assert parts("Another text.", [{"label": "AIM", "text": "To treat."}]) == []
