"""Tags as keywords, out and back in."""

from __future__ import annotations

import pytest

from papers.formats.tag_keywords import decode, encode, split
from papers.records import TagLabel

WRITTEN = {
    "RMS Review: car_t-gd2 (confirmed)": TagLabel(therapy_class="car_t-gd2"),
    "RMS Review regimen: ivado (rejected)": TagLabel(regimen="ivado", state="rejected"),
    "RMS Review setting: first_relapse (confirmed)": TagLabel(setting="first_relapse"),
    "RMS Review design: rct (rejected)": TagLabel(study_design="rct", state="rejected"),
}


@pytest.mark.parametrize(("keyword", "tag"), WRITTEN.items(), ids=WRITTEN)
def test_tag_is_written_as_a_keyword_and_read_back(keyword, tag):
    assert encode(tag) == keyword
    assert decode(keyword) == tag


@pytest.mark.parametrize(
    "keyword",
    ["Setting: mixed", "RMS Review drug: x (confirmed)", "RMS Review setting: mixed (perhaps)"],
)
def test_other_keywords_are_no_tags(keyword):
    assert decode(keyword) is None


def test_tags_are_split_from_keywords_each_once():
    keywords = ("sarcoma", *WRITTEN, "sarcoma", *WRITTEN)

    assert split(keywords) == (("sarcoma",), tuple(WRITTEN.values()))
