"""Everything that a server says is kept byte for byte, and searched for words in any disguise."""

import base64
import codecs
import http.client
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Final
from urllib.parse import unquote, unquote_plus, urlencode, urljoin, urlsplit

LINKED: Final = re.compile(rb'(?:href|src|action)="([^"]+)"')
UNEQUAL: Final = frozenset({"date"})
"""Headers that tell the time of the answer alone."""


@dataclass(frozen=True)
class Answer:
    """One answer, as it came over the wire; `asked` is the method and the address."""

    asked: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def raw(self) -> bytes:
        """Return all of it."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in self.headers)
        return f"{self.status}\r\n{lines}\r\n".encode("latin-1") + self.body

    def without(self, *ids: str) -> bytes:
        """Return all of it but its time, with one constant of the same length for each id."""
        kept = [one for one in self.headers if one[0].lower() not in UNEQUAL]
        raw = Answer("", self.status, tuple(kept), self.body).raw
        for one in ids:
            raw = raw.replace(one.encode(), b"0" * len(one))
        return raw


@dataclass
class Crawl:
    """A browser without a screen: it has a session and keeps what it is told."""

    origin: str
    cookie: str
    answers: list[Answer] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open one connection, which is kept."""
        self._line = http.client.HTTPConnection(urlsplit(self.origin).netloc, timeout=240)

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        form: Mapping[str, object] | None = None,
        body: bytes | None = None,
        signed_in: bool = True,
        **headers: str,
    ) -> Answer:
        """Ask for one page, exactly by the path that is given."""
        sent = {"origin": self.origin, "sec-fetch-site": "same-origin"} if method != "GET" else {}
        if signed_in:
            sent["cookie"] = self.cookie
        if form is not None:
            body = urlencode(form, doseq=True).encode()
            sent["content-type"] = "application/x-www-form-urlencoded"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        for last in (False, True):
            try:
                self._line.request(method, path, body=body, headers=sent)
                came = self._line.getresponse()
                break
            except (ConnectionError, http.client.HTTPException):
                self._line.close()  # the server closes a line that was quiet, or whose body it left
                if last:
                    raise
        answer = Answer(f"{method} {path}", came.status, tuple(came.getheaders()), came.read())
        self.answers.append(answer)
        return answer

    def follow(self, start: str) -> set[str]:
        """Read a page and every page of this origin that is linked from what was read."""
        waiting, seen = [start], {start}
        while waiting:
            path = waiting.pop()
            answer = self.ask(path)
            targets = [found.decode("latin-1") for found in LINKED.findall(answer.body)]
            targets += [value for name, value in answer.headers if name.lower() == "location"]
            for target in targets:
                url = urlsplit(urljoin(self.origin + path, unescape(target)))
                if f"{url.scheme}://{url.netloc}" != self.origin:
                    continue
                further = url.path + (f"?{url.query}" if url.query else "")
                if further not in seen:
                    seen.add(further)
                    waiting.append(further)
        return seen


def readings(raw: bytes) -> Iterable[str]:
    """Return what bytes may say: as they are, and with each common disguise taken off."""
    for text in (raw.decode("utf-8", "replace"), raw.replace(b"\0", b"").decode("latin-1")):
        folded = unicodedata.normalize("NFKC", text).casefold()
        yield folded
        yield re.sub(r"[\u200b-\u200f\u2060\ufeff\u00ad]", "", folded)
        yield unicodedata.normalize("NFKC", unescape(unquote_plus(unquote(text)))).casefold()


def disguised(word: str) -> dict[str, str]:
    """Return a word as it is and as codes of it would show, each in small letters."""
    plain = word.encode()
    found = {"plain": word, "reversed": word[::-1], "rot13": codecs.encode(word, "rot13")}
    found["hex"] = plain.hex()
    found["url"] = "".join(f"%{byte:02x}" for byte in plain)
    return {form: text.casefold() for form, text in found.items()}


def base64_forms(*words: str) -> set[str]:
    """Return what is alike in base64 of words in small and large letters, wherever they stand."""
    found = set()
    for word in {form for one in words for form in (one, one.upper(), one.title())}:
        for shift in range(3):
            coded = base64.b64encode(b"\0" * shift + word.encode()).decode().rstrip("=")
            found.add(coded[(0, 2, 3)[shift] : len(coded) - (len(coded) % 4 > 0)])
    return {one for one in found if len(one) > 3}


def sightings(raw: bytes, mark: str, words: re.Pattern[str]) -> set[str]:
    """Return where a mark is in any disguise, and each of the words that stands as a word."""
    found = {form for form in base64_forms(mark) if form.encode() in raw}
    for text in readings(raw):
        found |= {form for form, word in disguised(mark).items() if word in text}
        found |= set(words.findall(text))
    return found
