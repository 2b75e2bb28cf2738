"""A file as readers see it: its encoding, its lines, what a damaged end or a bomb costs."""

from __future__ import annotations

import codecs
import gzip
import io
import tracemalloc
import zipfile

import pytest

from papers.formats import InputFile, Unreadable, detect, read
from papers.formats import input as input_module

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


ENCODINGS = {
    "UTF-8": ("utf-8", "Müller שלום 𝔘"),
    "UTF-8 with its mark": ("utf-8-sig", "Müller שלום 𝔘"),
    "UTF-16 with its mark": ("utf-16", "Müller שלום 𝔘"),
    "UTF-32 with its mark": ("utf-32", "Müller שלום 𝔘"),
    "Windows": ("cp1252", "Müller – “x”"),
}


@pytest.mark.parametrize(("encoding", "text"), ENCODINGS.values(), ids=ENCODINGS)
def test_encoding_is_the_bytes_own(encoding, text):
    file = InputFile.from_bytes(f"{text}\r\nsecond".encode(encoding))

    assert list(file.lines()) == [(1, text), (2, "second")]
    assert file.read_text() == f"{text}\r\nsecond"


def test_file_cut_inside_a_character_is_still_utf8():
    file = InputFile.from_bytes("Müller ü".encode()[:-1])

    assert file.encoding == "utf-8"
    assert [text for _, text in file.lines()] == ["Müller \ufffd"]


def test_character_and_line_end_across_two_chunks_are_whole(monkeypatch):
    monkeypatch.setattr(input_module, "CHUNK_BYTES", 3)
    file = InputFile.from_bytes("aaü\r\nbb𝔘\r\n".encode())

    assert list(file.lines()) == [(1, "aaü"), (2, "bb𝔘")]


def test_head_is_the_beginning_without_its_mark():
    file = InputFile.from_bytes(gzip.compress(codecs.BOM_UTF8 + b"x" * 100_000))

    assert len(file.head) == 1 << 16
    assert file.head_text.startswith("xx")


def test_file_on_disk_is_read_any_number_of_times(tmp_path):
    path = tmp_path / "export.ris"
    path.write_bytes(b"one\ntwo\n")
    file = InputFile.from_path(path)

    assert file.name == "export.ris"
    assert list(file.lines()) == list(file.lines()) == [(1, "one"), (2, "two")]
    assert file.bytes_read == 8


def _packed_zeros(megabytes: int) -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as stream:
        for _ in range(megabytes):
            stream.write(bytes(1 << 20))
    return packed.getvalue()


def test_two_hundred_megabytes_of_zeros_are_refused_in_little_memory():
    file = InputFile.from_bytes(_packed_zeros(200), "zeros.ris.gz")

    tracemalloc.start()
    try:
        with pytest.raises(Unreadable, match="over 200 times its size"):
            list(read(file, "ris"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 150 << 20


def test_zeros_are_no_known_format():
    with pytest.raises(Unreadable, match="nothing but zero bytes"):
        detect(InputFile.from_bytes(_packed_zeros(1)))


def test_file_that_is_too_large_for_memory_is_refused(monkeypatch):
    monkeypatch.setattr(input_module, "MAX_WHOLE_BYTES", 1 << 20)

    with pytest.raises(Unreadable, match=r"read up to 1 MB a file"):
        InputFile.from_bytes(bytes(2 << 20)).read_whole()


def test_file_that_is_too_large_altogether_is_refused(monkeypatch):
    monkeypatch.setattr(input_module, "MAX_BYTES", 10)

    with pytest.raises(Unreadable, match=r"Split it and import the parts"):
        list(InputFile.from_bytes(b"12345678901").chunks())


def test_file_without_line_ends_is_given_up_soon(monkeypatch):
    monkeypatch.setattr(input_module, "MAX_LINE_CHARS", 1 << 20)
    lines = InputFile.from_bytes(b"one\n" + bytes(2 << 20)).lines()

    assert next(lines) == (1, "one")
    with pytest.raises(Unreadable, match="Line 2 is longer than any record can be"):
        next(lines)


def test_zip_archive_is_refused_and_a_workbook_is_not():
    def archive(name: str) -> InputFile:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as opened:
            opened.writestr(name, "content")
        return InputFile.from_bytes(packed.getvalue(), "export.ris")

    with pytest.raises(Unreadable, match="Unpack it"):
        detect(archive("export.ris"))
    assert detect(archive("[Content_Types].xml")).name == "xlsx"
