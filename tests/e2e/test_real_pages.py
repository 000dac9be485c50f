"""Real documents, served on loopback, crawled by the real program into a snapshot.

The documents are licensed by others and lie outside the project: `HOTLINES_SHARED` names where.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from outputs.run_directory import latest_run
from outputs.table_files import read_table
from tests.quality.score import documents_directory, is_held_out, labelled

BRANDS = 12
BRAND_FILE = """\
id = "{id}"
country = "CN"
names = {{ zh = "{name}" }}
hosts = [{{ name = "{id}.test", grade = "D", source = "invented for a test" }}]
expect = {{ numbers = {{ min = 0, max = 40 }} }}
[[sources]]
kind = "{kind}"
url = "http://{id}.test/{path}"
grade = "D"
source = "invented for a test"
"""

if not documents_directory().is_dir():
    pytest.skip(
        f"no real pages in {documents_directory()}; set HOTLINES_SHARED", allow_module_level=True
    )


def chosen() -> list[dict[str, object]]:
    """The first twelve tuned documents that print a hotline of their publisher."""
    rows = [row for row in labelled() if any(n["is_hotline"] for n in row["numbers"])]
    rows = [row for row in rows if not is_held_out(str(row["document"]))]
    return sorted(rows, key=lambda row: str(row["document"]))[:BRANDS]


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = documents_directory() / Path(self.path).name
        found = path.is_file()
        body = path.read_bytes() if found else b"nothing here"
        self.send_response(200 if found else 404)
        kind = "text/plain" if path.suffix == ".txt" or not found else "text/html"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def data_dir(port: int, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("real")
    brands = place / "brands"
    brands.mkdir()
    arguments = ["--brands", str(brands), "--data-dir", str(place / "data"), "--allow-private"]
    for index, row in enumerate(chosen(), start=1):
        name = f"real{index:02d}"
        path = str(row["document"])
        kind = "policy" if path.startswith("p_") else "contact"
        text = BRAND_FILE.format(id=name, name=f"示例{index:02d}", kind=kind, path=path)
        (brands / f"{name}.toml").write_text(text, encoding="utf-8")
        arguments += ["--resolve", f"{name}.test:80=127.0.0.1:{port}"]
    command = [sys.executable, "-m", "crawler.cli", "crawl", *arguments]
    command += ["--contact", "test@example.org", "--delay", "0", "--timeout", "5"]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ})
    assert done.returncode == 0, done.stderr
    return place / "data"


def test_a_snapshot_of_real_pages_is_published(data_dir: Path) -> None:
    run = latest_run(data_dir)
    assert run is not None
    rows = read_table(run.table("hotlines"))
    wanted = {
        (f"real{index:02d}", number["number"])
        for index, row in enumerate(chosen(), start=1)
        for number in row["numbers"]  # type: ignore[attr-defined]
        if number["is_hotline"]
    }
    read = {(row["brand_id"], row["number"]) for row in rows}
    print(json.dumps(sorted(f"{b}/{n}" for b, n in read), ensure_ascii=False))
    assert len(read & wanted) >= 0.9 * len(wanted), sorted(wanted - read)
    assert {row["verdict"] for row in rows} == {"unverified"}, "plain http proves nothing"
