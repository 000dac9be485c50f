"""The adversary's corner through the real program: nothing planted is official, all true is.

`crawler/sampleweb/adversary.toml` says what was planted and which rule must refuse it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin

import pytest

from crawler.cli import main
from crawler.registry import load_brands
from crawler.sampleweb.adversary import (
    OFFICIAL,
    Genuine,
    Planted,
    load_adversary,
    load_claims,
    standing,
)
from crawler.sampleweb.server import SampleWeb
from crawler.sampleweb.site import CORNER, load_web
from outputs.fetches import digest_of
from outputs.table_files import read_table
from pipelines.brand import other_names
from pipelines.ground import host_of, on_ground, registrable_domain
from pipelines.model import Brand, BrandHistory, CaptureRef, Page, Visit
from pipelines.process import process_page
from pipelines.process_brand import process_brand
from pipelines.rules import load_rules
from pipelines.vocabulary import Outcome, SourceKind
from tests.e2e.sample_runs import Row, crawl, newest

NOW = datetime(2026, 11, 22, 21, 15, tzinfo=UTC)
TRUTH = load_adversary()
WEB = load_web()
BRANDS = {brand.id: brand for brand in load_brands(CORNER / "brands")}
ELSEWHERE = tuple(p for p in TRUTH.planted if p.rule == "ground")


@dataclass(frozen=True)
class Corner:
    data_dir: Path
    asked: frozenset[str]  # URLs that a request reached

    def table(self, name: str) -> list[Row]:
        return read_table(newest(self.data_dir).table(name))


@pytest.fixture(scope="module")
def corner(tmp_path_factory: pytest.TempPathFactory) -> Corner:
    data_dir = tmp_path_factory.mktemp("corner") / "data"
    with SampleWeb() as web:
        assert crawl(web, data_dir, brands=web.corner_brands_directory) == 0
    return Corner(data_dir, frozenset(f"{r.scheme}://{r.host}{r.path}" for r in web.requests))


@pytest.fixture(scope="module")
def tables(corner: Corner) -> tuple[list[Row], list[Row], list[Row]]:
    return corner.table("hotlines"), corner.table("evidence"), corner.table("captures")


def name_of(item: Planted | Genuine) -> str:
    return f"{item.brand}/{item.number}"


# --- what must be shown: no planted number, every true one, each refusal by its rule -------------


@pytest.mark.parametrize("planted", TRUTH.planted, ids=name_of)
def test_a_planted_number_is_refused_by_its_rule(
    tables: tuple[list[Row], list[Row], list[Row]], planted: Planted
) -> None:
    verdict, rule = standing(planted, *tables)
    assert verdict not in OFFICIAL
    assert rule == planted.rule


@pytest.mark.parametrize("true", TRUTH.true, ids=name_of)
def test_a_true_number_has_the_verdict_that_its_pages_earn(corner: Corner, true: Genuine) -> None:
    rows = [r for r in corner.table("hotlines") if (r["brand_id"], r["number"]) == (
        true.brand, true.number)]  # fmt: skip
    assert [(r["verdict"], r["number_class"]) for r in rows] == [(true.verdict, true.number_class)]
    assert true.verdict in OFFICIAL
    assert set(rows[0]["carried_by"]) >= set(true.pages)


def test_both_are_counted(corner: Corner, counted: Callable[[str], None]) -> None:
    official = {(r["brand_id"], r["number"]) for r in corner.table("hotlines")
                if r["verdict"] in OFFICIAL}  # fmt: skip
    planted = {(p.brand, p.number) for p in TRUTH.planted}
    true = {(t.brand, t.number) for t in TRUTH.true}
    rules = Counter(p.rule.partition(":")[0] for p in TRUTH.planted)
    counted(
        f"adversary's corner: {len(TRUTH.planted)} places of {len(planted)} planted numbers, "
        f"{len(planted & official)} official; {len(true & official)} of {len(true)} true "
        f"numbers official; refused by {dict(rules)}"
    )
    assert len(planted) >= 40
    assert len(true) >= 11
    assert not planted & official
    assert official == true


def test_every_trick_of_the_issue_is_there() -> None:
    """A new trick gets its numbers in `adversary.toml`; none of these may be lost."""
    tricks = " ".join(sorted({p.trick for p in TRUTH.planted}))
    for word in ("clone", "farms", "forum", "comment", "expired", "look-alike", "partner page",
                 "policy", "compromised", "impostor", "JSON-LD", "tel link", "similar pages",
                 "without TLS"):  # fmt: skip
        assert word in tricks
    assert sum(p.trick.startswith("hidden: ") for p in TRUTH.planted) >= 13
    farms = {registrable_domain(host_of(p.page) or "") for p in TRUTH.planted if "farms" in p.trick}
    assert len(farms) >= 3


def test_the_same_captures_give_the_same_bytes(
    corner: Corner, capsys: pytest.CaptureFixture[str]
) -> None:
    """`replay --check` builds the run anew and compares every file, `hotlines` among them."""
    with pytest.raises(SystemExit) as ended:
        main(["replay", "latest", "--check", "--data-dir", str(corner.data_dir)])
    assert (ended.value.code, capsys.readouterr().err.count("differs")) == (0, 0)


# --- what stands elsewhere is never asked for, and would count for nothing -----------------------


def test_no_request_leaves_the_ground(corner: Corner) -> None:
    assert not {p.page for p in ELSEWHERE} & corner.asked
    grounds = {host_of(url) for url in corner.asked}
    assert all(any(on_ground(f"https://{h}/", b) for b in BRANDS.values()) for h in grounds)


@pytest.mark.parametrize("brand_id", sorted({p.brand for p in ELSEWHERE}))
@pytest.mark.parametrize("believed", [False, True])
def test_pages_elsewhere_count_for_nothing_even_if_a_crawl_believed_them(
    brand_id: str, believed: bool
) -> None:
    brand, own = BRANDS[brand_id], [p for t in TRUTH.true if t.brand == brand_id for p in t.pages]
    kinds = {source.url: source.kind for source in brand.sources}
    home = [visit(brand, url, kinds.get(url, SourceKind.HELP)) for url in dict.fromkeys(own)]
    pages = dict.fromkeys(p.page for p in ELSEWHERE if p.brand == brand_id)
    some = (SourceKind.CONTACT, SourceKind.HELP, SourceKind.POLICY)
    away = [visit(brand, url, some[n % 3]) for n, url in enumerate(pages)]
    away = [replace(v, on_ground=True) for v in away] if believed else away
    alone, together = verdicts(brand, home), verdicts(brand, [*home, *away])
    assert {n: together[n] for n in alone} == alone
    others = {n: told for n, told in together.items() if n not in alone}
    assert {told[0] for told in others.values()} <= {"unverified"}
    assert bool(others) is believed
    assert {told[1] for told in others.values()} <= {("off_ground",)}


def visit(brand: Brand, url: str, kind: SourceKind) -> Visit:
    """A page of the web as a run visits it, wherever it lies."""
    body = body_of(url)
    page = Page(url, body, content_type="text/html; charset=utf-8", kind=kind, brand=brand,
                country=brand.country, others=other_names(brand, BRANDS.values()))  # fmt: skip
    reading = process_page(page, load_rules())
    capture = CaptureRef("run", "captures/x.warc.gz", 0, digest_of(url.encode()))
    return Visit(
        url=url, final_url=url, kind=kind, outcome=Outcome.OK, declared=True, tls_ok=True,
        on_ground=on_ground(url, brand), revisit=False, fetched_at=NOW, reading=reading,
        capture=capture,
    )  # fmt: skip


def verdicts(brand: Brand, visits: list[Visit]) -> dict[str, tuple[str, tuple[str, ...]]]:
    made = process_brand(brand, visits, BrandHistory(), now=NOW, run_id="run",
                         marks=load_rules().marks)  # fmt: skip
    return {row.number: (row.verdict.value, row.verdict_reasons) for row in made.hotlines}


def test_what_others_say_is_claims_and_no_hotlines(corner: Corner, tmp_path: Path) -> None:
    """A crawl that also asks the search host and the social host (`claims.toml`)."""
    truth = load_claims()
    with SampleWeb() as web:
        more = ("--leads", "--search-endpoint", truth.endpoint)
        assert crawl(web, tmp_path / "data", *more, brands=web.corner_brands_directory) == 0
    with_leads = Corner(tmp_path / "data", frozenset())
    found = {(row["brand_id"], row["number"], row["verdict"], row["domains"])
             for row in with_leads.table("claims")}  # fmt: skip
    assert found == {(c.brand, c.number, c.verdict, c.domains) for c in truth.claims}
    verdicts_of = [{r["id"]: (r["verdict"], r["verdict_reasons"]) for r in c.table("hotlines")}
                   for c in (corner, with_leads)]  # fmt: skip
    assert verdicts_of[0] == verdicts_of[1]


# --- what the operator sees ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "brand"),
    [("look_alike_host", "shilidu"), ("redirect_off_ground", "shilidu"),
     ("tls_expired", "shilidu"), ("user_content", "shilisen"), ("hidden_text", "shilibao"),
     ("one_of_many_pages", "shilibao"), ("structured_data_differs", "shilibao"),
     ("tel_link_differs", "shilibao"), ("link_dials_another", "shilibao")],
)  # fmt: skip
def test_the_operator_hears_of_it(corner: Corner, code: str, brand: str) -> None:
    assert (code, brand) in {(row["code"], row["brand_id"]) for row in corner.table("issues")}


def test_an_honest_partner_takes_nothing_from_the_wallets_it_names(corner: Corner) -> None:
    assert "number_shared" not in {row["code"] for row in corner.table("issues")}


# --- the corner keeps its promises ---------------------------------------------------------------


@pytest.mark.parametrize("item", [*TRUTH.planted, *TRUTH.true], ids=name_of)
def test_a_number_stands_where_it_says(item: Planted | Genuine) -> None:
    for page in (item.page,) if isinstance(item, Planted) else item.pages:
        assert item.printed in body_of(page).decode()


def test_the_clone_is_the_whole_site_with_other_numbers() -> None:
    site = "https://www.shilijing.test"
    for path in ("/", "/contact.html", "/help.html", "/privacy.html", "/notice/xinrexian.html"):
        original, copy = body_of(site + path), body_of(f"https://www.shilijing-kefu.test{path}")
        assert "示例镜支付服务有限公司".encode() in copy
        assert b"95021" in original
        assert b"95021" not in copy
        assert b"95043" in copy


def body_of(url: str) -> bytes:
    """What the web answers, redirects followed, certificates not looked at."""
    host = host_of(url) or ""
    target = url.partition(host)[2] or "/"
    answer = WEB.answer(host, target, 1, 0)
    if answer.status in (301, 302):
        return body_of(urljoin(url, dict(answer.headers)["Location"]))
    assert answer.status == 200, url
    return answer.body
