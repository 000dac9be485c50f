"""Processes of the program, forked from a warm one: see `warm_server.py`."""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[1]


class Program:
    """A program that runs, or ran: what `subprocess.Popen` is, as far as tests ask for it."""

    def __init__(self, pid: int, streams: tuple[IO[str], IO[str], IO[str]], end: IO[str]) -> None:
        self.pid = pid
        self.stdin, self.stdout, self.stderr = streams
        self._end = end
        self.returncode: int | None = None

    def send_signal(self, number: int) -> None:
        """Send a signal to what has not ended yet."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def poll(self) -> int | None:
        """The exit code, if it has ended."""
        if self.returncode is None:
            os.set_blocking(self._end.fileno(), False)
            told = self._end.readline()
            self.returncode = int(told) if told else None
        return self.returncode

    def communicate(self, given: str = "", timeout: float = 600) -> tuple[str, str]:
        """Give it its input, and wait for all that it says and for its end.

        Raises:
            subprocess.TimeoutExpired: It did not end; it was killed.
        """
        said: dict[str, str] = {}
        readers = [
            threading.Thread(target=lambda n=name, s=stream: said.update({n: s.read()}))
            for name, stream in (("out", self.stdout), ("err", self.stderr))
        ]
        for reader in readers:
            reader.start()
        if not self.stdin.closed:
            self.stdin.write(given)
            self.stdin.close()
        killer = threading.Timer(timeout, self.kill)
        killer.start()
        for reader in readers:
            reader.join()
        if self.returncode is None:
            os.set_blocking(self._end.fileno(), True)
            self.returncode = int(self._end.readline())
        late = not killer.is_alive()
        killer.cancel()
        killer.join()
        for stream in (self.stdout, self.stderr, self._end):
            stream.close()
        if late:
            raise subprocess.TimeoutExpired(str(self.pid), timeout)
        return said["out"], said["err"]


@cache
def _server() -> socket.socket:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, str(Path(__file__).with_name("warm_server.py"))]
    process = subprocess.Popen(
        [*command, str(theirs.fileno())],
        pass_fds=(theirs.fileno(),),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
    )
    theirs.close()

    def close() -> None:
        ours.close()
        process.wait()

    atexit.register(close)
    return ours


def begin(
    program: str,
    arguments: tuple[str, ...],
    *,
    environment: Mapping[str, str],
    directory: Path = ROOT,
    file_size: int | None = None,
) -> Program:
    """Start a program: `hotlines`, `scrapy`, or a file of Python.

    Args:
        environment: All of it.
        file_size: The largest file that it may write.
    """
    wanted = {"program": program, "arguments": arguments, "environment": dict(environment),
              "directory": str(directory), "file_size": file_size}  # fmt: skip
    pipes = [os.pipe() for _ in range(4)]
    theirs = [pipes[0][0], *(write for _, write in pipes[1:])]
    socket.send_fds(_server(), [json.dumps(wanted).encode()], theirs)
    for descriptor in theirs:
        os.close(descriptor)
    given = os.fdopen(pipes[0][1], "w", encoding="utf-8")
    out, err, end = (os.fdopen(read, encoding="utf-8") for read, _ in pipes[1:])
    return Program(int(end.readline()), (given, out, err), end)


def run(
    program: str,
    arguments: tuple[str, ...],
    *,
    environment: Mapping[str, str],
    directory: Path = ROOT,
    file_size: int | None = None,
    given: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; nothing is checked."""
    process = begin(
        program, arguments, environment=environment, directory=directory, file_size=file_size
    )
    out, err = process.communicate(given)
    assert process.returncode is not None
    return subprocess.CompletedProcess([program, *arguments], process.returncode, out, err)
