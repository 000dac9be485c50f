"""A hostile web with a search endpoint, a social network, farms, a clone, and a trap at home."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from hostile_web import HostileWeb, Reply, Route, redirect, says

from crawler.sampleweb.certificates import Certificate

ICP = "沪ICP备12345678号"
FARM, CLONE, MOBILE = "400-700-8123", "400-600-7321", "18612340976"
SECURE = ("www.shilipay.test", "www.biepay.test")
MAXSIZE = 2**20

BRANDS = {
    "shilipay": f"""
id = "shilipay"
country = "CN"
names = {{ zh = "示例付", en = "Shili Pay" }}
domains = [{{ name = "shilipay.test", grade = "B", source = "invented" }}]
sources = [
  {{ kind = "contact", url = "https://www.shilipay.test/contact", grade = "B", source = "here" }},
  {{ kind = "social", url = "http://www.weishe.test/u/shilipay", grade = "B", source = "here" }},
  {{ kind = "social", url = "http://www.weishe.test/u/walled", grade = "B", source = "here" }},
  {{ kind = "social", url = "http://fenced.weishe.test/u/x", grade = "B", source = "here" }},
]
marks = [{{ kind = "icp", id = "{ICP}", grade = "A", source = "invented" }}]
""",
    "biepay": """
id = "biepay"
country = "CN"
names = { zh = "别家付", en = "Bie Pay" }
domains = [{ name = "biepay.test", grade = "B", source = "invented" }]
sources = [
  { kind = "contact", url = "https://www.biepay.test/contact", grade = "B", source = "invented" },
]
""",
}


def html(title: str, *lines: str, footer: str = "") -> Route:
    body = "".join(f"<p>{line}</p>" for line in lines)
    text = f"<!doctype html><html lang=zh-CN><head><meta charset=utf-8><title>{title}</title>"
    return says(Reply(f"{text}</head><body>{body}<footer>{footer}</footer></body></html>".encode()))


ROUTES: dict[str, Route] = {
    "www.shilipay.test/contact": html("示例付", "示例付客服热线：95003"),
    "www.biepay.test/contact": html("别家付", "别家付客服热线：95199"),
    "www.weishe.test/u/shilipay": html(
        "示例付的主页", "示例付客服热线：95003", "示例付官方投诉热线：400-111-2345"
    ),
    "www.weishe.test/u/walled": redirect("https://login.weishe.test/?next=/u/walled"),
    "fenced.weishe.test/robots.txt": says(Reply(b"User-agent: *\nDisallow: /", 200, "text/plain")),
    "www.farm-a.test/1": html("示例付客服", f"示例付官方客服电话：{FARM}"),
    **{f"www.farm-b.test/{i}": html("示例付客服", f"示例付人工客服电话：{FARM}") for i in "123"},
    "www.shilipay-kefu.test/": html("示例付", f"客服热线：{CLONE}", footer=f"示例付 {ICP}"),
    "www.news.test/a": html(
        "支付行业要闻",
        "示例付客服电话：95003，别家付客服电话：95199。",
        "有人称示例付客服电话是12345，也有人称示例付客服电话是95199。",
    ),
    "fenced.farm.test/robots.txt": says(Reply(b"User-agent: *\nDisallow: /", 200, "text/plain")),
    "fenced.farm.test/x": html("示例付客服", "示例付客服电话：400-999-1234"),
    "www.jump.test/home": redirect("http://127.0.0.1/secret"),
    "www.jump.test/door": redirect("http://door.test/secret"),
    "www.big.test/x": says(Reply(b"<p>" + b"x" * (MAXSIZE + 1))),
}


def result(url: object, title: str = "示例付客服", content: str = "") -> dict[str, object]:
    return {"url": url, "title": title, "content": content, "engine": "invented"}


class SearchedWeb(HostileWeb):
    """Answers `/search` of any host as SearXNG does."""

    def answer(self, handler: BaseHTTPRequestHandler) -> Reply:
        parts = urlsplit(handler.path)
        if parts.path != "/search":
            return super().answer(handler)
        self.seen_queries.append(handler.path)
        return self.search(parse_qs(parts.query)["q"][0])

    @property
    def seen_queries(self) -> list[str]:
        """Queries as they arrived (an attribute of the class: `HostileWeb` has slots)."""
        return _QUERIES

    @property
    def plain_port(self) -> int:
        return int(self._servers[0].server_address[1])

    def search(self, words: str) -> Reply:
        if words.startswith("别家付 客服电话"):
            return Reply(b'{"results": [' + b" " * (MAXSIZE + 1) + b"]}", 200, "application/json")
        if words.startswith("Bie Pay"):
            return Reply(b"<html><p>json is not enabled here</p></html>")
        if words.startswith("别家付"):
            return Reply(json.dumps({"results": {"url": "http://www.farm-a.test/1"}}).encode())
        if words.startswith("Shili Pay"):
            return Reply(b"[" * 100_000, 200, "application/json")
        listed = self.listed() if words.startswith("示例付 客服电话") else []
        document = {"query": words, "number_of_results": len(listed), "results": listed}
        return Reply(json.dumps(document).encode(), 200, "application/json")

    def listed(self) -> list[object]:
        home = f"127.0.0.1:{self.plain_port}"
        hostile = (
            "javascript:alert(1)", "file:///etc/passwd", f"http://{home}/admin",
            "http://[::1]/", "http://10.0.0.8/", f"http://x@{home}/", 7, None,
        )  # fmt: skip
        own = result("https://www.shilipay.test/help/new", "示例付帮助中心")
        pages = (
            "www.farm-a.test/1", "www.farm-b.test/1", "www.farm-b.test/2", "www.farm-b.test/3",
            "www.shilipay-kefu.test/", "www.news.test/a", "fenced.farm.test/x",
            "www.jump.test/home", "www.jump.test/door", "www.big.test/x", "sousuo.test/admin",
        )  # fmt: skip
        snippet = result("http://www.shequ.test/t/1", "问答", f"示例付官方客服 {MOBILE}")
        good = [own, snippet, *(result(f"http://{page}") for page in pages)]
        bad = [*map(result, hostile), "no result", ["nor this"]]
        return [*good, *bad, *(result(f"http://n{i}.test/") for i in range(5000))]


_QUERIES: list[str] = []


def open_web(directory: Path) -> SearchedWeb:
    """The web, not yet serving."""
    certificates = dict.fromkeys(SECURE, Certificate.GOOD)
    names = ["sousuo.test", "door.test", "www.shequ.test"]
    return SearchedWeb(directory, certificates, routes=dict(ROUTES), plain_hosts=names)


def write_brands(directory: Path) -> Path:
    """The brand files of this web."""
    directory.mkdir()
    for name, text in BRANDS.items():
        (directory / f"{name}.toml").write_text(text, encoding="utf-8")
    return directory
