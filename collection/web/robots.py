"""robots.txt is read as RFC 9309 says: the longest rule of our own group decides, else `*`'s.

Written here: the standard library's reader takes the first rule that fits and knows no wildcards.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

MAX_ROBOTS: Final = 512 * 1024
"""Bytes of a robots.txt that are read (RFC 9309, 2.5: at least 500 KiB)."""
_PATTERN: Final = 1_000
_WILD: Final = 20
"""Wildcards in one pattern: more than these are no rule for paths."""
_PRODUCT: Final = re.compile(r"[A-Za-z_-]+")
_KEPT: Final = "/?=&%:@!$'()*+,;~-._[]#"


@dataclass(frozen=True, slots=True)
class Rule:
    """One `Allow` or `Disallow`."""

    allow: bool
    pattern: str

    def fits(self, target: str) -> bool:
        """Say whether a path with its query is meant by this rule."""
        end = self.pattern.endswith("$")
        parts = (self.pattern[:-1] if end else self.pattern).split("*")
        first, *rest = parts
        if not target.startswith(first):
            return False
        at = len(first)
        for number, part in enumerate(rest, start=1):
            if end and number == len(rest):
                return target.endswith(part) and len(target) - len(part) >= at
            found = target.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        return at == len(target) or not end


@dataclass(frozen=True, slots=True)
class Robots:
    """What a site asks of one program."""

    rules: tuple[Rule, ...] = ()
    delay: float = 0
    """Seconds between two requests, where the site asks for some."""

    def allows(self, target: str) -> bool:
        """Say whether a path with its query may be fetched; `/robots.txt` always may."""
        target = _plain(target)
        if target == "/robots.txt":
            return True
        fitting = [rule for rule in self.rules if rule.fits(target)]
        if not fitting:
            return True
        longest = max(len(rule.pattern) for rule in fitting)
        return any(rule.allow for rule in fitting if len(rule.pattern) == longest)


EVERYTHING: Final = Robots()
"""Where there is no robots.txt (RFC 9309, 2.3.1.3)."""
NOTHING: Final = Robots((Rule(allow=False, pattern="/"),))
"""Where it cannot be reached (RFC 9309, 2.3.1.4)."""


def read_robots(body: bytes, product: str) -> Robots:
    """Return what a robots.txt asks of a program of this name. What is no rule is passed over.

    Of one that is too long the last line, which may be half of a rule, is not read.
    """
    if len(body) > MAX_ROBOTS:
        whole, _, half = body[:MAX_ROBOTS].rpartition(b"\n")
        body = whole or half
    ours: list[tuple[str, str]] = []
    everybodys: list[tuple[str, str]] = []
    named = False
    agents: set[str] = set()
    open_group = False
    for key, value in _lines(body):
        if key == "user-agent":
            if not open_group:
                agents = set()
            open_group = True
            found = _PRODUCT.match(value)
            agents.add("*" if value.startswith("*") else found[0].lower() if found else "")
            named = named or product.lower() in agents
        elif key in ("allow", "disallow", "crawl-delay"):
            # No other record ends the list of names that a group begins with (RFC 9309, 2.2.4).
            open_group = open_group and key == "crawl-delay"
            if product.lower() in agents:
                ours.append((key, value))
            if "*" in agents:
                everybodys.append((key, value))
    return _robots(ours if named else everybodys)


def _robots(lines: list[tuple[str, str]]) -> Robots:
    rules, delay = [], 0.0
    for key, value in lines:
        if key == "crawl-delay":
            if re.fullmatch(r"\d{1,6}(\.\d{1,3})?", value):
                delay = max(delay, float(value))
        elif value:
            pattern = re.sub(r"\*+", "*", _plain(value[:_PATTERN]))
            if len(value) <= _PATTERN and pattern.count("*") <= _WILD:
                rules.append(Rule(key == "allow", pattern))
            elif key == "disallow":  # too long to be kept to the letter: more is kept to
                rules.append(Rule(allow=False, pattern=pattern.partition("*")[0]))
    return Robots(tuple(rules), delay)


def _lines(body: bytes) -> list[tuple[str, str]]:
    text = body.decode("utf-8-sig", "replace")
    found = []
    for line in re.split(r"\r\n|\r|\n", text):
        key, colon, value = line.partition("#")[0].partition(":")
        if colon:
            found.append((key.strip().lower(), value.strip()))
    return found


def _plain(target: str) -> str:
    """Return one spelling of a path: what need not be escaped is not, what is, is in capitals."""
    target = re.sub(
        r"%([0-9A-Fa-f]{2})",
        lambda found: (
            chr(int(found[1], 16))
            if re.match(r"[A-Za-z0-9._~-]", chr(int(found[1], 16)))
            else found[0].upper()
        ),
        target,
    )
    return quote(target, safe=_KEPT)
