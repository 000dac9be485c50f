"""Addresses of data in the scripts of a page: whole literals only, and none that does something."""

from __future__ import annotations

import pytest

from pipelines.extract.data_calls import data_calls, scripts_of

BASE = "https://pay.example/app/index.html"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('fetch("/api/contact")', ["https://pay.example/api/contact"]),
        ("axios.get('/data/faq.json?v=3')", ["https://pay.example/data/faq.json?v=3"]),
        ("load(`/gateway/help/list`)", ["https://pay.example/gateway/help/list"]),
        ('open("GET","//h5.pay.example/rest/x")', ["https://h5.pay.example/rest/x"]),
        ('a="https://cdn.example/c.json"', ["https://cdn.example/c.json"]),
        ('fetch("/api/" + id)', []),
        ('fetch("/api/faq/".concat(id))', []),
        ("fetch(`/api/${id}`)", []),
        ('post("/api/login"); get("/api/user/logout")', []),
        ('get("/api/order/list"); get("/api/sms/send")', []),
        ('get("/static/logo.png"); go("/contact.html")', []),
        ('link("/manifest.json")', []),
        ("get('/api/[/x')", ["https://pay.example/api/[/x"]),
        ("get('//[/api/x')", []),
    ],
)
def test_a_whole_address_of_data_is_found(code: str, found: list[str]) -> None:
    assert list(data_calls(code, BASE)) == found


def test_the_most_telling_address_comes_first() -> None:
    code = 'a("/api/banner"); b("/api/contact"); c("/api/contact")'
    assert data_calls(code, BASE) == (
        "https://pay.example/api/contact",
        "https://pay.example/api/banner",
    )


def test_scripts_within_and_beside_a_page() -> None:
    markup = (
        "<script>one()</script><script src='/lib.js'></script><script src=app.js#x></script>"
        "<script src='data:text/javascript,1'></script><script>two()</script>"
    )
    code, sources = scripts_of(markup, BASE)
    assert code == "one()\ntwo()"
    assert sources == ("https://pay.example/app/app.js", "https://pay.example/lib.js")
