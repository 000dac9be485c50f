"""A real PDF with Chinese text, written by hand: fpdf2 is no runtime dependency.

The font is named and not embedded; the predefined CMap UniGB-UCS2-H (PDF 1.4, 5.6.4) says which
character each code is, so every reader gets the text and only the shapes are left to it.
"""

from __future__ import annotations

from collections.abc import Sequence

LINES_PER_PAGE = 32
_FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
    b" /DescendantFonts [4 0 R] >>"
)
_CID_FONT = (
    b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo"
    b" << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor 5 0 R"
    b" /DW 1000 /W [1 [500] 814 939 500] >>"
)
_DESCRIPTOR = (
    b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880]"
    b" /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
)


def pdf_of(lines: Sequence[str]) -> bytes:
    """The lines as a PDF, `LINES_PER_PAGE` to a page."""
    pages = [lines[at : at + LINES_PER_PAGE] for at in range(0, len(lines), LINES_PER_PAGE)]
    numbers = [7 + 2 * index for index in range(len(pages))]
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids),
        _FONT,
        _CID_FONT,
        _DESCRIPTOR,
    ]
    for page in pages:
        objects.append(_stream(page))
        objects.append(_page(len(objects)))
    return _file(objects)


def _stream(lines: Sequence[str]) -> bytes:
    shown = b"\n".join(b"<%s> Tj T*" % line.encode("utf-16-be").hex().encode() for line in lines)
    content = b"BT /F1 12 Tf 22 TL 60 780 Td\n" + shown + b"\nET"
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


def _page(contents: int) -> bytes:
    return (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]"
        b" /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>" % contents
    )


def _file(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)
