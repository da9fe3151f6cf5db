"""Within the box, the one port that the browser knows leads to the socket of the proxy outside.

Run by its path, with the standard library alone: `relay.py PORT SOCKET PROGRAM ARGUMENTS…`. The
program takes this process's place, with its open files; the relay goes on beside it.
"""

import os
import socket
import sys
from threading import Thread
from typing import Final

_CHUNK: Final = 64 * 1024
_FIRST_INHERITED: Final = 3


def main(arguments: list[str]) -> None:
    """Listen, leave a process behind that relays, and become the program."""
    port, outside, *program = arguments
    listening = socket.create_server(("127.0.0.1", int(port)), backlog=128)
    if os.fork() == 0:
        kept = listening.fileno()
        os.closerange(_FIRST_INHERITED, kept)
        os.closerange(kept + 1, kept + 256)
        relay(listening, outside)
    listening.close()
    os.execv(program[0], program)  # noqa: S606 - named by the product, without a shell


def relay(listening: socket.socket, outside: str) -> None:
    """Join every connection with one of its own to the socket outside."""
    while True:
        inner, _ = listening.accept()
        outer = socket.socket(socket.AF_UNIX)
        try:
            outer.connect(outside)
        except OSError:
            inner.close()
            outer.close()
            continue
        for source, sink in ((inner, outer), (outer, inner)):
            Thread(target=_pass_on, args=(source, sink), daemon=True).start()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    try:
        while piece := source.recv(_CHUNK):
            sink.sendall(piece)
    except OSError:
        pass
    finally:
        for one in (source, sink):
            try:
                one.shutdown(socket.SHUT_WR if one is sink else socket.SHUT_RD)
            except OSError:
                continue


if __name__ == "__main__":
    main(sys.argv[1:])
