import io
import tracemalloc
from pathlib import Path

import pytest

from collection.importing import columns, importer, mapping, reading, values


def a_table(folder: Path, text: str, name: str = "metadata.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def an_entry(header: str, line: str) -> mapping.Entry:
    table = reading.read_csv(io.BytesIO(f"{header}\n{line}\n".encode()), "table")
    return mapping.entry(table.rows[0], columns.columns_of(table.columns))


@pytest.mark.parametrize(
    "text",
    [
        '\ufeffAccession Number,File Name,Title\r\nA,1.jpg,One\n\nB,2.jpg,"Two\r\nlines"\r\n',
        "Accession No.;filename;title\nA;1.jpg;One\nB;2.jpg;Two lines\n",
        "accessionNumber\tfileName\ttitle\nA\t1.jpg\tOne\nB\t2.jpg\tTwo lines",
    ],
)
def test_tables_of_all_usual_makes_read_alike(text, tmp_path):
    table = reading.read(a_table(tmp_path, text))

    entries = [mapping.entry(row, columns.columns_of(table.columns)) for row in table.rows]

    assert [(e.accession_number, e.filename, e.fields["title"]) for e in entries] == [
        ("A", "1.jpg", "One"),
        ("B", "2.jpg", "Two lines"),
    ]


@pytest.mark.parametrize("column", columns.NAMES)
def test_every_column_that_is_recognised_fills_a_field(column: str):
    cells = {"filename": "1.jpg", "accession_number": "A"}
    value = {"date_start": "1860", "date_end": "1860", "rights": "https://a.example", "source": "https://a.example"}

    without = an_entry(",".join(cells), ",".join(cells.values()))
    cells[column] = value.get(column, "yes")
    found = an_entry(",".join(cells), ",".join(cells.values()))

    assert found != without
    assert not found.refusal


def test_json_lines_keep_numbers_as_they_are_written(tmp_path):
    path = a_table(
        tmp_path,
        '{"accession_number": 1928.10, "filename": "1.jpg", "creators": ["Ann", "Bo"], "published": false}\n'
        '{"accession_number": "B", "filename": "2.jpg", "title": "\\u0000One\\ud800", "medium": null}\n',
        "table.jsonl",
    )

    table = reading.read(path)
    first, second = (mapping.entry(row, columns.columns_of(table.columns)) for row in table.rows)

    assert (first.accession_number, first.fields["creators"], first.is_published) == ("1928.10", ["Ann", "Bo"], False)
    assert second.fields == {"title": "One"}


def test_a_row_with_too_many_cells_is_refused_and_one_with_too_few_is_not():
    long = an_entry("filename,title", "1.jpg,One, two")
    short = an_entry("filename,title,medium", "1.jpg,One")

    assert "more cells" in long.refusal
    assert (short.refusal, short.fields) == ("", {"title": "One"})


# Cells


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("1855", "1865", (1855, 1865)),
        ("1855-01-01", "1865-12-31T00:00:00Z", (1855, 1865)),
        ("-500", "-0400-01-01", (-500, -400)),
        ("1866.0", "", (1866, None)),
        ("0", "0", (None, None)),
        ("", "", (None, None)),
    ],
)
def test_years_come_as_numbers_and_as_iso_dates(start, end, found):
    assert values.years(start, end) == found


@pytest.mark.parametrize(("start", "end"), [("1870", "1860"), ("unknown", "1860"), ("1860", "99999"), ("1e3", "")])
def test_years_that_make_no_sense_are_left_out_with_a_warning_and_the_row_is_kept(start, end):
    entry = an_entry("filename,date_start,date_end,title", f"1.jpg,{start},{end},One")

    assert entry.fields == {"title": "One"}
    assert entry.warnings[-1].startswith("years left out")
    assert not entry.refusal


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("1866", (1866, 1866)), ("1850-1860", (1850, 1860)), ("1850 – 1860", (1850, 1860)),
        ("1866-05-01", (1866, 1866)), ("c. 1860", None), ("1911-12", None), ("19th century", None), ("1870-1860", None),
    ],
)  # fmt: skip
def test_a_plain_date_gives_the_years_where_no_column_does(shown, found):
    fields = an_entry("filename,date", f"1.jpg,{shown}").fields

    assert fields.get("date_display") == shown
    assert (fields.get("year_start"), fields.get("year_end")) == (found or (None, None))


def test_only_web_addresses_are_taken_as_such():
    entry = an_entry("filename,rights,source", "1.jpg,javascript:alert(1),Old book")

    assert entry.fields == {}
    assert entry.warnings[-2:] == ["rights left out: it is no web address", "source left out: it is no web address"]


def test_text_loses_its_tags_and_unknown_titles_stay_as_they_are():
    entry = an_entry(
        "filename,title,description", '1.jpg,[title not known],"<p>A <em>fine</em> &amp; <b>old</b> one</p>1 < 2"'
    )

    assert entry.fields == {"title": "[title not known]", "description": "A fine & old one\n1 < 2"}


def test_what_is_too_long_is_cut_with_a_warning():
    entry = an_entry("filename,title,creator,view", f"1.jpg,{'t' * 600},{'c' * 300},{'v' * 200}")

    assert (len(entry.fields["title"]), len(entry.fields["creators"][0]), len(entry.view_label)) == (500, 200, 100)
    assert [warning for warning in entry.warnings if "cut" in warning] == [
        "view cut to 100 signs", "title cut to 500 signs", "creator cut to 200 signs",
    ]  # fmt: skip


# Real tables


@pytest.mark.parametrize(
    ("name", "number", "creators", "years"),
    [
        ("carnegie-200.csv", "79.66.115", ["unknown Austrian"], (1855, 1865)),
        ("cleveland-100-flattened.csv", "1335.1917", ["Thomas Cole (American, 1801-1848)"], (1838, 1838)),
        ("tate-200.csv", "A00001", ["Robert Blake"], (None, None)),
        ("ima-200.csv", "71.194", ["Robert Rauschenberg (Artist)", "Styria Studio (Printer)"], (1971, 1971)),
    ],
)
def test_tables_of_real_museums_are_understood(shared_data, name, number, creators, years):
    table = reading.read(shared_data / "museum-metadata" / name)
    chosen = columns.columns_of(table.columns)

    entries = [mapping.entry(row, chosen) for row in table.rows]

    first = entries[0]
    assert len(entries) >= 100
    assert {"accession_number", "title", "creator", "date", "medium", "credit_line"} <= chosen.keys()
    assert (first.accession_number, first.fields["creators"]) == (number, creators)
    assert (first.fields.get("year_start"), first.fields.get("year_end")) == years
    assert all(entry.accession_number and "<" not in entry.fields.get("title", "") for entry in entries)


def test_a_table_larger_than_the_memory_is_grouped_by_works_without_holding_its_rows(tmp_path):
    rows = 2_000
    cell = "lines\n" * 500
    lines = [f'{row % (rows // 2)},{row}.jpg,"{cell}"' for row in range(rows)]
    text = "\n".join(["accession_number,filename,description", *lines])
    path = a_table(tmp_path, text)
    del lines, text
    tracemalloc.start()

    entries = importer.entries_of(tmp_path, path)
    works = [(entry.accession_number, entry.filename) for batch in importer.batches(entries) for entry in batch]
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert works == [(str(n), f"{row}.jpg") for n in range(rows // 2) for row in (n, n + rows // 2)]
    assert peak_bytes < path.stat().st_size / 2


def test_rows_of_a_work_come_together_and_rows_without_a_number_alone(tmp_path):
    path = a_table(tmp_path, "filename,accession_number,title\n1.jpg,A,\n,,x\n2.jpg,B,\n,,y\n3.jpg,A,\n")

    (batch,) = importer.batches(importer.entries_of(tmp_path, path))

    assert [(entry.filename, entry.line) for entry in batch] == [
        ("1.jpg", 2),
        ("3.jpg", 6),
        ("", 3),
        ("2.jpg", 4),
        ("", 5),
    ]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_rows_are_found_again_whatever_ends_their_lines(ending, tmp_path):
    text = '\ufefffilename,title\n\n1.jpg,"Ä\nB"\n2.jpg,Ö\n'.replace("\n", ending)

    table = reading.read(a_table(tmp_path, text))

    assert [row.cells["title"].split() for row in table.rows] == [["Ä", "B"], ["Ö"]]
    assert table.rows[1].cells["filename"] == "2.jpg"


@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_a_wrong_byte_is_named_with_its_line_wherever_it_is(offset, tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "BLOCK_BYTES", 16)
    before = "filename\nä.jpg\n".encode()
    path = tmp_path / "table.csv"
    path.write_bytes(before + b"x" * (16 - len(before) % 16 + offset) + b"\n\xff.jpg\n")

    with pytest.raises(reading.MetadataError, match=r"not in UTF-8 \(see line 4\)"):
        reading.read(path)
