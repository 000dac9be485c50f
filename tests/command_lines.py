"""Checks that a `hotlines …` command written in a document is one that the program knows."""

from __future__ import annotations

import re
import shlex
from pathlib import PurePosixPath

import typer.main

from crawler.cli import app

_ASSIGNMENT = re.compile(r"[A-Z_][A-Z0-9_]*=.*")
_ENDS = frozenset({"&&", "||", ";", "|"})
_REDIRECTION = re.compile(r"\d?[<>].*")


def commands_in(line: str) -> list[list[str]]:
    """Arguments of each `hotlines` call in a shell line, whatever its path and what is around."""
    words = shlex.split(line, comments=True)
    starts = [i for i, word in enumerate(words) if _is_program(words, i, word)]
    found = []
    for start in starts:
        rest = words[start + 1 :]
        end = next((i for i, word in enumerate(rest) if _ends(word)), len(rest))
        found.append(rest[:end])
    return found


def parse(arguments: list[str]) -> str:
    """The verb of a command; raises as the program would if an option or a value is wrong."""
    command = typer.main.get_command(app)
    name = ""
    while hasattr(command, "commands"):
        assert arguments, f"{name or 'hotlines'} needs a verb"
        name, *arguments = arguments
        assert name in command.commands, f"there is no verb {name!r}"
        command = command.commands[name]
    command.make_context(name, arguments)
    return name


def verbs() -> set[str]:
    """Names of the verbs, `registry` among them."""
    return set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def verbs_with(option: str) -> set[str]:
    """Verbs that take an option; those of a group with its name in front."""
    found = set()
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", {"": command})
        found |= {
            f"{name} {sub}".strip()
            for sub, verb in below.items()
            if any(option in parameter.opts for parameter in verb.params)
        }
    return found


def _is_program(words: list[str], index: int, word: str) -> bool:
    if PurePosixPath(word).name != "hotlines":
        return False
    before = words[:index]
    while before and _ASSIGNMENT.fullmatch(before[-1]):
        before.pop()
    return not before or before[-1] in _ENDS or word.endswith("/bin/hotlines")


def _ends(word: str) -> bool:
    return word in _ENDS or _REDIRECTION.fullmatch(word) is not None
