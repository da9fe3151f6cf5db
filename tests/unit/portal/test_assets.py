"""Static files: a name that tells its content, kept for ever, and nothing else of the folder."""

import gzip
import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.web import assets

CLIENT = TestClient(Starlette(routes=[assets.ROUTE]))
NAMES = ("walloff.css", "walloff.svg", "htmx.js", "hx-sse.js", "trusted.js", "keys.js")


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_served_under_its_digest_and_kept_for_ever(name: str) -> None:
    path = assets.asset(name)
    answer = CLIENT.get(path, headers={"Accept-Encoding": "identity"})
    assert re.fullmatch(r"/static/[a-z-]+\.[0-9a-f]{16}\.(css|js|svg)", path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in answer.headers


def test_the_media_type_is_the_file_s_whatever_the_machine_thinks() -> None:
    kinds = {name: CLIENT.head(assets.asset(name)).headers["content-type"] for name in NAMES}
    assert kinds["walloff.css"].startswith("text/css")
    assert kinds["htmx.js"].startswith("text/javascript")
    assert kinds["walloff.svg"] == "image/svg+xml"


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("gzip;q=1.0", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("xgzip", False),
    ],
)
def test_only_who_takes_gzip_is_given_it(accepted: str, *, packed: bool) -> None:
    answer = CLIENT.get(assets.asset("walloff.css"), headers={"Accept-Encoding": accepted})
    assert ("content-encoding" in answer.headers) == packed
    assert "usa-button" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/static/walloff.css",
        "/static/walloff.0000000000000000.css",
        "/static/htmx.LICENSE",
        "/static/..%2fassets.py",
        "/static/",
        "/static/%00",
    ],
)
def test_every_other_name_is_unknown(path: str) -> None:
    """A name without the digest would be kept for ever too."""
    assert CLIENT.get(path).status_code == 404


def test_only_reading_is_answered() -> None:
    assert CLIENT.post(assets.asset("walloff.css")).status_code == 405


def test_a_template_that_names_no_file_fails() -> None:
    with pytest.raises(assets.UnknownAssetError):
        assets.asset("walloff.scss")


def test_the_style_sheet_is_small_and_refers_to_nothing_outside_itself() -> None:
    sheet = CLIENT.get(assets.asset("walloff.css")).text
    assert len(gzip.compress(sheet.encode())) < 20_000
    assert set(re.findall(r"url\(\"?([a-z]*)", sheet)) <= {"", "data"}
    assert "@import" not in sheet
