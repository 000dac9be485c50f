"""The loopback server of the sample web: plain and TLS, all hosts on two ports.

with SampleWeb(day=1) as web:
    ...                # crawl with web.resolve, SSL_CERT_FILE from web.environment
    web.day = 2        # the next request sees the second day
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from crawler.sampleweb.answers import Answer, redirect, status_page
from crawler.sampleweb.certificates import Certificate, key_fingerprint, write_certificates
from crawler.sampleweb.handler import Handler
from crawler.sampleweb.site import CORNER, DAYS, ROOT, load_web

LOOPBACK = "127.0.0.1"
_JOIN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the server saw it; status 0 stands for an answer that never came."""

    host: str
    path: str
    status: int
    conditional: bool
    scheme: str
    day: int


class SampleWeb:
    """The web of `site.toml` and `corner/hosts.toml` on loopback, as a context manager."""

    def __init__(self, *, day: int = 1, directory: Path | None = None) -> None:
        self.day = day
        self.requests: list[Request] = []
        self.stopping = threading.Event()
        self._site = load_web()
        self._directory = directory
        self._temporary: TemporaryDirectory[str] | None = None
        self._servers: dict[str, _Server] = {}
        self._closed_port: socket.socket | None = None
        self._trusted_keys: tuple[str, ...] = ()
        self._attempts: Counter[tuple[int, str, str]] = Counter()
        self._lock = threading.Lock()

    @property
    def day(self) -> int:
        """The day the web shows, 1 to 3; may be set while the server runs."""
        return self._day

    @day.setter
    def day(self, day: int) -> None:
        if day not in DAYS:
            raise ValueError(f"the sample web has the days {DAYS}, not {day}")
        self._day = day

    @property
    def ca_file(self) -> Path:
        """The certificate authority that the good hosts chain to."""
        if self._directory is None:
            raise RuntimeError("the sample web is not running; use it as a context manager")
        return self._directory / "ca.pem"

    @property
    def environment(self) -> dict[str, str]:
        """What the process of the crawl needs in its environment."""
        # A browser does not read that file: it is told which keys are those of the good hosts.
        return {
            "SSL_CERT_FILE": str(self.ca_file),
            "HOTLINES_BROWSER_SPKI": ",".join(self._trusted_keys),
        }

    @property
    def brands_directory(self) -> Path:
        """The brand files of the invented brands."""
        return ROOT / "brands"

    @property
    def corner_brands_directory(self) -> Path:
        """The brand files of the adversary's corner."""
        return CORNER / "brands"

    @property
    def hosts(self) -> tuple[str, ...]:
        """All names of the web, those with a closed port too."""
        return tuple(self._site.hosts)

    @property
    def resolve(self) -> tuple[str, ...]:
        """`HOST:PORT=ADDRESS:PORT` for the ports 80 and 443 of every host."""
        return tuple(
            f"{name}:{port}={LOOPBACK}:{self._port(name, scheme)}"
            for name in self._site.hosts
            for port, scheme in ((80, "http"), (443, "https"))
        )

    def _port(self, name: str, scheme: str) -> int:
        host = self._site.hosts[name]
        plain_only = host.scheme == "http" and scheme == "https"
        if not host.listens or plain_only:
            if self._closed_port is None:
                raise RuntimeError("the sample web is not running; use it as a context manager")
            return int(self._closed_port.getsockname()[1])
        return self._servers[scheme].server_port

    def answer(self, scheme: str, host: str, target: str) -> Answer:
        """What the web says on its present day (called by the handler)."""
        known = self._site.hosts.get(host)
        if known is None:
            return status_page(421)
        if scheme != known.scheme:
            return redirect(f"{known.scheme}://{host}{target}", 301)
        with self._lock:
            attempt = self._attempts[self._day, host, target]
            self._attempts[self._day, host, target] += 1
        return self._site.answer(host, target, self._day, attempt)

    def validators(self, host: str) -> tuple[str, ...]:
        """Which validators a host sends with its pages."""
        known = self._site.hosts.get(host)
        return known.validators if known else ()

    def note(self, scheme: str, host: str, path: str, status: int, conditional: bool) -> None:
        """Keeps a request for the tests."""
        self.requests.append(Request(host, path, status, conditional, scheme, self._day))

    def __enter__(self) -> SampleWeb:
        self.stopping.clear()
        if self._directory is None:
            self._temporary = TemporaryDirectory(prefix="hotlines-sampleweb-")
            self._directory = Path(self._temporary.name)
        self._directory.mkdir(parents=True, exist_ok=True)
        certificates = {h.name: h.certificate for h in self._site.hosts.values()}
        _, files = write_certificates(self._directory, certificates)
        good = sorted(h for h, kind in certificates.items() if kind is Certificate.GOOD)
        self._trusted_keys = tuple(key_fingerprint(files[host]) for host in good)
        # Bound and never listening: nobody else can take the port, and connecting is refused.
        self._closed_port = socket.socket()
        self._closed_port.bind((LOOPBACK, 0))
        self._servers = {"http": _Server(self, None), "https": _Server(self, _by_name(files))}
        for server in self._servers.values():
            server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopping.set()
        for server in self._servers.values():
            server.stop()
        if self._closed_port:
            self._closed_port.close()
        if self._temporary:
            self._temporary.cleanup()
            self._temporary, self._directory = None, None


class _Server(ThreadingHTTPServer):
    """One port. Open connections are remembered, so that stopping ends them at once."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, web: SampleWeb, tls: ssl.SSLContext | None) -> None:
        super().__init__((LOOPBACK, 0), Handler)
        self.web = web
        self.scheme = "https" if tls else "http"
        self._tls = tls
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        self._workers: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)

    def start(self) -> None:
        self._accepting.start()

    def stop(self) -> None:
        self.shutdown()
        self._accepting.join(_JOIN_SECONDS)
        self.server_close()
        with self._open_lock:
            for connection in self._open:
                # Past the TLS layer on purpose: it wakes a thread that reads or writes there.
                _quiet_shutdown(connection)
        for worker in self._workers:
            worker.join(_JOIN_SECONDS)

    def get_request(self) -> tuple[socket.socket, object]:
        connection, address = super().get_request()
        if self._tls:
            # The handshake is done in the worker: a slow client must not stop the others.
            connection = self._tls.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        return connection, address

    def process_request(self, request: object, client_address: object) -> None:
        assert isinstance(request, socket.socket)
        with self._open_lock:
            self._open.add(request)
        arguments = (request, client_address)
        worker = threading.Thread(target=self._work, args=arguments, daemon=True)
        self._workers = [known for known in self._workers if known.is_alive()] + [worker]
        worker.start()

    def _work(self, request: socket.socket, client_address: object) -> None:
        try:
            self.finish_request(request, client_address)
        except OSError:
            pass  # a client hung up or refused our certificate: that is what these hosts are for
        finally:
            with self._open_lock:
                self._open.discard(request)
            self.shutdown_request(request)


def _quiet_shutdown(connection: socket.socket) -> None:
    with suppress(OSError):  # it was closed by the other side
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def _by_name(files: dict[str, Path]) -> ssl.SSLContext:
    contexts = {}
    for host, file in files.items():
        contexts[host] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        contexts[host].load_cert_chain(file)

    def choose(
        connection: ssl.SSLSocket | ssl.SSLObject, name: str | None, _context: ssl.SSLContext
    ) -> int | None:
        if name not in contexts:
            return int(ssl.AlertDescription.ALERT_DESCRIPTION_UNRECOGNIZED_NAME)
        connection.context = contexts[name]
        return None

    front = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    front.sni_callback = choose
    return front
