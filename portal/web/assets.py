"""A static file is served under a name with its digest in it, so browsers may keep it for ever."""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

PREFIX: Final = "/static/"
SERVED: Final = MappingProxyType(
    {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
)
"""Media types by ending; what else lies in the folder, such as a licence, is not served."""

_DIGITS: Final = 16
_YEAR: Final = 31_536_000


@dataclass(frozen=True)
class Asset:
    """One file as it goes over the wire, plain and compressed."""

    path: str
    media_type: str
    plain: bytes
    packed: bytes


class UnknownAssetError(LookupError):
    """A template names a static file that there is not."""


def asset(name: str) -> str:
    """Return the path under which the file of this name is served: `asset("walloff.css")`."""
    try:
        return _BY_NAME[name].path
    except KeyError:
        raise UnknownAssetError(name) from None


def serve(request: Request) -> Response:
    """Answer with the file of exactly this name and digest, or 404."""
    found = _BY_PATH.get(PREFIX + request.path_params["name"])
    if found is None:
        return PlainTextResponse("Not found", 404, {"X-Content-Type-Options": "nosniff"})
    headers = {
        "Cache-Control": f"public, max-age={_YEAR}, immutable",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Encoding",
    }
    if _takes_gzip(request.headers.get("accept-encoding", "")):
        headers["Content-Encoding"] = "gzip"
        return Response(found.packed, 200, headers, found.media_type)
    return Response(found.plain, 200, headers, found.media_type)


ROUTE: Final = Route(PREFIX + "{name}", serve, methods=["GET"], name="static")
"""To be added to every application."""


def _takes_gzip(accepted: str) -> bool:
    for offer in accepted.lower().split(","):
        coding, _, quality = offer.partition(";")
        if coding.strip() == "gzip":
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", quality)
    return False


def _loaded() -> Mapping[str, Asset]:
    found = {}
    for entry in files("portal.web").joinpath("static").iterdir():
        stem, _, ending = entry.name.rpartition(".")
        if ending not in SERVED:
            continue
        plain = entry.read_bytes()
        digest = hashlib.sha256(plain).hexdigest()[:_DIGITS]
        # Without a time inside, so that equal files are equal when compressed.
        packed = gzip.compress(plain, compresslevel=9, mtime=0)
        path = f"{PREFIX}{stem}.{digest}.{ending}"
        found[entry.name] = Asset(path, SERVED[ending], plain, packed)
    return MappingProxyType(found)


_BY_NAME: Final = _loaded()
_BY_PATH: Final = MappingProxyType({found.path: found for found in _BY_NAME.values()})
