"""A loopback site whose answers a test sets, and the arguments to crawl it."""

from __future__ import annotations

import threading
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


class Site:
    """One loopback server for all hosts; tests set what it answers."""

    def __init__(self) -> None:
        self.number = "95007"
        self.status = 200
        self.wait = threading.Event()
        self.asked = threading.Event()
        self.slow = False
        self.bodies: dict[str, tuple[bytes, str]] = {}  # by host: body and content type
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                robots = self.path == "/robots.txt"
                if site.slow and not robots:
                    site.asked.set()
                    site.wait.wait(30)
                usual = (PAGE.format(number=site.number).encode(), "text/html; charset=utf-8")
                host = (self.headers["Host"] or "").partition(":")[0]
                body, kind = (b"", "text/plain") if robots else site.bodies.get(host, usual)
                if site.slow and not robots:
                    return  # whoever waited is gone
                self.send_response(404 if robots else site.status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.wait.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def arguments(site: Site, brands: Path, tmp_path: Path, *more: str) -> list[str]:
    found = ["crawl", "--brands", str(brands), "--data-dir", str(tmp_path / "data")]
    found += ["--contact", "test@example.org", "--allow-private", "--delay", "0", "--timeout", "5"]
    found += ["--set", "HOTLINES_RETRY_DELAY=0.1"]
    for file in brands.glob("*.toml"):
        found += ["--resolve", f"{file.stem}.test:80=127.0.0.1:{site.port}"]
    return [*found, *more]
