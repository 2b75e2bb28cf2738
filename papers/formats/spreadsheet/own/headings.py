"""Lists of parts: MeSH headings, substances, grants, related publications, other ids, tags."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from papers.formats.spreadsheet.cells import as_json, join_list, split_semicolons
from papers.formats.spreadsheet.own.group import Cells, Fields, Group, items_of, readable_or_json
from papers.formats.spreadsheet.own.structures import plain
from papers.formats.text import clean
from papers.records import Grant, MeshHeading, MeshQualifier, Record, Related, Substance, TagLabel


def mesh_heading(text: str) -> MeshHeading:
    """ "*Rhabdomyosarcoma/*drug therapy/pathology"; a star marks the major topic."""
    descriptor, *qualifiers = (part.strip() for part in text.split("/"))
    return MeshHeading(
        descriptor.removeprefix("*"),
        is_major=descriptor.startswith("*"),
        qualifiers=tuple(
            MeshQualifier(part.removeprefix("*"), is_major=part.startswith("*"))
            for part in qualifiers
            if part.strip("*")
        ),
    )


def _star(name: str, is_major: bool) -> str:
    return f"*{name}" if is_major else name


def _write_mesh(record: Record) -> Sequence[str]:
    headings = record.mesh_headings
    names = join_list(["/".join(_mesh_names(heading)) for heading in headings])
    uis = "; ".join("/".join(_mesh_uis(heading)) for heading in headings)
    uis = uis if uis.strip("/; ") else ""
    if _mesh_of(names, uis) == headings:
        return names, uis
    return as_json(plain(headings)), ""


def _mesh_names(heading: MeshHeading) -> list[str]:
    parts = [_star(heading.descriptor, heading.is_major)]
    return parts + [_star(part.name, part.is_major) for part in heading.qualifiers]


def _mesh_uis(heading: MeshHeading) -> list[str]:
    return [heading.ui or "", *(part.ui or "" for part in heading.qualifiers)]


def _mesh_of(names: str, uis: str) -> tuple[MeshHeading, ...]:
    found = items_of(MeshHeading, names)
    if found is not None:
        return found
    headings = tuple(map(mesh_heading, split_semicolons(names)))
    codes = uis.split(";")
    if len(codes) != len(headings):
        return headings
    return tuple(map(_with_uis, headings, codes))


def _with_uis(heading: MeshHeading, codes: str) -> MeshHeading:
    uis = [code.strip() or None for code in codes.split("/")]
    if len(uis) != 1 + len(heading.qualifiers):
        return heading
    qualifiers = tuple(
        dataclasses.replace(part, ui=ui)
        for part, ui in zip(heading.qualifiers, uis[1:], strict=True)
    )
    return dataclasses.replace(heading, ui=uis[0], qualifiers=qualifiers)


def substance_columns(field: str, codes_column: str) -> Group:
    """Names in one column, "UI/registry number" of each in the other."""

    def write(record: Record) -> Sequence[str]:
        substances: tuple[Substance, ...] = getattr(record, field)
        names = join_list([substance.name for substance in substances])
        codes = "; ".join(f"{s.ui or ''}/{s.registry_number or ''}" for s in substances)
        codes = codes if codes.strip("/; ") else ""
        if _substances_of(names, codes) == substances:
            return names, codes
        return as_json(plain(substances)), ""

    def read(cells: Cells, _: list[str]) -> Fields:
        return {field: _substances_of(cells[field], cells[codes_column])}

    return Group((field, codes_column), write, read)


def _substances_of(names: str, codes: str) -> tuple[Substance, ...]:
    found = items_of(Substance, names)
    if found is not None:
        return found
    substances = tuple(map(Substance, split_semicolons(names)))
    pairs = [code.strip().partition("/") for code in codes.split(";")]
    if len(pairs) != len(substances):
        return substances
    return tuple(
        Substance(substance.name, ui or None, number or None)
        for substance, (ui, _, number) in zip(substances, pairs, strict=True)
    )


def rows_column(field: str, kind: type[Grant] | type[Related]) -> Group:
    """One line an item, its parts parted by bars in the order of the dataclass."""
    names = [part.name for part in dataclasses.fields(kind)]

    def written(item: object) -> str:
        return " | ".join(getattr(item, name) or "" for name in names).rstrip(" |")

    def read_cell(cell: str) -> tuple[object, ...]:
        found = items_of(kind, cell)
        if found is not None:
            return found
        rows = (line.split("|") for line in cell.splitlines() if line.strip(" |"))
        return tuple(kind(*(clean(part) for part in row[: len(names)])) for row in rows)  # type: ignore[arg-type]

    def write(record: Record) -> Sequence[str]:
        items = getattr(record, field)
        return (readable_or_json("\n".join(map(written, items)), items, read_cell),)

    return Group((field,), write, lambda cells, _: {field: read_cell(cells[field])})


def _write_other_ids(record: Record) -> Sequence[str]:
    return (join_list([f"{kind}:{value}" for kind, value in record.other_ids]),)


def _read_other_ids(cells: Cells, _: list[str]) -> Fields:
    pairs = (item.partition(":") for item in split_semicolons(cells["other_ids"]))
    return {"other_ids": tuple((kind, value) for kind, _, value in pairs if value)}


_TAGS = {
    "therapy_classes_confirmed": ("therapy_class", "confirmed"),
    "therapy_classes_rejected": ("therapy_class", "rejected"),
    "regimens_confirmed": ("regimen", "confirmed"),
    "regimens_rejected": ("regimen", "rejected"),
    "settings_confirmed": ("setting", "confirmed"),
    "settings_rejected": ("setting", "rejected"),
    "study_designs_confirmed": ("study_design", "confirmed"),
    "study_designs_rejected": ("study_design", "rejected"),
}


def _write_tags(record: Record) -> Sequence[str]:
    return [
        join_list(
            [getattr(tag, kind) for tag in record.tags if tag.state == state and getattr(tag, kind)]
        )
        for kind, state in _TAGS.values()
    ]


def _read_tags(cells: Cells, _: list[str]) -> Fields:
    return {
        "tags": tuple(
            TagLabel(**{kind: slug}, state=state)
            for column, (kind, state) in _TAGS.items()
            for slug in split_semicolons(cells[column])
        )
    }


OTHER_IDS = Group(("other_ids",), _write_other_ids, _read_other_ids)
MESH = Group(
    ("mesh_headings", "mesh_uis"),
    _write_mesh,
    lambda cells, _: {"mesh_headings": _mesh_of(cells["mesh_headings"], cells["mesh_uis"])},
)
TAGS = Group(tuple(_TAGS), _write_tags, _read_tags)
