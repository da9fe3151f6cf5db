"""The witness's HTTP side: one call, `POST /add-checkpoint`, answered from its folder alone."""

import time
from socket import AF_INET, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, socket
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from storage.witness import Witness

_LARGEST: Final = 256 << 10


def application(witness: Witness) -> Starlette:
    """Return the service on a witness."""

    async def add_checkpoint(request: Request) -> Response:
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > _LARGEST:
                return PlainTextResponse("too long\n", 413)
        answer = await run_in_threadpool(witness.add_checkpoint, bytes(body), at=int(time.time()))
        return Response(
            answer.body.encode(), answer.status, headers={"content-type": answer.media_type}
        )

    return Starlette(routes=[Route("/add-checkpoint", add_checkpoint, methods=["POST"])])


def listening(host: str, port: int) -> socket:
    """Return a socket that listens; port 0 takes any that is free."""
    opened = socket(AF_INET, SOCK_STREAM)
    opened.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    opened.bind((host, port))
    return opened


def serve(witness: Witness, opened: socket) -> None:
    """Serve until the process is told to stop."""
    config = uvicorn.Config(
        application(witness), log_level="warning", access_log=False, lifespan="off"
    )
    uvicorn.Server(config).run(sockets=[opened])
