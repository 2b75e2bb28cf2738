"""The precedence rule: what a paper says when several sources speak."""

from __future__ import annotations

import datetime as dt
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers.merge import Voice, merge, status_of
from papers.records import (
    AbstractSection,
    AuthorName,
    PartialDate,
    Record,
    Related,
    Source,
)


def test_merge_takes_each_field_from_the_strongest_source_that_has_it():
    merged = merge(
        [
            Voice(1, Record(source=Source.AGGREGATOR, title="A", volume="7", citation_count=3)),
            Voice(2, Record(source=Source.SEMANTIC_SCHOLAR, title="S", citation_count=9)),
            Voice(3, Record(source=Source.FILE, title="F", issue="2")),
            Voice(4, Record(source=Source.PUBMED, title="P")),
        ]
    )

    assert merged.values == {"title": "P", "volume": "7", "issue": "2", "citation_count": 9}
    assert merged.origins == {"title": 4, "volume": 1, "issue": 3, "citation_count": 2}


def test_merge_does_not_depend_on_the_order_of_arrival():
    voices = [
        Voice(1, Record(source=Source.FILE, title="F", keywords=("x",), other_ids=(("wos", "1"),))),
        Voice(2, Record(source=Source.PUBMED, title="P", other_ids=(("pii", "2"),))),
        Voice(3, Record(source=Source.SEMANTIC_SCHOLAR, title="S", tldr="t")),
    ]

    outcomes = [merge(list(order)) for order in permutations(voices)]

    assert all(outcome == outcomes[0] for outcome in outcomes)


def test_merge_hears_the_fuller_format_of_one_source_first():
    nbib = Record(source=Source.PUBMED, format="medline", title="from nbib", volume="1")
    xml = Record(source=Source.PUBMED, format="pubmed_xml", title="from XML")

    merged = merge([Voice(9, nbib), Voice(1, xml)])

    assert merged.values["title"] == "from XML"
    assert merged.origins["volume"] == 9


def test_merge_prefers_the_later_version_of_a_record():
    first = Record(source=Source.PUBMED, title="version 1", pmid="1", pmid_version=1)
    second = Record(source=Source.PUBMED, title="version 2", pmid="1", pmid_version=2)

    merged = merge([Voice(2, first), Voice(1, second)])

    assert merged.values["title"] == "version 2"
    assert merged.pmid_version == 2


def test_merge_prefers_the_record_revised_later_over_the_one_stored_later():
    old = Record(source=Source.PUBMED, title="old", revised=dt.date(2020, 1, 1))
    new = Record(source=Source.PUBMED, title="new", revised=dt.date(2024, 1, 1))

    assert merge([Voice(5, old), Voice(4, new)]).values["title"] == "new"


def test_merge_lets_a_full_abstract_speak_over_a_cut_one_of_a_stronger_source():
    cut = (AbstractSection(None, "We treated 12 children and ..."),)
    full = (AbstractSection(None, "We treated 12 children and all of them responded."),)

    merged = merge(
        [
            Voice(1, Record(source=Source.PUBMED, abstract_sections=cut)),
            Voice(2, Record(source=Source.FILE, abstract_sections=full)),
        ]
    )

    assert merged.values["abstract_sections"] == full
    assert merged.origins["abstract_sections"] == 2


def test_merge_keeps_a_shorter_whole_abstract_of_a_stronger_source():
    short = (AbstractSection(None, "Short and whole."),)
    long = (AbstractSection(None, "Long, with a publisher's advertisement at its end."),)

    merged = merge(
        [
            Voice(1, Record(source=Source.PUBMED, abstract_sections=short)),
            Voice(2, Record(source=Source.FILE, abstract_sections=long)),
        ]
    )

    assert merged.values["abstract_sections"] == short


def test_merge_adds_up_identifiers_trials_and_links():
    retracted = Related("retraction_in", pmid="7")
    merged = merge([
        Voice(1, Record(source=Source.PUBMED, other_ids=(("pii", "S1"),),
                        trial_registrations=("NCT00000001",))),
        Voice(2, Record(source=Source.FILE, other_ids=(("wos", "W1"),),
                        trial_registrations=("NCT00000002",), related=(retracted,))),
    ])  # fmt: skip

    assert merged.other_ids == {"pii": "S1", "wos": "W1"}
    assert merged.trial_registrations == ("NCT00000001", "NCT00000002")
    assert merged.status == "retracted"


def test_merge_never_takes_semantic_scholars_display_names_over_pubmeds_authors():
    pubmed = (AuthorName("Di Carlo, Daniela", "Di Carlo", "Daniela"),)
    display = (AuthorName("D. Carlo", "Carlo", "D."),)

    merged = merge(
        [
            Voice(1, Record(source=Source.SEMANTIC_SCHOLAR, authors=display)),
            Voice(2, Record(source=Source.PUBMED, authors=pubmed)),
        ]
    )

    assert merged.values["authors"] == pubmed


@pytest.mark.parametrize(
    ("types", "links", "status"),
    [
        ((), (), "published"),
        (("Retracted Publication",), (), "retracted"),
        ((), ("retraction_in",), "retracted"),
        (("Retraction of Publication",), ("retraction_of",), "published"),
        ((), ("erratum_in",), "corrected"),
        ((), ("erratum_for",), "published"),
        ((), ("erratum_in", "expression_of_concern_in"), "expression_of_concern"),
        ((), ("comment_in", "update_in"), "published"),
    ],
)
def test_status_of_takes_the_gravest(types, links, status):
    assert status_of(types, [Related(link) for link in links]) == status


def test_merged_year_is_the_issues_and_else_the_electronic_one():
    both = Record(source=Source.FILE, published=PartialDate(2021), electronic=PartialDate(2020))
    only = Record(source=Source.FILE, electronic=PartialDate(2020))

    assert merge([Voice(1, both)]).year == 2021
    assert merge([Voice(1, only)]).year == 2020


records = st.builds(
    Record,
    source=st.sampled_from(Source),
    title=st.none() | st.sampled_from(["a", "b"]),
    volume=st.none() | st.sampled_from(["1", "2"]),
    keywords=st.sampled_from([(), ("x",), ("y", "z")]),
    pmid_version=st.none() | st.integers(1, 3),
)


@given(st.lists(records, min_size=1, max_size=5), st.randoms())
def test_merge_is_free_of_order_and_gives_only_what_was_said(said, random):
    voices = [Voice(number, record) for number, record in enumerate(said)]
    shuffled = random.sample(voices, len(voices))

    merged = merge(voices)

    assert merged == merge(shuffled)
    for name, value in merged.values.items():
        assert value == getattr(said[merged.origins[name]], name)
