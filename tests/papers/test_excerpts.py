"""Sentences that hold quotes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from papers.excerpts import AROUND, ELLIPSIS, excerpts
from papers.marking import Piece, Span

TEXT = "We know little. We gave Vincristine and CAR-T cells. All were well."


def shown(text: str, *spans: Span) -> list[str]:
    return ["".join(piece.text for piece in each) for each in excerpts(text, spans)]


def span(words: str, text: str = TEXT, kind: str = "c") -> Span:
    return Span(text.index(words), text.index(words) + len(words), kind)


def test_a_sentence_comes_once_with_all_its_quotes_marked() -> None:
    drug, cells = span("Vincristine"), span("CAR-T cells", kind="k")

    assert excerpts(TEXT, [cells, drug]) == [
        (
            Piece("We gave "),
            Piece("Vincristine", drug),
            Piece(" and "),
            Piece("CAR-T cells", cells),
            Piece("."),
        )
    ]


def test_sentences_come_in_the_order_of_the_text() -> None:
    assert shown(TEXT, span("well"), span("little")) == ["We know little.", "All were well."]


def test_a_quote_across_sentences_is_shown_whole() -> None:
    assert shown(TEXT, span("little. We gave")) == ["We know little. We gave"]


def test_a_long_sentence_is_cut_at_words_around_the_quote() -> None:
    text = f"{'before ' * 60}Vincristine {'after ' * 60}end."

    [cut] = shown(text, span("Vincristine", text))

    assert cut.startswith(f"{ELLIPSIS}before ")
    assert cut.endswith(f"after{ELLIPSIS}")
    assert len(cut) <= 2 * AROUND + len("Vincristine") + 2


@given(st.text(alphabet="ab. Z\n", max_size=400), st.data())
def test_every_quote_is_in_an_excerpt_and_every_excerpt_in_the_text(text: str, data) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 50)))
    quoted = text[start:end]

    found = excerpts(text, [Span(start, end, "c")] if quoted.strip() else [])

    assert bool(found) == bool(quoted.strip())
    for pieces in found:
        words = [piece.text for piece in pieces]
        assert "".join(words).strip(ELLIPSIS) in text
        assert [piece.text for piece in pieces if piece.span] == [quoted]
