"""Small files of every format, made in memory: what a test says is all that is in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def zipped(members: dict[str, bytes | str], stored: bool = False) -> bytes:
    buffer = io.BytesIO()
    kind = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def docx(body: str, **parts: str) -> bytes:
    """A DOCX with this body XML; `numbering`, `styles`, `footnotes`, `header1` … are further parts."""
    members: dict[str, bytes | str] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "word/document.xml": f'<w:document xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/'
        f'markup-compatibility/2006"><w:body>{body}</w:body></w:document>',
    }
    for name, xml in parts.items():
        members[f"word/{name}.xml"] = f'<w:{name} xmlns:w="{W}">{xml}</w:{name}>'
    return zipped(members)


def p(text: str, style: str = "", number: tuple[int, int] | None = None) -> str:
    """A paragraph; `number` is (numId, level)."""
    shape = f'<w:pStyle w:val="{style}"/>' if style else ""
    if number is not None:
        shape += f'<w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr>'
    return f"<w:p><w:pPr>{shape}</w:pPr><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


@dataclass
class PdfPage:
    """Lines of text at (x, y from the top, size), and rules as (x0, y0, x1, y1), in points on A4."""

    lines: list[tuple[float, float, float, str]] = field(default_factory=list)
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)
    rotate: int = 0
    picture: bool = False
    watermark: str = ""  # drawn slanting across the page

    def add(self, x: float, y: float, text: str, size: float = 12) -> PdfPage:
        self.lines.append((x, y, size, text))
        return self


def pdf(pages: Sequence[PdfPage]) -> bytes:
    """A PDF whose characters are all one em wide (half for ASCII), with a ToUnicode map."""
    objects: list[bytes] = []

    def add(body: bytes) -> int:
        objects.append(body)
        return len(objects)

    def stream(data: bytes, extra: str = "") -> bytes:
        return f"<</Length {len(data)}{extra}>>stream\n".encode() + data + b"\nendstream"

    used = sorted(
        {
            ord(char)
            for page in pages
            for text in (page.watermark, *(line[3] for line in page.lines))
            for char in text
        }
        | {0x20}
    )
    ranges = "\n".join(f"<{code:04X}> <{code:04X}>" for code in used)
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        f"{len(used)} beginbfchar\n{ranges}\nendbfchar\nendcmap end end"
    )
    unicode_map = add(stream(cmap.encode()))
    ascii_widths = "[32 126 500]".replace("[", "").replace("]", "")
    descriptor = add(b"<</Type/FontDescriptor/FontName/T/Flags 4/FontBBox[0 -120 1000 880]/Ascent 880"
                     b"/Descent -120/CapHeight 880/ItalicAngle 0/StemV 80>>")  # fmt: skip
    inner = add(
        f"<</Type/Font/Subtype/CIDFontType2/BaseFont/T/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
        f"/Supplement 0>>/DW 1000/W[{ascii_widths}]/FontDescriptor {descriptor} 0 R>>".encode()
    )
    font = add(
        f"<</Type/Font/Subtype/Type0/BaseFont/T/Encoding/Identity-H/DescendantFonts[{inner} 0 R]"
        f"/ToUnicode {unicode_map} 0 R>>".encode()
    )
    image = add(
        stream(
            b"\xff", "/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8"
        )
    )
    parent = len(objects) + 2 * len(pages) + 1
    kids: list[int] = []
    for page in pages:
        drawn = [f"{x0} {842 - y0} m {x1} {842 - y1} l S" for x0, y0, x1, y1 in page.rules]
        for x, y, size, text in page.lines:
            codes = "".join(f"{ord(char):04X}" for char in text)
            drawn.append(f"BT /F {size} Tf {x} {842 - y} Td <{codes}> Tj ET")
        if page.watermark:
            codes = "".join(f"{ord(char):04X}" for char in page.watermark)
            drawn.append(f"BT /F 40 Tf 0.7 0.7 -0.7 0.7 100 300 Tm <{codes}> Tj ET")
        if page.picture:
            drawn.append("q 400 0 0 500 90 150 cm /I Do Q")
        content = add(stream("\n".join(drawn).encode()))
        kids.append(
            add(
                f"<</Type/Page/Parent {parent} 0 R/MediaBox[0 0 595 842]/Rotate {page.rotate}/Resources"
                f"<</Font<</F {font} 0 R>>/XObject<</I {image} 0 R>>>>/Contents {content} 0 R>>".encode()
            )
        )
    add(f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(f'{kid} 0 R' for kid in kids)}]>>".encode())
    catalog = add(f"<</Type/Catalog/Pages {parent} 0 R>>".encode())
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(f"{number} 0 obj\n".encode() + body + b"\nendobj\n")
    table = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.write("".join(f"{offset:010d} 00000 n \n" for offset in offsets).encode())
    out.write(f"trailer<</Size {len(objects) + 1}/Root {catalog} 0 R>>\nstartxref\n{table}\n%%EOF".encode())
    return out.getvalue()


def ofd(lines: Sequence[tuple[float, float, str]], entity: str = "") -> bytes:
    """An OFD of one page: (x, baseline y, text) in millimetres, type 4 mm."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    objects = "".join(
        f'<ofd:TextObject ID="{n}" Boundary="{x} {y - 4} 150 5" Font="1" Size="4">'
        f'<ofd:TextCode X="0" Y="4" DeltaX="g {max(len(text) - 1, 0)} 4">{escape(text)}</ofd:TextCode>'
        "</ofd:TextObject>"
        for n, (x, y, text) in enumerate(lines, 10)
    )
    return zipped({
        "OFD.xml": f"{entity}<ofd:OFD {space}><ofd:DocBody>"
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {space}><ofd:CommonData><ofd:PageArea>"
        "<ofd:PhysicalBox>0 0 210 297"
        "</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages><ofd:Page ID=\"1\" BaseLoc="
        "\"Pages/Page_0/Content.xml\"/></ofd:Pages></ofd:Document>",
        "Doc_0/Pages/Page_0/Content.xml": f"<ofd:Page {space}><ofd:Content>"
        f"<ofd:Layer ID=\"2\">{objects}</ofd:Layer>"
        "</ofd:Content></ofd:Page>",
    })  # fmt: skip


def xlsx(rows: Sequence[Sequence[object]], merges: Sequence[str] = ()) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    for area in merges:
        book.active.merge_cells(area)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
