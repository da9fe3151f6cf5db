"""The log is verified from its page, and taken away to be verified elsewhere."""

import asyncio
import io
import tempfile
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path as File
from typing import Annotated, Final

from fastapi import Form, Path, Request
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response, StreamingResponse

from casework.counsel.ledgers import read_entries, read_entry
from models.errors import RecordNotFoundError
from portal.auditor.checking import Checking
from portal.auditor.ledgers import auditor_of
from portal.web.doors import Doors, elsewhere
from portal.web.pages import Pages
from storage.auditors import AuditorsLog
from storage.export_files import MANIFEST, log_files, prove_one, verifier_file, write_export
from storage.log_index import Asked, LogIndex

_SOON: Final = 1.0
"""Seconds in which a short log is done, so that its page needs no second look."""
_EVERY: Final = 0.5
_AT_A_TIME: Final = 240
"""Words on one connection; then the browser asks again."""

Vkey = Annotated[str, Form(max_length=8192)]
Number = Annotated[str, Path(max_length=18)]


def verification_doors(
    doors: Doors, pages: Pages, log: AuditorsLog, index: LogIndex, checking: Checking
) -> None:
    """Add the page of the check, its progress, and what is taken away."""

    @doors.reads("/verify")
    def verify(request: Request) -> Response:
        read_entries(index, Asked(), actor=auditor_of(request), limit=1)
        return pages.show(
            request,
            "verify.html",
            state=checking.state,
            size=log.size(),
            newest=log.newest(),
            alarms=log.alarms(),
            unreadable=index.unreadable,
            witnesses=[one.name for one in checking.witnesses],
        )

    @doors.writes("/verify")
    def start(request: Request, vkey: Vkey = "") -> Response:
        read_entries(index, Asked(), actor=auditor_of(request), limit=1)
        checking.start(vkey.strip())
        checking.wait(_SOON)
        return elsewhere("/verify")

    @doors.reads("/verify/events")
    def events(request: Request) -> Response:
        async def said() -> AsyncIterator[str]:
            for _ in range(_AT_A_TIME):
                state = checking.state
                if state is None:
                    return
                text = pages.render(request, "progress.html", state=state)
                yield "".join(f"data: {line}\n" for line in text.splitlines()) + "\n"
                if state.ended is not None:
                    return
                await asyncio.sleep(_EVERY)

        state = checking.state
        if state is None or state.ended is not None:
            return Response(status_code=204)
        return StreamingResponse(said(), media_type="text/event-stream")

    @doors.reads("/verify/verify.py")
    def verifier(request: Request) -> Response:
        read_entries(index, Asked(), actor=auditor_of(request), limit=1)
        return _attached("verify.py", "text/x-python", verifier_file())

    @doors.reads("/verify/log.zip", step_up=True)
    def bundle(request: Request) -> Response:
        read_entries(index, Asked(), actor=auditor_of(request), limit=1)
        parts, signed = log.log()
        place = tempfile.TemporaryDirectory(prefix="walloff-export-")
        target = File(place.name) / "log.zip"
        write_export(target, log_files(parts) | {MANIFEST: signed}, parts)
        return FileResponse(
            target,
            media_type="application/zip",
            filename="log.zip",
            background=BackgroundTask(place.cleanup),
        )

    @doors.reads("/entries/{number}/proof", step_up=True)
    def proof(request: Request, number: Number) -> Response:
        if not number.isascii() or not number.isdigit():
            raise RecordNotFoundError("no such entry")
        found = read_entry(index, int(number), actor=auditor_of(request))
        parts, _ = log.log()
        proved, body = prove_one(parts.bodies, parts.points, found.entry.event_id)
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("entry.json", body)
            archive.writestr("entry.tlog-proof", proved.text)
        return _attached(f"entry-{number}.zip", "application/zip", stream.getvalue())


def _attached(name: str, kind: str, content: bytes) -> Response:
    disposition = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=disposition)
