"""Small workbooks, .xlsx and .ods, made of the XML that is in them."""

import io
import zipfile
from collections.abc import Mapping

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OPEN = "urn:oasis:names:tc:opendocument:xmlns"
DAY, CLOCK, LENGTH, BOTH = 1, 2, 3, 4
"""The formats of a cell with a number that is a date, a time of day, a duration, or date and time."""


def zipped(parts: Mapping[str, str]) -> bytes:
    """A zip of texts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return out.getvalue()


def cell(value: str | float | bool, format: int = 0) -> str:
    """A cell of an .xlsx."""
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    return f'<c t="b"><v>{value:d}</v></c>' if isinstance(value, bool) else f'<c s="{format}"><v>{value}</v></c>'


def row(*cells: str) -> str:
    """A row of an .xlsx."""
    return f"<row>{''.join(cells)}</row>"


def xlsx(sheets: Mapping[str, str], hidden: str = "", merged: str = "") -> bytes:
    """A workbook of sheets, each given as its rows; in each, a range such as A2:A3 is merged."""
    merging = f'<mergeCells count="1"><mergeCell ref="{merged}"/></mergeCells>' if merged else ""
    states = {hidden: 'state="hidden" '}
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" {states.get(name, "")}r:id="rId{n}"/>' for n, name in enumerate(sheets, 1)
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    formats = "".join(f'<xf numFmtId="{id}"/>' for id in (0, 14, 20, 164, 22))
    custom = '<numFmts count="1"><numFmt numFmtId="164" formatCode="[h]:mm:ss"/></numFmts>'
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}<Relationship '
            f'Id="rId99" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
            "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">{custom}<cellXfs>{formats}</cellXfs></styleSheet>',
            **{
                f"xl/worksheets/sheet{n}.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>'
                f"{merging}</worksheet>"
                for n, rows in enumerate(sheets.values(), 1)
            },
        }
    )


def ods(rows: str) -> bytes:
    """A workbook of one sheet, given as its rows."""
    spaces = " ".join(f'xmlns:{it}="{_OPEN}:{it}:1.0"' for it in ("office", "table", "text"))
    table = f'<table:table table:name="Tabelle1">{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{_OPEN}:manifest:1.0"/>',
            "content.xml": f"<office:document-content {spaces}>{body}</office:document-content>",
        }
    )


def open_cell(type: str, **attributes: str) -> str:
    """A cell of an .ods."""
    text = attributes.pop("text", "")
    more = "".join(f' {name.replace("_", ":", 1).replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<table:table-cell office:value-type="{type}"{more}><text:p>{text}</text:p></table:table-cell>'


def open_row(*cells: str, repeated: int = 1) -> str:
    """A row of an .ods."""
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'
