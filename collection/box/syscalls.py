"""The kernel refuses a reader what no reader needs: sockets, processes, writing, looking at others.

A seccomp filter, with or without a box around it. Numbers: Linux, `unistd_64.h` and
`asm-generic/unistd.h`; the form of the program: `linux/bpf_common.h` and `linux/seccomp.h`.
"""

import ctypes
import os
import struct
from typing import Final

_ALWAYS: Final = {
    "x86_64": (
        *(41, 42, 43, 44, 49, 50, 53, 288),  # socket … socketpair, accept4
        *(101, 310, 311, 434, 424, 438),  # ptrace, process_vm_*, pidfd_*
        *(272, 308, 165, 166, 155, 161, 304),  # unshare, setns, mount …, open_by_handle_at
        *(321, 298, 248, 249, 250, 323, 425),  # bpf, perf, keys, userfaultfd, io_uring
        *(29, 64, 68, 240, 175, 313, 246),  # System V and POSIX queues, modules, kexec
    ),
    "aarch64": (
        *(198, 199, 200, 201, 202, 203, 206, 242),
        *(117, 270, 271, 434, 424, 438),
        *(97, 268, 40, 39, 41, 51, 265),
        *(280, 241, 217, 218, 219, 282, 425),
        *(194, 190, 186, 180, 105, 273, 104),
    ),
}
_PROGRAMS_AND_WRITING: Final = {
    "x86_64": (
        *(57, 58, 59, 322, 62, 200, 234),  # fork, vfork, execve, execveat, kill, tkill, tgkill
        *(82, 83, 84, 85, 86, 87, 88, 90, 91, 92, 93, 94, 133, 76, 77, 319),  # rename … memfd
        *(258, 259, 260, 263, 264, 265, 266, 268, 316, 452, 188, 189, 190),
    ),
    "aarch64": (
        *(221, 281, 129, 130, 131),
        *(33, 34, 35, 36, 37, 38, 45, 46, 52, 53, 54, 55, 276, 279, 452, 5, 6, 7),
    ),
}
_CLONE: Final = {"x86_64": 56, "aarch64": 220}
_OPEN: Final = {"x86_64": ((2, 1), (257, 2)), "aarch64": ((56, 2),)}
"""The calls that open a file, each with the place of its flags."""
_UNREADABLE: Final = (435, 437)
"""clone3 and openat2 keep their flags where no filter can see them."""
_AUDIT_ARCH: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_EPERM, _ENOSYS = 1, 38
_NUMBER_AT, _ARCH_AT, _ARGUMENTS_AT = 0, 4, 16
_X32: Final = 0x40000000
_CLONE_THREAD: Final = 0x00010000
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2


def can_refuse(machine: str) -> bool:
    """Say whether the filter knows the system calls of a machine."""
    return machine in _AUDIT_ARCH


def refuse(machine: str, *, programs: bool) -> bool:
    """Refuse from now on; say whether the kernel agreed. What is refused is never given back.

    With `programs` other programs may be started, and files written as far as limits let them.
    """
    if not can_refuse(machine):
        return False
    body = program(machine, programs=programs)
    held = ctypes.create_string_buffer(body, len(body))
    length = len(body) // 8
    described = struct.pack("HxxxxxxQ", length, ctypes.addressof(held))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_SECCOMP, _FILTER, described, 0, 0) == 0)


def program(machine: str, *, programs: bool) -> bytes:
    """Return the filter as the kernel reads it."""
    found = [
        _line(_LOAD, _ARCH_AT),
        _line(_EQUAL, _AUDIT_ARCH[machine], 1, 0),
        _line(_RETURN, _KILL),
        _line(_LOAD, _NUMBER_AT),
        _line(_AT_LEAST, _X32, 0, 1),
        _line(_RETURN, _ERRNO | _ENOSYS),
    ]
    denied: tuple[int, ...] = _ALWAYS[machine]
    if not programs:
        denied += _PROGRAMS_AND_WRITING[machine]
        for number in _UNREADABLE:
            found += [_line(_EQUAL, number, 0, 1), _line(_RETURN, _ERRNO | _ENOSYS)]
        found += _unless(_CLONE[machine], 0, _CLONE_THREAD)
        for number, place in _OPEN[machine]:
            found += _if_any(number, place, _WRITING)
    for number in denied:
        found += [_line(_EQUAL, number, 0, 1), _line(_RETURN, _ERRNO | _EPERM)]
    return b"".join([*found, _line(_RETURN, _ALLOW)])


def _if_any(number: int, argument: int, bits: int) -> list[bytes]:
    """Refuse a call if any of these bits is set in an argument."""
    return [
        _line(_EQUAL, number, 0, 4),
        _line(_LOAD, _ARGUMENTS_AT + 8 * argument),
        _line(_ANY_BIT, bits, 0, 1),
        _line(_RETURN, _ERRNO | _EPERM),
        _line(_LOAD, _NUMBER_AT),
    ]


def _unless(number: int, argument: int, bits: int) -> list[bytes]:
    """Refuse a call unless one of these bits is set in an argument."""
    return [
        _line(_EQUAL, number, 0, 4),
        _line(_LOAD, _ARGUMENTS_AT + 8 * argument),
        _line(_ANY_BIT, bits, 1, 0),
        _line(_RETURN, _ERRNO | _EPERM),
        _line(_LOAD, _NUMBER_AT),
    ]


def _line(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
