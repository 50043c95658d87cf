"""Spreadsheets, SPSS and Stata files are sources like any other, and never altered in silence."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import zipfile

import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import pytest
import yaml
from made_campaign import make_campaign

from workbench.errors import SettingsError, SourceError
from workbench.intake import admit
from workbench.settings import load_settings
from workbench.sources import open_source, take_records_out
from workbench.sources.archives import Reading, open_raw

COLUMNS = {"donation_id": "Receipt", "donation_date": "Paid on", "amount_minor": "Amount",
           "first_name": "First", "last_name": "Last"}
# Two gifts in a workbook of Excel 97, made by xlwt, gzipped.
XLS = (
    "H4sIAAAAAAACA+1YTWgTQRT+ZrObP9omqa3YCiUUrFpbRETw0sYGbC+2xF4UETTNpjTUJCVZD/VitfYoCJ4UEQr1IE"
    "LViz+ooOjBg1DRgyAIrd70JCh4aLO+ebtb06jQgBYr+y3zZt6bed++3Tcz+/NyLjI/fbt5ARXohgclMwBvmU1QCThK"
    "GNRvmrLp1H4qpot1hYCfEunV8KD2hU/mUOZ7AQpuqU9IAu+pHMUYBvK5dHQNEecYkkLG0EVS4ApZ6tDEUdWzTLHcwP"
    "Imj3zIch9bzrPsorHz4gjmYgPte+1ZfFhp5b46SN677POWLbvQiOdyFp++IKyxGnoKmeSJddbRotZgBpTQvnQuXZB6"
    "CNcQBMYJndlsp67Po4GSPYOvZhT44qzqx1HXvrZ2AbJ/W2n3/cbupyRW2i8qKjAB8zgvkinUYo8qezT0ZYaN4iL6ec"
    "+WhebDYDqVzowZ1EokM3o0n6P13pPNn8wZGtCbKRQNcj6QLBoesutJKYsjtDLieeqPZwqpkaAk400jvGLTqOXFVENS"
    "R4jbEV5SYYp68frnV/1Didgxtkzwg8J6nGyR0cPEGelBznXc44F1BUA7e+xgeZZZN3O7mWUDjaG6LdFoN3onecw57m"
    "2j8+xmvI5tLWtvo/bUp4P3WqY+xLZTe7Zv4VTD7JvYNFrpNunkL49JdIgOcfmSxP2YUwt763nHsumnbcivhO3YTfuZ"
    "GcKSXHiECEtLk3dHLGuKfa8szUOaZ1lTSVNtZlHB/Aib2BbhDNTj41PJNMyM0lswl2ZzCeby2lzKL7gU5goy19Vnku"
    "vGTodLYS6fzaUwl8xjt1KPO9KRtt0fCMKFCxcuXLhw4cLFPwnBL4vWK7dqv3R7rW8F/q+zRKXk/ib5bzGIPB0GfVTu"
    "R47qAsarmj8boQmHS6zSx/lfKHGIzl7AKIY4jtGq5y99jony61m1Y/jPLaFqz1+qJs6/fP7vR/AmZQAWAAA="
)
TYPES = """<?xml version="1.0"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels"
 ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
</Types>"""
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = """<?xml version="1.0"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}
</Relationships>"""
STYLES = f"""<?xml version="1.0"?><styleSheet xmlns="{MAIN}"><cellXfs count="2">
<xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"""


def cell(column, row, value):
    place = f'r="{"ABCDEFGH"[column]}{row}"'
    if isinstance(value, dt.date):
        return f'<c {place} s="1"><v>{(value - dt.date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, bool):
        return f'<c {place} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f"<c {place}><v>{value}</v></c>"
    if value == "#REF!":
        return f'<c {place} t="e"><v>#REF!</v></c>'
    return f'<c {place} t="inlineStr"><is><t>{value}</t></is></c>' if value else ""


def write_workbook(path, **sheets):
    """Write a workbook by hand: name of a sheet to its rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kinds = "".join(f'<Relationship Id="r{n}" Type="{RELATION}/worksheet" '
                    f'Target="worksheets/sheet{n}.xml"/>' for n in range(len(sheets)))
    kinds += f'<Relationship Id="s" Type="{RELATION}/styles" Target="styles.xml"/>'
    names = "".join(f'<sheet name="{name}" sheetId="{n + 1}" r:id="r{n}"/>'
                    for n, name in enumerate(sheets))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", RELATIONS.format(
            f'<Relationship Id="w" Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/>'))
        archive.writestr("xl/workbook.xml", f'<?xml version="1.0"?><workbook xmlns="{MAIN}" '
                         f'xmlns:r="{RELATION}"><sheets>{names}</sheets></workbook>')
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS.format(kinds))
        archive.writestr("xl/styles.xml", STYLES)
        for n, rows in enumerate(sheets.values()):
            lines = "".join(
                f'<row r="{number}">{"".join(cell(c, number, v) for c, v in enumerate(row))}</row>'
                for number, row in enumerate(rows, start=1))
            archive.writestr(f"xl/worksheets/sheet{n}.xml", f'<?xml version="1.0"?><worksheet '
                             f'xmlns="{MAIN}"><sheetData>{lines}</sheetData></worksheet>')


GIFTS = [["Receipt", "Paid on", "Amount", "First", "Last"],
         [1, dt.date(2024, 1, 15), 25, "Ada", "Ash"],
         ["", "", "", "", ""],
         [2, dt.date(2024, 2, 29), 30.5, "Bo", "Birch"]]


def campaign(tmp_path, name, columns=COLUMNS, table="donations", **keys):
    root = make_campaign(tmp_path / "c")
    params = yaml.safe_load((root / "params.yaml").read_text())
    params["sources"] = {"gifts": {
        "path": f"data/raw/{name}", "table": table, "lawful_basis": "consent",
        "expiry_date": "2030-01-01", "columns": dict(columns), **keys}}
    (root / "params.yaml").write_text(yaml.safe_dump(params))
    suite = f'{{"name": "{table}", "expectations": []}}'
    (root / "expectations").mkdir()
    (root / "expectations" / f"{table}.json").write_text(suite)
    (root / "data/raw").mkdir(parents=True)
    return root


def accepted(root):
    admission = admit(load_settings(root), "gifts", n_workers=1)
    return pq.read_table(admission.accepted_path).to_pandas(), admission.quality


def assert_two_gifts(rows, lines):
    assert rows["donation_id"].tolist() == ["1", "2"]
    assert rows["donation_date"].tolist() == [dt.date(2024, 1, 15), dt.date(2024, 2, 29)]
    assert rows["amount_minor"].tolist() == [2500, 3050]
    assert rows["last_name"].tolist() == ["Ash", "Birch"]
    assert rows["source_row"].tolist() == lines


@pytest.mark.parametrize("keys", [{}, {"date_format": "%m/%d/%Y"}], ids=["iso", "declared"])
def test_a_workbook_is_read_with_the_numbers_of_its_rows(tmp_path, keys):
    root = campaign(tmp_path, "gifts.xlsx", **keys)
    write_workbook(root / "data/raw/gifts.xlsx", Gifts=GIFTS, Empty=[])
    rows, quality = accepted(root)
    assert_two_gifts(rows, [2, 4])
    assert quality.files[0]["n_blank_lines"] == 1


def test_a_workbook_of_excel_97_is_read(tmp_path):
    root = campaign(tmp_path, "gifts.xls")
    (root / "data/raw/gifts.xls").write_bytes(gzip.decompress(base64.b64decode("".join(XLS))))
    assert_two_gifts(accepted(root)[0], [2, 3])


def test_the_sheet_that_is_meant_is_named(tmp_path):
    root = campaign(tmp_path, "gifts.xlsx", sheet="Gifts")
    write_workbook(root / "data/raw/gifts.xlsx", Notes=[["see", "next"]], Gifts=GIFTS)
    assert_two_gifts(accepted(root)[0], [2, 4])


@pytest.mark.parametrize(("sheet", "told"), [
    ("", r"has 2 sheets that hold something: Notes, Gifts\. Name the one"),
    ("Gift", r"no sheet 'Gift'\. Did you mean 'Gifts'\? It has: Notes, Gifts"),
])
def test_a_sheet_that_cannot_be_told_is_asked_for(tmp_path, sheet, told):
    root = campaign(tmp_path, "gifts.xlsx", sheet=sheet)
    write_workbook(root / "data/raw/gifts.xlsx", Notes=[["see", "next"]], Gifts=GIFTS)
    with pytest.raises(SourceError, match=told):
        accepted(root)


def test_cells_are_read_as_a_person_reads_them(tmp_path):
    write_workbook(tmp_path / "x.xlsx", One=[
        [27517, 0.1, True, "00123", 1.5e20, 12345678901234], ["a, b", "say 'x'", "", "", "", -3]])
    raw = open_raw(tmp_path, "x.xlsx", Reading())
    assert raw.read(0, raw.n_bytes).decode().split("\n") == [
        "27517,0.1,TRUE,00123,1.5e+20,12345678901234", "\"a, b\",say 'x',,,,-3", ""]


def test_a_cell_with_an_error_is_no_value(tmp_path):
    root = campaign(tmp_path, "gifts.xlsx")
    write_workbook(root / "data/raw/gifts.xlsx",
                   Gifts=[*GIFTS, [3, dt.date(2024, 3, 1), "#REF!", "Cy", "Cole"]])
    rows, quality = accepted(root)
    assert rows["donation_id"].tolist() == ["1", "2"]
    assert [(r["reason_code"], r["first_row"]) for r in quality.reasons] == [
        ("missing_required", 5)]


@pytest.mark.parametrize(("content", "told"), [
    (b"\xd0\xcf\x11\xe0" + bytes(600), "damaged or unusual spreadsheet"),
    (b"$FL2" + bytes(600), "damaged or unusual file of SPSS"),
    (b"%PDF-1.7 and so on", "PDF or a database"),
])
def test_a_damaged_workbook_is_one_message(tmp_path, content, told):
    root = campaign(tmp_path, "gifts.xls")
    (root / "data/raw/gifts.xls").write_bytes(content)
    with pytest.raises(SourceError, match=told):
        accepted(root)


def test_a_workbook_that_would_fill_the_memory_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("xl/worksheets/sheet0.xml", b" " * 60_000_000)
    with pytest.raises(SourceError, match="grows to 60,000,"):
        open_raw(tmp_path, "bomb.xlsx", Reading())


POLL = {"respondent_id": {"as": "row_number"}, "wave_name": {"constant": "W1"}, "sex_code": {
    "from": "sex", "codes": {"Male": "male", "Female": "female"}}, "region_code": "state"}


@pytest.mark.parametrize("name", ["poll.sav", "poll.dta"])
def test_values_of_statistics_files_are_their_labels_or_their_codes(tmp_path, name):
    root = campaign(tmp_path, name, POLL, "polls")
    frame = pd.DataFrame({"sex": [1.0, 2.0, 2.0], "state": ["NC", "OH", ""]})
    write = {"poll.sav": pyreadstat.write_sav, "poll.dta": pyreadstat.write_dta}[name]
    write(frame, str(root / "data/raw" / name),
          variable_value_labels={"sex": {1: "Male", 2: "Female"}})
    assert accepted(root)[0]["sex_code"].tolist() == ["male", "female", "female"]
    raw = open_raw(root, f"data/raw/{name}", Reading(has_labels=False))
    assert raw.read(0, 100).decode().split("\n")[1:3] == ["1,NC", "2,OH"]


def test_what_an_spss_file_calls_missing_is_missing(tmp_path):
    pyreadstat.write_sav(pd.DataFrame({"age": [30.0, 99.0]}), str(tmp_path / "p.sav"),
                         missing_ranges={"age": [99]})
    raw = open_raw(tmp_path, "p.sav", Reading())
    assert raw.read(0, 100).decode().split("\n")[:3] == ["age", "30", ""]


def test_no_record_is_taken_out_of_a_workbook_and_its_rows_are_named(tmp_path):
    root = campaign(tmp_path, "gifts.xlsx")
    write_workbook(root / "data/raw/gifts.xlsx", Gifts=GIFTS)
    before = (root / "data/raw/gifts.xlsx").read_bytes()
    settings = load_settings(root)
    opened = open_source(settings.source("gifts"), root)
    chunk = next(opened.chunks())
    placed = opened.placed(chunk)
    places = [(int(placed.starts[1]), int(placed.ends[1]))]
    with pytest.raises(SourceError, match=r"Take 1 out in the program that made it \(row 4\)"):
        take_records_out(opened, 0, places, root)
    assert (root / "data/raw/gifts.xlsx").read_bytes() == before


def test_keys_of_other_kinds_of_files_are_checked(tmp_path):
    root = campaign(tmp_path, "gifts.xlsx", has_labels="no")
    with pytest.raises(SettingsError, match="has_labels must be true or false"):
        load_settings(root)


def test_two_cells_very_far_apart_end_the_reader_and_not_the_run(tmp_path):
    place = tmp_path / "data/raw/gifts.xlsx"
    write_workbook(place, Gifts=[["Receipt"]])
    with zipfile.ZipFile(place) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    sheet = next(name for name in parts if "worksheets/" in name)
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    parts[sheet] = parts[sheet].replace(b"</sheetData>", far)
    with zipfile.ZipFile(place, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    with pytest.raises(SourceError, match="cells stand very far from each other"):
        open_raw(tmp_path, "data/raw/gifts.xlsx", Reading())


def test_a_line_end_within_a_cell_stays_and_moves_no_row(tmp_path):
    root = campaign(tmp_path, "gifts.xlsx", columns={**COLUMNS, "donation_date": "Paid on"})
    header, first, *others = GIFTS
    write_workbook(root / "data/raw/gifts.xlsx", Gifts=[
        ["Receipt", "Paid\non", *header[2:]], [*first[:3], "Ada\nMary", "Ash"], *others])
    rows, _ = accepted(root)
    assert_two_gifts(rows, [2, 4])
    assert rows["first_name"].tolist() == ["Ada\nMary", "Bo"]
