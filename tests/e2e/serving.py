"""A loopback site whose answers a test sets, and the arguments to crawl it."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAGE = """<!doctype html><meta charset=utf-8><title>示例支付 联系我们</title><h1>联系我们</h1>
<p>客服热线：{number}（7×24小时）</p><p>商户服务热线：400-000-1999</p>"""
BRAND = """\
id = "{id}"
country = "CN"
names = {{ zh = "示例{id}" }}
hosts = [{{ name = "{id}.test", grade = "D", source = "invented for a test" }}]
[[sources]]
kind = "contact"
url = "http://{id}.test/contact"
grade = "D"
source = "invented for a test"
"""
PATIENCE = 600  # seconds a request waits at most; a test that needs them has failed


class Site:
    """One loopback server for all hosts; tests set what it answers, and `reset` between them."""

    def __init__(self) -> None:
        self.wait = threading.Event()
        self.reset()
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def reset(self) -> None:
        """Well again: every host answers at once with the usual page."""
        self.wait.set()  # whoever still waits from the test before
        self.wait = threading.Event()
        self.asked = threading.Event()
        self.number = "95007"
        self.requests: Counter[str] = Counter()  # by host and path
        self.status = 200
        self.slow: frozenset[str] = frozenset()  # hosts that take the request and say nothing
        self.bodies: dict[str, tuple[bytes, str]] = {}  # by host: body and content type

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """One answer; robots.txt is 404 everywhere."""
        robots = handler.path == "/robots.txt"
        host = (handler.headers["Host"] or "").partition(":")[0]
        self.requests[host + handler.path] += 1
        if host in self.slow and not robots:
            self.asked.set()
            self.wait.wait(PATIENCE)
            return  # whoever waited is gone
        usual = (PAGE.format(number=self.number).encode(), "text/html; charset=utf-8")
        body, kind = (b"", "text/plain") if robots else self.bodies.get(host, usual)
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        status = 404 if robots else self.status
        if status == 200 and handler.headers.get("If-None-Match") == tag:
            status, body = 304, b""
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        if status in (200, 304):
            handler.send_header("ETag", tag)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def close(self) -> None:
        self.wait.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def write_brands(directory: Path, *names: str) -> Path:
    """A brand file of ten lines for each name."""
    directory.mkdir(parents=True)
    for name in names:
        (directory / f"{name}.toml").write_text(BRAND.format(id=name), encoding="utf-8")
    return directory


def arguments(site: Site, brands: Path, place: Path, *more: str) -> list[str]:
    """`hotlines crawl` of the brands of a directory into `place/data`."""
    found = ["crawl", "--brands", str(brands), "--data-dir", str(place / "data")]
    found += ["--contact", "test@example.org", "--allow-private", "--delay", "0", "--timeout", "60"]
    found += ["--set", "HOTLINES_RETRY_DELAY=0.1"]
    for file in sorted(brands.glob("*.toml")):
        found += ["--resolve", f"{file.stem}.test:80=127.0.0.1:{site.port}"]
    return [*found, *more]
