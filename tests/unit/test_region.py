"""Where a page is at home when nobody says so, and what that makes of its bare numbers."""

from __future__ import annotations

import pytest

from pipelines.brand import Brand
from pipelines.model import Page
from pipelines.process import process_page
from pipelines.rules import load_rules

RULES = load_rules()
REGIONS = RULES.regions
TAIWAN = "客服專線：02-2653-6000，服務時間週一至週五，地址：台北市示例路188號"
HONG_KONG = "客戶服務熱線：2929 3888，地址：香港九龍示例道1號，請與我們聯絡"


@pytest.mark.parametrize(
    ("text", "url", "language", "country"),
    [
        (TAIWAN, "", "", "TW"),
        (HONG_KONG, "", "", "HK"),
        ("查詢熱線：2837 1234，澳門氹仔示例街，電話服務", "", "", "MO"),
        ("客服热线：95188，请与我们联系", "", "", "CN"),
        ("Hotline 1240", "https://pay.example.th/contact", "", "TH"),
        ("Hotline 1240", "https://pay.example/contact", "vi", "VN"),
        ("Hotline 2929 3888", "https://pay.example/", "zh_HK", "HK"),
        ("", "", "", "CN"),
        ("", "https://[broken/", "", "CN"),
        ("我们的台湾用户请拨打客服热线，电话服务时间", "", "", "CN"),
        ("31 Beach View, Singapore 098008. Hotline: +65 6653 6888", "", "", "SG"),
        ("Example Sdn. Bhd., Kuala Lumpur. Hotline 1300 88 5465", "", "", "MY"),
        ("Paunawa: mga tanong sa aming Data Privacy Officer", "", "", "PH"),
        ("Layanan pengaduan untuk konsumen, Jakarta Selatan", "", "", "ID"),
        (
            "Example Ltd., Hangzhou, China. Hotline +86 571 8815 6688. Also in Singapore",
            "",
            "",
            "CN",
        ),
        ("Alamat: Jl. Contoh 8. Telepon 021 5080 5999, Senin 08.00 WIB", "", "", "ID"),
        ("門市資訊 台北市中山區示例街1號 電話 02-2597-7126 阪急あべの店 營業時間", "", "", "TW"),
        ("お問い合わせはこちらまで。電話 03-6416-3451 営業時間 11時から", "", "", "JP"),
        ("Hotline 95188, users in Singapore and Malaysia", "", "", "CN"),
    ],
)
def test_region_of_a_page(text: str, url: str, language: str, country: str) -> None:
    assert REGIONS.of(text, url, language) == country


def numbers(text: str, country: str = "", brand: Brand | None = None) -> list[str]:
    page = Page("case", text.encode(), content_type="text/plain", country=country, brand=brand)
    return [item.number for item in process_page(page, RULES).evidence]


def test_bare_numbers_are_those_of_the_region() -> None:
    assert numbers(TAIWAN) == ["+886226536000"]
    assert numbers(HONG_KONG) == ["+85229293888"]


def test_who_names_a_country_is_believed() -> None:
    assert numbers(HONG_KONG, country="CN") == []


def test_mainland_codes_on_a_page_of_another_region() -> None:
    assert "4008208820" in numbers(f"{TAIWAN}，內地客服熱線：400-820-8820")


def test_numbers_of_a_page_in_latin_letters_are_those_of_the_country_it_names() -> None:
    page = (
        "Local Hotline: 1800 653 6888. International: +65 6653 6888. Palawan Kidz City, Singapore"
    )
    assert numbers(page) == ["+6518006536888", "+6566536888"]


def test_japanese_labels_keep_their_long_vowels() -> None:
    assert numbers("予約専用フリーダイヤル：0120ー262ー633") == ["+81120262633"]
