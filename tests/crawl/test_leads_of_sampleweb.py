"""The search host and the social host of the sample web, and the truth about what they say."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from crawler.registry import load_brands
from crawler.sampleweb.adversary import Claim, load_adversary, load_claims
from crawler.sampleweb.site import CORNER, load_web
from pipelines.ground import ground_of, host_of, registrable_domain
from pipelines.model import Page
from pipelines.process import process_page
from pipelines.rules import load_rules

CLAIMS = load_claims()
TRUE = {(t.brand, t.number) for t in load_adversary().true}
WEB = load_web()
BRANDS = {brand.id: brand for brand in load_brands(CORNER / "brands")}


def body_of(url: str) -> bytes:
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    answer = WEB.answer(parts.hostname or "", target, 1, 0)
    assert answer.status == 200, url
    return answer.body


def search(query: str, **more: str) -> dict[str, Any]:
    asked = "&".join(f"{name}={quote(value)}" for name, value in more.items())
    return dict(json.loads(body_of(f"{CLAIMS.endpoint}?q={quote(query)}&format=json&{asked}")))


def test_a_search_answers_as_searxng_does() -> None:
    found = search("示例镜钱包 客服电话")
    assert found["query"] == "示例镜钱包 客服电话"
    assert {"number_of_results", "results", "answers", "corrections", "infoboxes", "suggestions",
            "unresponsive_engines"} <= set(found)  # fmt: skip
    assert len(found["results"]) == 10
    for result in found["results"]:
        assert {"url", "title", "content", "engine", "engines", "score", "category"} <= set(result)
        assert result["parsed_url"][:2] == ["https", host_of(result["url"])]


def test_a_search_has_pages_and_an_end() -> None:
    pages = [search("示例镜钱包", pageno=str(n))["results"] for n in (1, 2, 3)]
    urls = [result["url"] for page in pages for result in page]
    assert len(urls) == len(set(urls)) > 10
    assert pages[2] == []
    assert search("没有人问过的词")["results"] == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("q=%E9%95%9C", 403),
        ("q=x&format=rss", 403),
        ("format=json", 400),
        ("q=x&format=json&pageno=0", 400),
    ],
)
def test_what_the_search_host_refuses(query: str, status: int) -> None:
    parts = urlsplit(CLAIMS.endpoint)
    assert WEB.answer(parts.hostname or "", f"{parts.path}?{query}", 1, 0).status == status


def every_result() -> list[str]:
    names = [brand.name_zh for brand in BRANDS.values()]
    found = [search(name, pageno=str(n))["results"] for name in names for n in (1, 2)]
    return [result["url"] for page in found for result in page]


def test_every_result_leads_to_a_page_that_says_what_its_snippet_says() -> None:
    for name in (brand.name_zh for brand in BRANDS.values()):
        for result in (r for n in "12" for r in search(name, pageno=n)["results"]):
            said = {e.number for e in numbers_in(result["content"].encode(), "text/plain")}
            read = {e.number for e in numbers_in(body_of(result["url"]), "text/html")}
            assert said <= read, result["url"]


def numbers_in(body: bytes, kind: str) -> tuple[Any, ...]:
    page = Page("https://anywhere.example/", body, content_type=f"{kind}; charset=utf-8")
    return process_page(page, load_rules()).evidence


@pytest.mark.parametrize("claim", CLAIMS.claims, ids=lambda c: f"{c.brand}/{c.number}")
def test_a_claim_stands_where_it_says_and_has_the_verdict_it_must(claim: Claim) -> None:
    for url in claim.pages:
        assert claim.number in {e.number for e in numbers_in(body_of(url), "text/html")}, url
        assert not ground_of(url, BRANDS[claim.brand]).declared, "what a brand says is no claim"
    domains = {registrable_domain(host_of(url) or "") for url in claim.pages}
    assert len(domains) == claim.domains
    own, owner = (claim.brand, claim.number) in TRUE, (claim.owner, claim.number) in TRUE
    assert (own, owner) == {
        "supported": (True, False),
        "unsupported": (False, False),
        "impostor": (False, False),
        "belongs_to_other": (False, True),
    }[claim.verdict]


def test_every_claim_is_found_by_a_search_or_stands_on_the_social_host() -> None:
    found = set(every_result())
    for claim in CLAIMS.claims:
        assert found & set(claim.pages) or "social" in claim.pages[0]
    assert {url for _, url in CLAIMS.proposals} <= found
    assert {c.verdict for c in CLAIMS.claims} == {
        "supported",
        "unsupported",
        "impostor",
        "belongs_to_other",
    }


def test_proposals_lie_on_the_ground_and_are_no_sources() -> None:
    for brand_id, url in CLAIMS.proposals:
        brand = BRANDS[brand_id]
        assert ground_of(url, brand).declared
        assert url not in {source.url for source in brand.sources}
        assert body_of(url)


def test_what_is_no_claim_stands_on_pages_all_the_same() -> None:
    for _, number, url in CLAIMS.no_claims:
        assert number in body_of(url).decode().replace("-", "")


def test_official_accounts_are_declared_and_others_are_not() -> None:
    declared = {s.url.rstrip("/") for b in BRANDS.values() for s in b.sources if s.kind == "social"}
    for _, url, official in CLAIMS.accounts:
        assert (url.rstrip("/") in declared) is official
        assert body_of(url)
