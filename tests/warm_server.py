"""Starts the program by forking, with all of it imported already: a second less of CPU each.

`tests/warm.py` starts one such server per test process and asks it over the socket that it hands
over. Each program is a process of its own, with its own environment, directory, streams and exit.
What it shares with its siblings is what was read before: modules, our tables of rules, the seed of
hashes. The server itself has no threads, and starts no reactor.
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import resource
import runpy
import signal
import socket
import sys
import threading
from contextlib import suppress
from typing import Any

# Whatever is missing here is imported by each program for itself.
MODULES = (
    "crawler.cli",
    "crawler.verbs.running",
    "crawler.verbs.looking",
    "crawler.verbs.failing",
    "crawler.verbs.starting",
    "crawler.crawl",
    "crawler.settings",
    "crawler.spiders.official",
    "crawler.live",
    "outputs.run",
    "outputs.lock",
    "outputs.replaying",
    "outputs.verify",
    "pandas",
    "pyarrow.parquet",
    "pyarrow.pandas_compat",
    "phonenumbers.data",
    "phonenumbers.data.region_CN",
    "twisted.internet.asyncioreactor",
    "twisted.conch.telnet",
    "tldextract",
    "aiohttp",
    "pydantic",
    "requests",
    "scrapy.core.downloader.handlers.http11",
    "scrapy.core.downloader.handlers.file",
    "scrapy.extensions.closespider",
    "scrapy.extensions.corestats",
    "scrapy.extensions.feedexport",
    "scrapy.extensions.logcount",
    "scrapy.extensions.logstats",
    "scrapy.extensions.memdebug",
    "scrapy.extensions.memusage",
    "scrapy.extensions.spiderstate",
    "scrapy.extensions.telnet",
    "scrapy.extensions.throttle",
    "scrapy.dupefilters",
    "scrapy.pqueues",
    "scrapy.squeues",
    "scrapy.statscollectors",
    "scrapy.logformatter",
    "scrapy.utils.engine",
    "scrapy.downloadermiddlewares.httpcache",
    "scrapy.downloadermiddlewares.cookies",
    "scrapy.downloadermiddlewares.httpcompression",
    "scrapy.downloadermiddlewares.httpproxy",
    "scrapy.downloadermiddlewares.offsite",
    "scrapy.downloadermiddlewares.redirect",
    "scrapy.downloadermiddlewares.retry",
    "scrapy.spidermiddlewares.referer",
    "scrapy.spidermiddlewares.metacopy",
    "scrapy.spidermiddlewares.depth",
)
LIMIT = 1 << 18  # of one question


def _load() -> None:
    for name in MODULES:
        with suppress(ImportError):
            importlib.import_module(name)
    from crawler.live import reading_rules
    from pipelines.ground import registrable_domain

    reading_rules()
    registrable_domain("www.example.org")
    assert threading.active_count() == 1, "a process with threads cannot be forked"
    assert "twisted.internet.reactor" not in sys.modules
    gc.freeze()  # else each program copies all of it at its first collection


def main(connection: socket.socket) -> None:
    """Answer until the test process is gone; comes back only in a new program."""
    _load()
    while True:
        message, streams, _, _ = socket.recv_fds(connection, LIMIT, 4)
        if not message:
            os._exit(0)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if os.fork() == 0:
            connection.close()
            if _watched(streams):
                _become(json.loads(message), streams)
                return
        for stream in streams:
            os.close(stream)


def _watched(streams: list[int]) -> bool:
    """Fork once more: true in the program, while this process waits to tell how it ended."""
    status = streams[3]
    program = os.fork()
    if program == 0:
        os.close(status)
        return True
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    for stream in streams[:3]:
        os.close(stream)
    os.write(status, f"{program}\n".encode())
    _, how = os.waitpid(program, 0)
    with suppress(BrokenPipeError):
        os.write(status, f"{os.waitstatus_to_exitcode(how)}\n".encode())
    os._exit(0)


def _become(wanted: dict[str, Any], streams: list[int]) -> None:
    for number, stream in enumerate(streams[:3]):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(io.FileIO(0, closefd=False), "utf-8")
    sys.stdout = sys.__stdout__ = _writer(1, "strict")
    sys.stderr = sys.__stderr__ = _writer(2, "backslashreplace")
    sys.stderr.reconfigure(line_buffering=True)
    os.environ.clear()
    os.environ.update(wanted["environment"])
    os.chdir(wanted["directory"])
    if wanted["file_size"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (wanted["file_size"],) * 2)
    sys.argv = [wanted["program"], *wanted["arguments"]]


def _writer(descriptor: int, errors: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BufferedWriter(io.FileIO(descriptor, "w", closefd=False)), "utf-8",
                            errors)  # fmt: skip


def _run() -> None:
    shim, program = os.environ.get("HOTLINES_TEST_SHIM"), sys.argv[0]
    if shim:
        with open(shim, encoding="utf-8") as file:
            exec(compile(file.read(), shim, "exec"), {})
    if program == "hotlines":
        from crawler.cli import main as hotlines

        hotlines()
    elif program == "scrapy":
        from scrapy.cmdline import execute

        execute()
    else:
        sys.path.insert(0, os.path.dirname(program))
        runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
    _run()
