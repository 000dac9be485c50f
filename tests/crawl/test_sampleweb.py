"""The sample web keeps its promises: each nasty thing behaves as `expected.toml` says."""

from __future__ import annotations

import gzip
import html
import http.client
import json
import re
import socket
import ssl
import tempfile
import threading
import tomllib
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from crawler.sampleweb.answers import BOMB_MEBIBYTES, MEBIBYTE, Answer
from crawler.sampleweb.expected import ExpectedHotline, ExpectedTrap, load_expected
from crawler.sampleweb.server import SampleWeb
from crawler.sampleweb.site import DAYS, load_site
from pipelines.vocabulary import NumberClass, Outcome, Purpose

EXPECTED = load_expected()
SITE = load_site()
STAR = "https://www.shilixing.test"
FOREST = "https://www.shililin.test"
ROCK = "https://www.shiliyan.test"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: http.client.HTTPMessage
    payload: bytes

    @property
    def body(self) -> bytes:
        packed = self.headers.get("Content-Encoding") == "gzip"
        return gzip.decompress(self.payload) if packed else self.payload


@pytest.fixture(scope="module")
def running() -> Iterator[SampleWeb]:
    with SampleWeb() as web:
        yield web


@pytest.fixture
def web(running: SampleWeb) -> SampleWeb:
    running.day = 1
    running.requests.clear()
    return running


def connect(web: SampleWeb, url: str) -> socket.socket:
    parts = urlsplit(url)
    port = 443 if parts.scheme == "https" else 80
    mapping = dict(entry.split("=") for entry in web.resolve)
    address, _, number = mapping[f"{parts.hostname}:{port}"].partition(":")
    sock = socket.create_connection((address, int(number)), timeout=20)
    if parts.scheme == "http":
        return sock
    context = ssl.create_default_context(cafile=str(web.ca_file))
    try:
        return context.wrap_socket(sock, server_hostname=parts.hostname)
    except BaseException:
        sock.close()
        raise


def get(web: SampleWeb, url: str, **headers: str) -> Reply:
    parts = urlsplit(url)
    target = parts._replace(scheme="", netloc="").geturl() or "/"
    with closing(http.client.HTTPConnection(parts.hostname or "", 80)) as connection:
        connection.sock = connect(web, url)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", target, headers={"Accept-Encoding": "gzip"} | sent)
        answer = connection.getresponse()
        return Reply(answer.status, answer.headers, answer.read())


def follow(web: SampleWeb, url: str) -> Reply:
    reply = get(web, url)
    if reply.status == 429:
        reply = get(web, url)
    if reply.status in (301, 302):
        return follow(web, urljoin(url, reply.headers["Location"]))
    return reply


def text_of(reply: Reply) -> str:
    """Page text with tags removed and the source behind it, for what attributes carry."""
    kind = reply.headers.get_content_type()
    if kind == "application/pdf":
        return pdf_text(reply.body)
    try:
        source = reply.body.decode("utf-8")
    except UnicodeDecodeError:
        source = reply.body.decode("gbk")
    if kind == "application/json":
        source = json.dumps(json.loads(source), ensure_ascii=False)
    shown = html.unescape(re.sub(r"<[^>]*>", "", source))
    return unicodedata.normalize("NFKC", shown + "\n" + source)


def pdf_text(body: bytes) -> str:
    import pypdfium2

    with closing(pypdfium2.PdfDocument(body)) as document:
        texts = []
        for page in document:
            textpage = page.get_textpage()
            texts.append(textpage.get_text_range())
            textpage.close()
            page.close()
    return unicodedata.normalize("NFKC", "\n".join(texts))


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


# --- the truth stands on the pages -----------------------------------------------------------


IN_TEXT = [hotline for hotline in EXPECTED.hotlines if not hotline.needs]


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("hotline", IN_TEXT, ids=lambda h: f"{h.brand}/{h.number}")
def test_hotline_stands_on_its_pages_only_on_its_days(
    web: SampleWeb, hotline: ExpectedHotline, day: int
) -> None:
    web.day = day
    if day in hotline.days:
        for page in hotline.pages:
            reply = follow(web, page)
            assert reply.status == 200, page
            assert folded(hotline.printed) in text_of(reply), page
    elif hotline.brand not in ("shilihai", "shiliyun") and hotline.reason != "said_by_page":
        for page in hotline.pages:
            assert folded(hotline.printed) not in text_of(follow(web, page)), page


def test_a_number_in_an_image_stands_nowhere_else(web: SampleWeb) -> None:
    [hotline] = [hotline for hotline in EXPECTED.hotlines if hotline.needs == "ocr"]
    for url in hotline.pages:
        reply = get(web, url)
        assert reply.headers["Content-Type"] == "image/png"
        assert len(reply.body) < 20_000
        page = get(web, urljoin(url, "/contact.html")).body.decode()
        assert urlsplit(url).path in page
        assert hotline.printed not in page


@pytest.mark.parametrize("trap", EXPECTED.traps, ids=lambda t: f"{t.brand}/{t.printed}")
def test_trap_stands_where_it_says(web: SampleWeb, trap: ExpectedTrap) -> None:
    for day in trap.days:
        if trap.trap.startswith("tls_"):
            path = SITE.root / (urlsplit(trap.page).hostname or "") / "day1/contact.html"
            assert folded(trap.printed) in folded(path.read_text("utf-8"))
        elif trap.trap == "torn_body":
            reply = get(web, trap.page)
            shown = zlib.decompressobj(31).decompress(reply.payload).decode(errors="ignore")
            assert "示例岩支付" in shown
        else:
            web.day = day
            assert folded(trap.printed) in text_of(follow(web, trap.page))


def test_no_number_is_both_hotline_and_trap_of_a_brand_on_one_day() -> None:
    for day in DAYS:
        bad = {(t.brand, t.number) for t in EXPECTED.traps if day in t.days}
        assert not bad & EXPECTED.readable(day)


def test_expected_uses_the_closed_sets() -> None:
    assert {h.number_class for h in EXPECTED.hotlines} <= {c.value for c in NumberClass}
    assert {h.purpose for h in EXPECTED.hotlines} <= {p.value for p in Purpose}
    outcomes = {o for f in EXPECTED.fetches for o in (*f.outcomes, f.reading or "ok")}
    assert outcomes <= {o.value for o in Outcome}
    assert all(len(f.outcomes) == len(DAYS) for f in EXPECTED.fetches)


def test_changes_follow_from_the_rows() -> None:
    for day in (2, 3):
        added = {(c.brand, c.number) for c in EXPECTED.changes if (c.day, c.op) == (day, "ADD")}
        gone = {(c.brand, c.number) for c in EXPECTED.changes if (c.day, c.op) == (day, "DEL")}
        assert added == EXPECTED.rows(day) - EXPECTED.rows(day - 1)
        assert gone == EXPECTED.rows(day - 1) - EXPECTED.rows(day)
        assert gone == {(h.brand, h.number) for h in EXPECTED.hotlines if h.removed_on == day}


PLACEHOLDER = re.compile(
    r"12345678|(\d)\1{5,}|400[- ]?(?:000|123|888)[- ]?(?:0000|4567|8888)|400-?100-?5678"
)


def test_no_invented_number_is_on_the_list_of_placeholders() -> None:
    invented = [h.number for h in EXPECTED.hotlines]
    invented += [t.number for t in EXPECTED.traps if t.trap in ("sdk_vendor", "partner", "branch")]
    assert not [n for n in invented if PLACEHOLDER.search(n)]


def test_brand_files_name_hosts_of_the_site_and_say_that_they_are_samples(web: SampleWeb) -> None:
    brands = [tomllib.loads(f.read_text("utf-8")) for f in web.brands_directory.glob("*.toml")]
    assert len(brands) >= 8
    for brand in brands:
        assert brand["names"]["zh"].startswith("示例")
        assert {urlsplit(s["url"]).hostname for s in brand["sources"]} <= set(web.hosts)
    assert {b["id"] for b in brands} == {h.brand for h in EXPECTED.hotlines}


def test_the_registry_reads_the_brand_files(web: SampleWeb) -> None:
    registry = pytest.importorskip("crawler.registry")
    assert len(registry.load_brands(web.brands_directory)) >= 8


def test_framed_pages_look_like_pages() -> None:
    for file in SITE.root.glob("*/day*/**/*.html"):
        source = file.read_text("utf-8")
        host = file.relative_to(SITE.root).parts[0]
        if source.startswith("<!--"):
            found = SITE.answer(host, page_path(file), int(file_day(file)), 0)
            if found.status == 200 and not {"about.html", "packed.html"} & {file.name}:
                assert 1750 <= len(body_of(found)) <= 20_000, file


def body_of(answer: Answer) -> bytes:
    packed = ("Content-Encoding", "gzip") in answer.headers
    return gzip.decompress(answer.body) if packed else answer.body


def file_day(file: Path) -> str:
    return file.relative_to(SITE.root).parts[1].removeprefix("day")


def page_path(file: Path) -> str:
    return "/" + "/".join(file.relative_to(SITE.root).parts[2:])


# --- transport ---------------------------------------------------------------------------------


def test_good_host_chains_to_the_throw_away_ca(web: SampleWeb) -> None:
    assert web.environment["SSL_CERT_FILE"] == str(web.ca_file)
    with connect(web, STAR + "/") as sock:
        assert isinstance(sock, ssl.SSLSocket)
        names = sock.getpeercert()
    assert names is not None
    assert names["subjectAltName"] == (("DNS", "www.shilixing.test"),)


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("expired", "certificate has expired"),
        ("wrong-name", "not valid for 'wrong-name.shiliyan.test'"),
        ("unknown-ca", "unable to get local issuer certificate"),
    ],
)
def test_bad_certificate_is_refused(web: SampleWeb, host: str, reason: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match=reason):
        connect(web, f"https://{host}.shiliyan.test/contact.html")


def test_unknown_name_gets_no_certificate(web: SampleWeb) -> None:
    mapped = next(e for e in web.resolve if e.startswith("www.shilixing.test:443"))
    context = ssl.create_default_context(cafile=str(web.ca_file))
    address = ("127.0.0.1", int(mapped.rpartition(":")[2]))
    with socket.create_connection(address, timeout=20) as sock, pytest.raises(ssl.SSLError):
        context.wrap_socket(sock, server_hostname="nobody.test")


@pytest.mark.parametrize("url", ["https://refused.shiliyan.test/", "https://www.shiliyue.test/"])
def test_closed_port_refuses(web: SampleWeb, url: str) -> None:
    with pytest.raises(ConnectionRefusedError):
        connect(web, url)


def test_plain_port_of_an_https_host_redirects(web: SampleWeb) -> None:
    reply = get(web, "http://www.shilixing.test/contact.html?a=1")
    assert (reply.status, reply.headers["Location"]) == (301, STAR + "/contact.html?a=1")


def test_connection_is_kept_alive(web: SampleWeb) -> None:
    with closing(http.client.HTTPConnection("www.shiliyue.test", 80)) as connection:
        connection.sock = connect(web, "http://www.shiliyue.test/")
        for path in ("/", "/nothing-here", "/contact.html"):
            connection.request("GET", path)
            connection.getresponse().read()
    assert [r.status for r in web.requests] == [200, 404, 200]


@pytest.mark.parametrize(
    ("day", "url"),
    [
        (1, "https://hang.shiliyan.test/notice.html"),
        (2, "https://www.shiliyun.test/contact.html"),
    ],
)
def test_hanging_host_reads_and_never_answers(web: SampleWeb, day: int, url: str) -> None:
    web.day = day
    with connect(web, url) as sock:
        host = urlsplit(url).hostname
        sock.sendall(f"GET {urlsplit(url).path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        sock.settimeout(0.3)
        with pytest.raises(TimeoutError):
            sock.recv(1)
    assert get(web, urljoin(url, "/robots.txt")).status in (200, 404)


def test_stopping_ends_hanging_requests_and_all_threads() -> None:
    before = set(threading.enumerate())
    with SampleWeb() as own:
        hanging = connect(own, "https://hang.shiliyan.test/notice.html")
        request = b"GET /notice.html HTTP/1.1\r\nHost: hang.shiliyan.test\r\n\r\n"
        hanging.sendall(request)
        idle = connect(own, "http://www.shiliyue.test/")
        silent = connect(own, "http://hang.shiliyan.test/")  # never says a word
        while not own.requests:
            threading.Event().wait(0.01)
    try:
        assert set(threading.enumerate()) <= before
        with pytest.raises(RuntimeError, match="not running"):
            _ = own.ca_file
    finally:
        for sock in (hanging, idle, silent):
            sock.close()


def test_directory_and_day_are_the_caller_s(tmp_path: Path) -> None:
    with SampleWeb(day=3, directory=tmp_path / "own") as own:
        assert own.ca_file == tmp_path / "own" / "ca.pem"
        assert "已停用" in text_of(get(own, "https://www.shilitian.test/contact.html"))
        with pytest.raises(ValueError, match="has the days"):
            own.day = 4
    assert (tmp_path / "own" / "ca.pem").is_file()


def test_temporary_directory_is_removed() -> None:
    with SampleWeb() as own:
        directory = own.ca_file.parent
        assert directory.is_relative_to(tempfile.gettempdir())
    assert not directory.exists()


# --- bytes ---------------------------------------------------------------------------------------


def test_gbk_is_declared_nowhere(web: SampleWeb) -> None:
    reply = get(web, "http://www.shiliyue.test/contact.html")
    assert reply.headers["Content-Type"] == "text/html"
    assert b"charset" not in reply.body
    with pytest.raises(UnicodeDecodeError):
        reply.body.decode("utf-8")
    assert "９５００１" in reply.body.decode("gbk")


def test_number_broken_by_tags(web: SampleWeb) -> None:
    assert b"<em>950</em><span>07</span>" in get(web, STAR + "/contact.html").body


def test_tel_link_unlike_its_text(web: SampleWeb) -> None:
    body = get(web, "https://www.shilihe.test/about/lianxi.html").body
    assert b'<a href="tel:4000001039">95002</a>' in body


def test_policy_is_a_pdf_with_chinese_text(web: SampleWeb) -> None:
    reply = get(web, "https://www.shilishan.test/legal/privacy.pdf")
    assert reply.headers["Content-Type"] == "application/pdf"
    text = pdf_text(reply.body)
    assert "示例山支付隐私政策" in text
    assert folded("客服热线:95003(7×24小时)") in text


def test_json_ld_has_two_telephones(web: SampleWeb) -> None:
    source = get(web, "https://www.shilishan.test/contact.html").body.decode()
    script = re.search(r'<script type="application/ld\+json">(.*?)</script>', source, re.DOTALL)
    assert script
    points = json.loads(script[1])["contactPoint"]
    assert [p["telephone"] for p in points] == ["95003", "+86-10-5550-1043"]
    assert '<span itemprop="telephone">95003</span>' in source


def test_help_page_links_the_json_help_centre(web: SampleWeb) -> None:
    assert b'href="https://help.shilixing.test/hc/faq.json"' in get(web, STAR + "/help.html").body
    reply = get(web, "https://help.shilixing.test/hc/faq.json")
    assert reply.headers.get_content_type() == "application/json"
    assert "专线".encode() not in reply.body  # escaped
    assert "专线" in text_of(reply)


def test_gzip_is_made_anew_and_the_page_is_the_same(web: SampleWeb) -> None:
    replies = [get(web, "https://www.shilishan.test/contact.html") for _ in range(2)]
    assert replies[0].payload != replies[1].payload
    assert replies[0].body == replies[1].body
    assert not {"ETag", "Last-Modified"} & set(replies[0].headers)


def test_bomb_is_small_on_the_wire_and_huge_inside(web: SampleWeb) -> None:
    reply = get(web, ROCK + "/bomb.html")
    assert reply.headers["Content-Encoding"] == "gzip"
    assert len(reply.payload) < MEBIBYTE
    inflater, size, rest = zlib.decompressobj(31), 0, reply.payload
    while not inflater.eof:
        size += len(inflater.decompress(rest, MEBIBYTE))
        rest = inflater.unconsumed_tail
    assert size == BOMB_MEBIBYTES * MEBIBYTE


def test_endless_page_announces_no_length_and_passes_eight_mebibytes(web: SampleWeb) -> None:
    reply = get(web, ROCK + "/archive.html")
    assert "Content-Length" not in reply.headers
    assert len(reply.payload) > 8 * MEBIBYTE


def test_torn_gzip(web: SampleWeb) -> None:
    reply = get(web, ROCK + "/packed.html")
    assert int(reply.headers["Content-Length"]) == len(reply.payload)
    with pytest.raises(EOFError):
        _ = reply.body


def test_cut_body(web: SampleWeb) -> None:
    with pytest.raises(http.client.IncompleteRead):
        get(web, FOREST + "/about.html")


def test_types_that_are_no_documents(web: SampleWeb) -> None:
    assert get(web, ROCK + "/poster.jpg").headers["Content-Type"] == "image/jpeg"
    import pypdfium2

    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(get(web, ROCK + "/rules.pdf").body)


# --- statuses, redirects, robots -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/complaint.html", 500),
        ("/old-help.html", 404),
        ("/notice/2019.html", 410),
        ("/legal.html", 400),
        ("/safe.html", 403),
    ],
)
def test_status(web: SampleWeb, path: str, status: int) -> None:
    assert get(web, FOREST + path).status == status


def test_429_once_a_day(web: SampleWeb) -> None:
    with SampleWeb() as own:
        for day in (1, 2):
            own.day = day
            first = get(own, FOREST + "/help.html")
            assert (first.status, first.headers["Retry-After"]) == (429, "1")
            assert get(own, FOREST + "/help.html").status == 200


def test_pages_that_are_none(web: SampleWeb) -> None:
    replies = {p: get(web, FOREST + p) for p in ("/feedback.html", "/app/", "/faq/lost.html")}
    assert {r.status for r in replies.values()} == {200}
    assert replies["/feedback.html"].body == b""
    assert '<div id="app"></div>' in text_of(replies["/app/"])
    assert "页面不存在" in text_of(replies["/faq/lost.html"])
    assert "请先登录" in text_of(get(web, FOREST + "/member/service.html"))
    assert "防火墙" in text_of(get(web, FOREST + "/safe.html"))


def test_cookies_are_set_twice(web: SampleWeb) -> None:
    assert len(get(web, FOREST + "/contact.html").headers.get_all("Set-Cookie") or []) == 2


def test_redirect_to_a_look_alike_and_in_a_loop(web: SampleWeb) -> None:
    location = get(web, ROCK + "/kefu").headers["Location"]
    assert urlsplit(location).hostname == "www.shiliyan-kefu.test"
    assert get(web, ROCK + "/loop-a").headers["Location"] == "/loop-b"
    assert get(web, ROCK + "/loop-b").headers["Location"] == "/loop-a"


def test_robots(web: SampleWeb) -> None:
    robots = get(web, "https://www.shilihe.test/robots.txt").body.decode()
    assert "Disallow: /internal/" in robots
    assert "Sitemap: https://www.shilihe.test/sitemap.xml" in robots
    assert get(web, "https://help.shilidao.test/robots.txt").status == 500
    sitemap = get(web, "https://www.shilihe.test/sitemap.xml")
    assert sitemap.headers.get_content_type() == "application/xml"
    for url in re.findall(r"<loc>(.*?)</loc>", sitemap.body.decode()):
        assert get(web, url).status == 200


def test_calendar_has_no_end(web: SampleWeb) -> None:
    month = 0
    for _ in range(5):
        reply = get(web, f"https://www.shilidao.test/help/calendar?month={month}")
        ahead = [int(n) for n in re.findall(r"calendar\?month=(\d+)", reply.body.decode())]
        assert max(ahead) > month
        month = max(ahead)


def test_paths_stay_inside_the_site(web: SampleWeb) -> None:
    assert get(web, STAR + "/../../brands/shilixing.toml").status == 404
    assert get(web, STAR + "/../day2/contact.html").status == 404


# --- validators and days -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "sent", "header"),
    [
        (STAR + "/contact.html", "If_None_Match", "ETag"),
        (STAR + "/contact.html", "If_Modified_Since", "Last-Modified"),
        ("http://www.shiliyue.test/contact.html", "If_Modified_Since", "Last-Modified"),
        ("https://www.shiliyun.test/contact.html", "If_None_Match", "ETag"),
        ("https://www.shilitian.test/contact.html", "If_Modified_Since", "Last-Modified"),
    ],
)
def test_unchanged_page_is_304(web: SampleWeb, url: str, sent: str, header: str) -> None:
    first = get(web, url)
    second = get(web, url, **{sent: first.headers[header]})
    assert (second.status, second.payload) == (304, b"")
    assert [r.conditional for r in web.requests] == [False, True]


def test_changed_page_is_sent_again(web: SampleWeb) -> None:
    first = get(web, STAR + "/contact.html")
    web.day = 2
    held = {"If_None_Match": first.headers["ETag"]}
    held["If_Modified_Since"] = first.headers["Last-Modified"]
    assert get(web, STAR + "/contact.html", **held).status == 200
    assert get(web, STAR + "/help.html", If_None_Match='"other", W/"x"').status == 200


def test_at_least_half_of_the_brands_send_validators(web: SampleWeb) -> None:
    www = [host for host in SITE.hosts.values() if host.name.startswith("www.")]
    assert 2 * sum(bool(host.validators) for host in www) >= len(www)


def test_page_moves_on_day_two(web: SampleWeb) -> None:
    url = "http://www.shiliyue.test/contact.html"
    before = get(web, url)
    web.day = 2
    moved = get(web, url)
    assert (moved.status, moved.headers["Location"]) == (301, "/help/lianxi.html")
    assert follow(web, url).body == before.body


def test_two_hosts_break_on_day_two_and_heal_on_day_three(web: SampleWeb) -> None:
    sea = "https://www.shilihai.test/contact.html"
    first = get(web, sea)
    web.day = 2
    assert get(web, sea).status == 503
    assert get(web, "https://www.shilihai.test/robots.txt").status == 200
    web.day = 3
    assert get(web, sea).body == first.body
    assert get(web, "https://www.shiliyun.test/contact.html").status == 200


STATUSES = {
    "ok": {200},
    "not_modified": {200},  # asked here without a condition
    "http_404": {404},
    "http_410": {410},
    "http_4xx": {400},
    "http_5xx": {500, 503},
    "blocked": {200, 403},  # some firewalls say so in words only
    "robots": {200},
    "redirect_off_ground": {302},
    "redirect_loop": {302},
    "bad_encoding": {200},
    "unsupported_type": {200},
}


@pytest.mark.parametrize("day", DAYS)
def test_every_expected_fetch_has_its_status(web: SampleWeb, day: int) -> None:
    web.day = day
    for fetch in EXPECTED.fetches:
        outcome = fetch.outcomes[day - 1]
        if outcome not in STATUSES:
            continue  # transport: tested above, one by one
        loop = outcome.startswith("redirect")
        reply = get(web, fetch.url) if loop else follow(web, fetch.url)
        assert reply.status in STATUSES[outcome], fetch.url
        if outcome == "not_modified":
            assert {"ETag", "Last-Modified"} & set(reply.headers), fetch.url
