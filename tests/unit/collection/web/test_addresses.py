"""Only the public web: every form of an address that is not public is told, and robots rules."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collection.web.addresses import place_of, require_public
from collection.web.robots import read_robots
from models.fetching import FetchRefusedError

PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::",
    "fc00::1",
    "fd00::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "5f00::1",
    "1.2.3",
    "0x7f.0.0.1",
    "2130706433",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_no_form_of_an_address_that_is_not_public_is_connected_to(address: str) -> None:
    with pytest.raises(FetchRefusedError):
        require_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1"])
def test_public_addresses_are(address: str) -> None:
    require_public(address)


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_what_carries_an_address_within_is_never_public(inner: IPv4Address) -> None:
    """IPv4-mapped, NAT64, 6to4 and compatible forms could lead anywhere."""
    number = int(inner)
    for outer in (0xFFFF << 32, 0x64FF9B << 96):
        with pytest.raises(FetchRefusedError):
            require_public(str(IPv6Address(outer + number)))
    with pytest.raises(FetchRefusedError):
        require_public(str(IPv6Address((0x2002 << 112) + (number << 80))))


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://a/",
            "https://localhost/",
            "https://a.local/",
            "https://x.onion/",
            "ftp://a.org/",
        ),
        *("https://1.2.3.4/", "https://[2606::1]/", "https://0x7f000001/", "https://a.org:22/"),
        *("https://u@a.org/", "https://a.org/\n", "https://a.org\\@b.org/", "https://a_.org./"),
        *("//a.org/", "https:///x", "https://a..org/", "https://127.1/", "https://a.internal./"),
        "https://" + "a" * 3000 + ".org/",
    ],
)
def test_what_is_no_address_of_the_public_web_is_refused(url: str) -> None:
    with pytest.raises(FetchRefusedError):
        place_of(url)


def test_an_address_has_one_spelling() -> None:
    place = place_of("https://A.Example:443/x%20y?q=1#part")
    assert place.url == "https://a.example/x%20y?q=1"


@pytest.mark.parametrize(
    ("rules", "target", "allowed"),
    [
        ("Disallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("Allow: /a\nDisallow: /a", "/a", True),
        ("Disallow: /*.gif$", "/x/y.gif", False),
        ("Disallow: /*.gif$", "/x/y.gif?z", True),
        ("Disallow: /a%3Cd", "/a%3cd", False),
        ("Disallow: /%7Ejoe", "/~joe/x", False),
        ("Disallow:", "/x", True),
        ("Disallow: /", "/robots.txt", True),
    ],
)
def test_the_longest_rule_decides_and_allow_wins_a_tie(
    rules: str, target: str, allowed: bool
) -> None:
    """RFC 9309, 2.2.2 and 2.2.3."""
    robots = read_robots(f"User-agent: *\n{rules}".encode(), "Walloff")
    assert robots.allows(target) is allowed


def test_groups_of_one_name_are_one() -> None:
    text = b"User-agent: walloff\nDisallow: /a\n\nUser-agent: x\nUser-agent: WALLOFF\nDisallow: /b"
    robots = read_robots(text, "Walloff")
    assert [robots.allows(one) for one in ("/a", "/b", "/c")] == [False, False, True]


@given(st.binary(max_size=400), st.text(max_size=40))
def test_any_robots_txt_is_read(body: bytes, target: str) -> None:
    read_robots(b"User-agent: *\n" + body, "Walloff").allows(f"/{target}")


@pytest.mark.parametrize("between", ["Crawl-delay: 7", "Sitemap: https://a.example/map", "Host: a"])
@pytest.mark.parametrize("first", ["*", "Other"])
def test_other_records_do_not_end_the_names_of_a_group(between: str, first: str) -> None:
    """RFC 9309, 2.2.4: rules that follow both names are for both."""
    second = "Other" if first == "*" else "*"
    text = f"User-agent: {first}\n{between}\nUser-agent: {second}\nDisallow: /x\n"
    assert not read_robots(text.encode(), "Walloff").allows("/x")


def test_a_rule_ends_the_names_of_a_group() -> None:
    text = b"User-agent: *\nCrawl-delay: 7\nDisallow: /y\nUser-agent: Other\nDisallow: /x\n"
    robots = read_robots(text, "Walloff")
    assert (robots.allows("/x"), robots.allows("/y"), robots.delay) == (True, False, 7)
