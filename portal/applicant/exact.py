"""The exact page that a hiring manager reads, by the very code that makes theirs."""

from typing import Final

from starlette.responses import Response

from models.release import ReleasePackage
from portal.manager.page import CONTENT_SECURITY_POLICY, render

_POLICY: Final = f"{CONTENT_SECURITY_POLICY}; frame-ancestors 'none'"


def shown(package: ReleasePackage) -> Response:
    """Return the page to be read."""
    return _answer(package, "inline")


def to_keep(package: ReleasePackage) -> Response:
    """Return the page as a file."""
    return _answer(package, "attachment")


def _answer(package: ReleasePackage, how: str) -> Response:
    headers = {
        "content-disposition": f'{how}; filename="walloff-preview.html"',
        "content-security-policy": _POLICY,
    }
    return Response(render(package), media_type="text/html", headers=headers)
