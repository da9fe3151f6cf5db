"""Ordinary queries pass: what the linter stops without cause is counted, and few."""

from urllib.parse import quote, quote_plus

import pytest

from collection.egress.decoding import forms
from collection.egress.egress import EgressRule, Guarded, faults
from collection.egress.hosts import addressed_hosts, hosts

NAME = "Rowan Applegate"
ORDINARY = [
    f"{NAME}{rest}"
    for rest in (
        "", " reddit", " linkedin", " police academy", " class of 2012", " site:reddit.com",
        " harbour regatta 2019 results", " Springfield Ohio", " 4500 Elm Street", " 555-0100",
        " (217) 555-0100", " +1 217 555 0100", " 62704", " volunteer firefighter",
        " security guard",
        " chess rating 1850", " marathon 3:45:12", " 10k 2021-05-16", " obituary", " letter editor",
        " interview 12 March 2019", " bodybuilding forum", " motorcycle club", " blog", " podcast",
        " city council 2020-11-03 minutes", " little league coach", " Route 66", " unit 12B",
        " youtube channel", " github", " Toyota Tacoma 2015", " badge 4471", " army surplus store",
        " woodworking", " 1990s arcade", " court reporter", " poem", " photography portfolio",
    )
] + [
    '"rowan_a" OR "rowan.applegate"', "@rowan_a", "rowan_a1987", "u/rowan_a", "rowan_a -site:x.com",
    "rowan_a@mail.example", '"rowan a" intitle:profile', "inurl:rowan_a", "rowan_a filetype:pdf",
    "https://www.reddit.com/user/rowan_a/comments/?sort=new&after=t3_1abcde&limit=25",
    "https://x.com/rowan_a/status/1790123456789012345",
    "https://forum.example/viewtopic.php?f=12&t=48213&start=40",
    "https://blog.example/2024/01/15/5/a-walk",
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=42s",
    "https://www.linkedin.com/in/rowan-applegate-4b1a2035/",
    "https://web.archive.org/web/20190612093000/https://rowan.example/",
    "https://mastodon.example/@rowan_a/110123456789012345",
    "https://rowan.example/?page=2&per_page=50&since=20240101",
    "https://maps.example/?ll=39.78,-89.65&z=12", "https://search.example/?q=rowan%20applegate&ia=web",
    "after:2020-01-01 before:2021-12-31 rowan_a", "ISBN 978-0-306-40615-7", "case 19-cv-01234",
    "https://news.example/article/123456", "AP 2019-07-04 10:30 Springfield parade",
]  # fmt: skip


def test_at_most_two_in_a_hundred_ordinary_queries_are_stopped() -> None:
    """Without the lists of classes, which a case's queries are measured with elsewhere."""
    guarded = Guarded(names=frozenset({NAME, "Applegate", "rowan_a"}))
    stopped = [text for text in ORDINARY if faults(text, guarded)]
    assert len(stopped) <= len(ORDINARY) * 0.02


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_query_is_as_ordinary_when_it_is_encoded(text: str, times: int) -> None:
    """An escape's digits and letters are no part of the word, number or host beside them."""
    guarded = Guarded(names=frozenset({NAME, "Applegate", "rowan_a"}))
    encoded = text
    for _ in range(times):
        encoded = quote(encoded, safe="")
    assert faults(encoded, guarded) == faults(text, guarded)
    assert addressed_hosts(encoded) == addressed_hosts(text)


@pytest.mark.parametrize("times", [0, 1, 2])
@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("rowan_a pw: Hunter2", EgressRule.CREDENTIAL),
        ("rowan_a Hunter2!x", EgressRule.CREDENTIAL),
        ("rowan_a Hunter%42x9", EgressRule.CREDENTIAL),
        ("rowan_a 078-05-1120", EgressRule.SOCIAL_SECURITY),
        ("rowan_a site:reddit.com", EgressRule.BARRED_PLATFORM),
        ("https://www.reddit.com/user/rowan_a", EgressRule.BARRED_PLATFORM),
        ("UmVkZGl0OiA wwwredditcom cmVkZGl0LmNvbQ==", EgressRule.BARRED_PLATFORM),
    ],
)
def test_what_may_not_leave_may_not_leave_encoded(text: str, rule: EgressRule, times: int) -> None:
    """The other side of the rule above."""
    guarded = Guarded(names=frozenset({NAME}), barred_hosts=frozenset({"reddit.com"}))
    for _ in range(times):
        text = quote(text, safe="")
    assert rule in [one.rule for one in faults(text, guarded)]


def test_a_piece_of_a_host_is_not_unpacked_into_another() -> None:
    """Six letters of any word are base64 of something: only as much as a token of its own is."""
    found, _ = forms("https%3A%2F%2Fsocial.example%2F%40rowan_a")
    assert {host for form in found[1:] for host in hosts(form)} == {"social.example"}


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_query_is_as_ordinary_when_its_words_are_joined(text: str, times: int) -> None:
    """Forms write `+` for a blank: what is ordinary in words is no password for that sign."""
    guarded = Guarded(names=frozenset({NAME, "Applegate", "rowan_a"}))
    encoded = text
    for _ in range(times):
        encoded = quote_plus(encoded)
    assert faults(encoded, guarded) == faults(text, guarded)


@pytest.mark.parametrize("times", [0, 1, 2])
@pytest.mark.parametrize(
    "text", ["rowan_a Hunter2+x", "rowan_a+Hunter2!x", "Hunt3r+2015", "Rowan+Kx9vQ2mW+harbour"]
)
def test_a_password_among_joined_words_is_still_one(text: str, times: int) -> None:
    """The other side of the rule above: a part that mixes all by itself is no word."""
    for _ in range(times):
        text = quote_plus(text)
    assert EgressRule.CREDENTIAL in [one.rule for one in faults(text)]
