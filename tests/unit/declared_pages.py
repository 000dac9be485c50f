"""Pages of declared brands, read by the real rules, for tests of whose number it is."""

from __future__ import annotations

from pipelines.brand import Brand
from pipelines.model import Evidence, Page
from pipelines.process import process_page
from pipelines.rules import load_rules

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
