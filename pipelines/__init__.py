"""Pure transforms: START READING HERE. The Scrapy item pipelines are in `stages.py`.

    page = Page(url, body, …)                      what a capture holds
    decode(page.body)                 → text       decode.py
    html_pieces, json_pieces, …       → Block      layout.py, blocks.py, extract/
    search(blocks)                    → Number     findings.py, numbering/, normalize.py
    evidence_of(number)               → Evidence   context/
    process_page(page, rules)         → PageReading            process.py: the five steps above
    process_brand(brand, visits, …)   → BrandOutcome           process_brand.py:
        disputes, verify, reconcile   → Hotline            trust.py, marks/, registers/
        presence, gate                                         what may be said, and published
    conflicts(claims, brands)         → Shared                 shared.py: numbers of two brands
    change_of(before, after)          → Change                 diff.py
    claims_on, merged, judged         → Claim                  claims.py: what others say,
                                                                read apart, never a hotline

No network, disk, clock, randomness or Scrapy in here; `rules.py` alone reads, and only the rule
tables of this package. Files, captures and runs are in `outputs/`, fetching is in `crawler/`.
"""
