"""Every outcome of a fetch is produced by a server, and ends in exactly one line."""

from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path

import pytest
from conftest import Story
from crawling import brand, finish, options, run_crawl, start
from hostile_web import HostileWeb, Reply, Visit, page

from crawler.outcomes import ADVICE, FOUND_BY_READING
from outputs.captures import CAPTURES, Fetch
from pipelines.vocabulary import Outcome

EXPECTED = {
    "ok": ["ok", "ok", "robots"],
    "secure": ["ok"],
    "gzip": ["ok", "ok", "ok"],
    "dns": ["dns"],
    "refused": ["refused"],
    "hangs": ["timeout", "http_404"],
    "tls": ["tls_expired", "tls_name", "tls_chain"],
    "http": ["http_404", "http_410", "http_4xx", "http_5xx", "http_5xx"],
    "limited": ["ok", "rate_limited"],
    "forever": ["rate_limited", "rate_limited"],
    "blocked": ["blocked", "blocked", "blocked"],
    "cut": ["connection_lost"],
    "fenced": ["robots"],
    "ailing": ["robots"],
    "moved": ["robots"],
    "large": ["too_large", "too_large", "too_large"],
    "coded": ["bad_encoding", "bad_encoding"],
    "types": ["ok", "ok", "ok", "unsupported_type", "unsupported_type"],
    "broken": ["callback_error", "ok"],
    "budget": ["ok", "budget", "budget", "budget", "budget"],
    "jumps": [
        *["redirect_off_ground"] * 3,
        *["redirect_loop"] * 2,
        "ok",
        "redirect_loop",
        "ok",
    ],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_each_way_to_fail_has_its_outcome(story: Story, name: str) -> None:
    found = [outcome.value for outcome in story.first.outcomes(name)]
    assert Counter(found) == Counter(EXPECTED[name])


def test_every_attempt_has_one_line_and_is_told_once(story: Story) -> None:
    keys = [(fetch.brand_id, fetch.url) for fetch in story.first.fetches]
    assert len(keys) == len(set(keys))
    assert story.first.summary["told"] == story.first.summary["fetches"] == len(keys)
    good = sum(fetch.outcome.good for fetch in story.first.fetches)
    assert story.first.summary["good"] == good


def test_a_callback_error_names_its_brand_and_keeps_the_answer(story: Story) -> None:
    assert story.first.summary["brands_with_errors"] == ["broken"]
    (fetch,) = [f for f in story.first.of("broken") if f.outcome is Outcome.CALLBACK_ERROR]
    assert (fetch.status, fetch.detail) == (200, "RuntimeError: broken on purpose")
    assert fetch.file.startswith(f"{CAPTURES}/")


def test_a_server_error_is_asked_again_and_a_refusal_is_not(story: Story) -> None:
    chains = {fetch.url.rpartition("/")[2]: len(fetch.chain) for fetch in story.first.of("http")}
    assert chains == {"404": 1, "410": 1, "400": 1, "500": 3, "304": 3}


def test_a_page_that_came_after_429_says_so(story: Story) -> None:
    (fetch,) = [f for f in story.first.of("limited") if f.outcome is Outcome.OK]
    assert [hop.rpartition(" ")[2] for hop in fetch.chain] == ["429", "200"]


def test_a_host_that_wants_an_hour_is_left_alone(story: Story) -> None:
    assert story.web.asked("www.forever.test").count("/contact") == 1
    assert "/help" not in story.web.asked("www.forever.test")


def test_a_look_alike_is_never_asked(story: Story) -> None:
    (fetch,) = [f for f in story.first.of("jumps") if f.url.endswith("/away")]
    assert fetch.final_url == "https://www.ok-pay.test/contact"
    assert not fetch.on_ground
    assert story.web.asked("www.ok-pay.test") == []


def test_a_meta_refresh_is_a_redirect(story: Story) -> None:
    (fetch,) = [f for f in story.first.of("jumps") if f.url.endswith("/old")]
    assert fetch.chain == (
        "http://www.jumps.test/old 302",
        "http://new.jumps.test/old 200 refresh",
        "http://new.jumps.test/new/contact.html 200",
    )


def test_a_firewall_is_named(story: Story) -> None:
    details = [fetch.detail for fetch in story.first.of("blocked")]
    assert details == ["status 403, 安全狗 (Safedog)", "status 403", "status 200, Cloudflare"]


def test_the_line_of_robots_txt_that_forbade_is_kept(story: Story) -> None:
    fetch = story.first.one("fenced")
    assert (fetch.robots, fetch.robots_rule) == ("disallowed", "Disallow: /private")
    assert story.web.asked("www.fenced.test") == ["/robots.txt"]


def test_robots_txt_that_fails_forbids(story: Story) -> None:
    assert story.first.one("ailing").robots == "unreachable"
    assert set(story.web.asked("www.ailing.test")) == {"/robots.txt"}


def test_tls_facts_are_kept(story: Story) -> None:
    fetch = story.first.one("secure")
    assert fetch.tls_ok
    assert "throw-away CA" in fetch.tls_issuer
    assert fetch.tls_fingerprint.startswith("sha256:")
    assert not any(f.tls_ok for f in story.first.of("tls"))


def test_an_endless_calendar_does_not_eat_the_budget(story: Story) -> None:
    calendar = [f for f in story.first.of("endless") if "calendar" in f.url]
    assert len(calendar) == 2
    assert {f.outcome for f in story.first.of("endless")} == {Outcome.OK}


def test_a_sitemap_helps_where_there_are_no_links(story: Story) -> None:
    assert [f.url for f in story.first.of("mapped")] == [
        "http://www.mapped.test/",
        "http://www.mapped.test/lianxi.html",
    ]


def test_the_second_run_revisits(story: Story) -> None:
    first = {(f.brand_id, f.url): f for f in story.first.fetches}
    outcomes = Counter(fetch.outcome for fetch in story.second.fetches)
    assert outcomes == {Outcome.NOT_MODIFIED: 2, Outcome.OK: 4, Outcome.ROBOTS: 1}
    for fetch in story.second.fetches:
        if fetch.outcome.good:
            held = first[fetch.brand_id, fetch.url]
            assert fetch.revisit
            assert fetch.body_digest == held.body_digest
            assert (fetch.body_run, fetch.body_file, fetch.body_offset) == (
                "r1",
                held.file,
                held.offset,
            )
            assert fetch.etag == held.etag


def test_links_of_an_unchanged_page_are_still_followed(story: Story) -> None:
    (start_page,) = [f for f in story.second.of("ok") if f.declared]
    assert start_page.outcome is Outcome.NOT_MODIFIED
    depths = {f.url: f.depth for f in story.second.of("ok")}
    assert depths["http://www.ok.test/help/"] == 1


def _guarded(tmp_path: Path, story: Story) -> tuple[Fetch, ...]:
    brands = (
        brand("mapped", "http://www.ok.test/contact"),
        brand("literal", "http://127.0.0.1:8/contact"),
        brand("number", "http://2130706433/contact"),
        brand("local", "http://localhost/contact"),
    )
    return run_crawl(story.web, tmp_path / "guarded", brands, allow_private=False).fetches


def _interrupted(tmp_path: Path, number: signal.Signals) -> tuple[Fetch, ...]:
    def slow(visit: Visit) -> Reply:
        visit.web.arrived.set()
        visit.web.release.wait(60)
        return Reply(page(("/help", "帮助中心")))

    web = HostileWeb(tmp_path, routes={"www.slow.test/a": slow})
    with web:
        urls = ("http://www.slow.test/a", "http://www.slow.test/b", "http://www.slow.test/c")
        run = tmp_path / "run"
        process = start(web, options(web, run, (brand("slow", *urls),)))
        assert web.arrived.wait(60)
        process.send_signal(number)
        assert process.stderr is not None
        while "finishing what is under way" not in process.stderr.readline():
            assert process.poll() is None
        web.release.set()
        crawled = finish(process, run)
    assert crawled.summary["interrupted"]
    assert crawled.summary["signal"] == number
    left = [fetch.url.rpartition("/")[2] for fetch in crawled.fetches[1:]]
    assert crawled.fetches[0].outcome is Outcome.OK
    assert left == ["b", "c", "help"]
    assert {fetch.outcome for fetch in crawled.fetches[1:]} == {Outcome.INTERRUPTED}
    assert not list((run / CAPTURES).glob("*.open"))
    return crawled.fetches


def test_the_set_of_outcomes_is_what_servers_produce(story: Story, tmp_path: Path) -> None:
    guarded = _guarded(tmp_path, story)
    assert {f.outcome for f in guarded} == {Outcome.PRIVATE_ADDRESS}
    assert {f.detail.rpartition(" ")[2] for f in guarded} == {"loopback"}
    stopped = _interrupted(tmp_path, signal.SIGTERM)
    produced = {
        fetch.outcome for fetch in (*story.first.fetches, *story.second.fetches, *guarded, *stopped)
    }
    assert produced == set(Outcome) - FOUND_BY_READING


def test_sigint_ends_politely_too(tmp_path: Path) -> None:
    assert len(_interrupted(tmp_path, signal.SIGINT)) == 4


def test_every_outcome_has_advice() -> None:
    assert set(ADVICE) == set(Outcome)
    assert all(advice.text.endswith(".") for advice in ADVICE.values())
    assert all(advice.transient for advice in ADVICE.values() if advice.retries)


def test_a_second_signal_stops_at_once_and_still_leaves_its_lines(tmp_path: Path) -> None:
    def hangs(visit: Visit) -> Reply:
        visit.web.arrived.set()
        visit.web.release.wait(60)
        return Reply(b"late")

    web = HostileWeb(tmp_path, routes={"www.hung.test/a": hangs})
    with web:
        run = tmp_path / "run"
        urls = ("http://www.hung.test/a", "http://www.hung.test/b")
        process = start(web, options(web, run, (brand("hung", *urls),), timeout=600.0))
        assert web.arrived.wait(60)
        process.send_signal(signal.SIGTERM)
        assert process.stderr is not None
        while "finishing what is under way" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        crawled = finish(process, run)
        assert not web.release.is_set()
    assert crawled.summary["interrupted"]
    assert crawled.outcomes("hung") == [Outcome.INTERRUPTED, Outcome.INTERRUPTED]
    assert not list((run / CAPTURES).glob("*.open"))
