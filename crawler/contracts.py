"""`scrapy check` without a network: contracts over saved pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scrapy.contracts import Contract
from scrapy.exceptions import ContractFail
from scrapy.utils.conf import closest_scrapy_cfg

from crawler.plan import ConfigurationError


class PageContract(Contract):
    """`@page PATH NUMBER…`: the callback reads these hotlines, in order, from a saved page.

    The path is taken from the directory of `scrapy.cfg`.
    """

    name = "page"

    def adjust_request_args(self, args: dict[str, Any]) -> dict[str, Any]:
        """Called by Scrapy: the saved page stands in for the address."""
        root = Path(closest_scrapy_cfg()).parent
        page = root / str(self.args[0])
        if not page.is_file():
            raise ConfigurationError(f"@page {self.args[0]}: no such file below {root}")
        args["url"] = page.resolve().as_uri()
        return args

    def post_process(self, output: list[Any]) -> None:
        """Called by Scrapy with what the callback yielded."""
        found = list(dict.fromkeys(item["number"] for item in output if item["is_hotline"]))
        if found != list(self.args[1:]):
            raise ContractFail(f"{self.args[0]}: read {found}, expected {list(self.args[1:])}")
