"""A file as readers see it: what a damaged end costs."""

from __future__ import annotations

import gzip

from papers.formats import InputFile

TEXT = "".join(f"line {n} {n * 7919 % 10007}\n" for n in range(20_000)).encode()


def test_chunks_give_all_that_a_truncated_gzip_still_holds():
    packed = gzip.compress(TEXT)
    file = InputFile.from_bytes(packed[: len(packed) // 2])

    unpacked = b"".join(file.chunks())

    assert len(unpacked) > len(TEXT) // 3
    assert TEXT.startswith(unpacked)
    assert file.problem.startswith("The compressed file ends too early or is damaged")


def test_chunks_of_a_whole_gzip_have_no_problem():
    file = InputFile.from_bytes(gzip.compress(TEXT))

    assert b"".join(file.chunks()) == TEXT
    assert file.problem is None


def test_lines_leave_out_the_one_that_is_cut():
    packed = gzip.compress(TEXT)
    file = InputFile.from_bytes(packed[: len(packed) // 2])

    lines = [text for _, text in file.lines()]

    assert lines == TEXT.decode().splitlines()[: len(lines)]


def test_lines_keep_a_last_one_without_an_end():
    assert [text for _, text in InputFile.from_bytes(b"one\r\ntwo\rthree").lines()] == [
        "one",
        "two",
        "three",
    ]


def test_a_second_pass_finds_the_damage_again():
    packed = gzip.compress(TEXT)
    file = InputFile.from_bytes(packed[:-4])

    first = list(file.chunks())
    problem = file.problem

    assert list(file.chunks()) == first
    assert file.problem == problem is not None
