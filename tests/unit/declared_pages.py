"""Pages of declared brands, read by the real rules, for tests of whose number it is."""

from __future__ import annotations

from pipelines.brand import Brand
from pipelines.model import Evidence, Page, PageReading
from pipelines.process import process_page
from pipelines.rules import load_rules
from pipelines.vocabulary import SourceKind

#: A number that each country's statements may be given.
NUMBERS = {
    "CN": "0755-83765566",
    "HK": "2266 2222",
    "ID": "021-5050 1234",
    "IN": "080-68727374",
    "JP": "03-6743-1234",
    "KR": "02-1234-5678",
    "MY": "03-5022 3888",
    "PH": "(02) 8213-9999",
    "SG": "6123 4567",
    "TH": "02-123-4567",
    "TW": "02-2278-5200",
    "VN": "028 7109 8588",
}
ALIPAY = Brand("wallet", "支付宝", "CN", name_en="Alipay")
OCTOPUS = Brand("octopus", "八达通", "HK", name_zh_hant="八達通", name_en="Octopus")
JKOPAY = Brand("jkopay", "街口支付", "TW", name_en="JKOPAY")


def found(body: str, brand: Brand, others: tuple[str, ...]) -> dict[str, Evidence]:
    """The first evidence of each number of a page; `others` are names of other brands."""
    page = Page(
        "https://pay.test/contact",
        body.encode(),
        content_type="text/html" if body.startswith("<") else "text/plain",
        brand=brand,
        country=brand.country,
        others=others,
    )
    return {item.number: item for item in reversed(process_page(page, load_rules()).evidence)}


def of_a_wallet(body: str, country: str, kind: SourceKind = SourceKind.CONTACT) -> PageReading:
    """The reading of a page of a wallet that nobody knows, at home in a country."""
    page = Page(
        "https://x.test/page",
        body.encode(),
        content_type="text/html" if "<" in body else "text/plain",
        country=country,
        brand=Brand(id="x", name_zh="某某钱包", country=country),
        kind=kind,
    )
    return process_page(page, load_rules())


def table(rows: str) -> str:
    """The markup of a table whose rows are parted by " / " and cells by "|"."""
    cells = (
        ("".join(f"<td>{c.strip()}</td>" for c in row.split("|"))) for row in rows.split(" / ")
    )
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"
