"""Checks an exported audit log with nothing but Python itself: `python3 -I verify.py FOLDER`.

This one file is handed to auditors. It imports the standard library only, and trusts nothing in
the export but the keys that the auditor brings: the log's (--log) and the witnesses' (--witness).
"""

import argparse
import base64
import hashlib
import json
import sys
import zipfile
from pathlib import Path

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)
_WIDTH, _DASH = 256, "\u2014"
Point = tuple[int, int, int, int]


class Fault(Exception):  # noqa: N818 - it is what the report calls it
    """Something that does not hold."""


def _added(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * one[3] * other[3] * _D % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _point(raw: bytes) -> Point | None:
    """Decode a point (section 5.1.3), or return None."""
    encoded = int.from_bytes(raw, "little")
    y, sign = encoded & (1 << 255) - 1, encoded >> 255
    if y >= _P:
        return None
    x2 = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(x2, (_P + 3) // 8, _P)
    if (x * x - x2) % _P:
        x = x * _ROOT_OF_MINUS_ONE % _P
    if (x * x - x2) % _P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _P - x
    return x, y, 1, x * y % _P


_BASE = _point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether a signature is good (section 5.1.7, without the cofactor)."""
    key = _point(public) if len(public) == 32 and len(signature) == 64 else None
    if key is None or _BASE is None:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= _ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    k = int.from_bytes(digest, "little") % _ORDER
    minus = (_P - key[0], key[1], key[2], _P - key[3])
    steps = {(1, 0): _BASE, (0, 1): minus, (1, 1): _added(_BASE, minus)}
    sum_: Point = (0, 1, 1, 0)
    for bit in range(max(s.bit_length(), k.bit_length()) - 1, -1, -1):
        sum_ = _added(sum_, sum_)
        step = steps.get((s >> bit & 1, k >> bit & 1))
        sum_ = sum_ if step is None else _added(sum_, step)
    inverse = pow(sum_[2], _P - 2, _P)
    x, y = sum_[0] * inverse % _P, sum_[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _root(row: list[bytes]) -> bytes:
    if not row:
        return hashlib.sha256(b"").digest()
    while len(row) > 1:
        above = [_node(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        row = above + row[len(row) - len(row) % 2 :]
    return row[0]


def _roots(leaves: list[bytes], sizes: set[int]) -> dict[int, bytes]:
    """Return the root at each of some sizes, in one pass."""
    peaks: list[bytes] = []
    found = {0: _root([])} if 0 in sizes else {}
    for at, leaf in enumerate(leaves):
        node, height = leaf, at
        while height & 1:
            node, height = _node(peaks.pop(), node), height >> 1
        peaks.append(node)
        if at + 1 in sizes:
            root = peaks[-1]
            for peak in reversed(peaks[:-1]):
                root = _node(peak, root)
            found[at + 1] = root
    return found


def _path(level: str, index: int, width: int) -> str:
    parts = [f"{index % 1000:03}"]
    while index := index // 1000:
        parts.insert(0, f"x{index % 1000:03}")
    return f"tile/{level}/{'/'.join(parts)}" + (f".p/{width}" if width < _WIDTH else "")


def _tiles(leaves: list[bytes]) -> dict[str, bytes]:
    level, row, found = 0, leaves, {}
    while row:
        above = []
        for at in range(0, len(row), _WIDTH):
            tile = row[at : at + _WIDTH]
            found[_path(str(level), at // _WIDTH, len(tile))] = b"".join(tile)
            above += [_root(tile)] if len(tile) == _WIDTH else []
        level, row = level + 1, above
    return found


def _entries(files: dict[str, bytes], size: int) -> list[bytes]:
    bodies: list[bytes] = []
    while len(bodies) < size:
        width = min(_WIDTH, size - len(bodies))
        path = _path("entries", len(bodies) // _WIDTH, width)
        raw, at, before = files.get(path, b""), 0, len(bodies)
        while at < len(raw):
            length = int.from_bytes(raw[at : at + 2], "big")
            bodies.append(raw[at + 2 : at + 2 + length])
            at += 2 + length
        if at != len(raw) or len(bodies) - before != width:
            raise Fault(f"{path}: missing, cut off or of another length")
    return bodies


def _decoded(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError
    return raw


class Key:
    """A public key in the form `name+hash+key`."""

    def __init__(self, vkey: str) -> None:
        try:
            self.name, claimed, encoded = vkey.strip().split("+", 2)
            raw = _decoded(encoded)
            self.scheme, self.public = raw[0], raw[1:]
        except (ValueError, IndexError):
            raise Fault("a key is malformed") from None
        self.id = hashlib.sha256(self.name.encode() + b"\n" + raw).digest()[:4]
        if self.id.hex() != claimed or len(self.public) != (1312 if self.scheme == 6 else 32):
            raise Fault("a key is malformed")

    def signed(self, signature: bytes, text: str) -> bool:
        """Say whether a signature on a note's text is this key's."""
        if self.scheme == 4:
            text = f"cosignature/v1\ntime {int.from_bytes(signature[:8], 'big')}\n{text}"
            signature = signature[8:]
        return ed25519_verify(self.public, text.encode(), signature)


def _signers(note: bytes, keys: list[Key]) -> tuple[str, list[Key]]:
    """Return a note's text and the keys that signed it. Every line must be one of theirs."""
    try:
        text, found, rest = note.decode().rpartition("\n\n")
        if not found or not rest.endswith("\n"):
            raise Fault("no signed note")
        signers = []
        for line in rest[:-1].split("\n"):
            dash, name, encoded = line.split(" ")
            raw = _decoded(encoded)
            key = next((one for one in keys if (one.name, one.id) == (name, raw[:4])), None)
            if dash != _DASH or key is None:
                raise Fault("a signature of an unknown key")
            if key.scheme == 6:
                continue  # ML-DSA-44: needs more than the standard library
            if not key.signed(raw[4:], text + "\n"):
                raise Fault(f"the signature of {name} is not good")
            signers.append(key)
    except ValueError:
        raise Fault("no signed note") from None
    return text + "\n", signers


def _checkpoint(note: bytes, log: Key, keys: list[Key]) -> tuple[int, bytes, list[Key]]:
    """Return a checkpoint's size, root and signers. The log must have signed it."""
    text, signers = _signers(note, keys)
    lines = text.split("\n")
    if log not in signers:
        raise Fault("not signed by the log")
    try:
        size, root = int(lines[1]), _decoded(lines[2])
        if lines != [log.name, str(size), lines[2], ""] or size < 0 or len(root) != 32:
            raise Fault("no checkpoint of this log")
    except (ValueError, IndexError):
        raise Fault("no checkpoint of this log") from None
    return size, root, signers


def _read(place: Path) -> dict[str, bytes]:
    if place.is_dir():
        found = sorted(path for path in place.rglob("*") if not path.is_dir())
        return {path.relative_to(place).as_posix(): path.read_bytes() for path in found}
    with zipfile.ZipFile(place) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        if len(set(names)) != len(names):
            raise Fault("the archive holds two files of one name")
        return {name: archive.read(name) for name in names}


def _listed(files: dict[str, bytes], log: Key) -> list[str]:
    """Compare every file with the list that the log signed."""
    text, signers = _signers(files.get("manifest", b""), [log])
    first, _, *lines = text.split("\n")[:-1]
    if signers != [log] or first != f"{log.name}/export":
        raise Fault("manifest: not this log's")
    stated = {line[66:]: line[:64] for line in lines}
    names = files.keys() - {"manifest"}
    faults = [f"{name}: not in the manifest" for name in sorted(names - stated.keys())]
    faults += [f"{name}: missing" for name in sorted(stated.keys() - names)]
    for name in sorted(names & stated.keys()):
        if hashlib.sha256(files[name]).hexdigest() != stated[name]:
            faults.append(f"{name}: altered since the export")
    return faults


def verify(
    files: dict[str, bytes], log: Key, witnesses: list[Key], seen: dict[str, bytes]
) -> tuple[list[str], str]:
    """Return what does not hold, and in one line what was checked."""
    faults: list[str] = []
    keys = [log, *witnesses]
    try:
        keys += [Key(line) for line in files.get("vkeys", b"").decode().splitlines()]
        faults += _listed(files, log)
    except (Fault, ValueError) as fault:
        faults.append(str(fault))
    stated: dict[str, tuple[int, bytes, list[Key]]] = {}
    folder = {n: raw for n, raw in files.items() if n == "checkpoint" or n[:12] == "checkpoints/"}
    for name, note in {"checkpoint": b"", **folder, **seen}.items():
        try:
            stated[name] = _checkpoint(note, log, keys)
        except Fault as fault:
            faults.append(f"{name}: {fault}")
    if "checkpoint" not in stated:
        return faults, "no checkpoint to check by"
    size, _, signers = stated["checkpoint"]
    faults += [
        f"checkpoint: not signed by {one.name}"
        for one in witnesses
        if one.scheme != 6 and one not in signers
    ]
    try:
        bodies = _entries(files, size)
    except Fault as fault:
        return [*faults, str(fault)], "the entries are not whole"
    leaves = [hashlib.sha256(b"\x00" + body).digest() for body in bodies]
    tiles = _tiles(leaves)
    held = {name for name in files if name[:5] == "tile/" and name[:13] != "tile/entries/"}
    faults += [f"{name}: not a tile of this tree" for name in sorted(held ^ tiles.keys())]
    faults += [f"{n}: does not fit the entries" for n in sorted(tiles) if files.get(n) != tiles[n]]
    roots = _roots(leaves, {one[0] for one in stated.values()})
    for name, (covered, root, _) in stated.items():
        if covered > size:
            faults.append(f"{name}: covers {covered} entries, {size} are here")
        elif roots[covered] != root:
            faults.append(f"{name}: its root is not that of the entries")
        if name[:12] == "checkpoints/" and name != f"checkpoints/{covered}":
            faults.append(f"{name}: states another size")
    for at, body in enumerate(bodies):
        try:
            entry = json.loads(body)
            compact = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        except (ValueError, RecursionError):
            compact = ""
        if compact.encode() != body:
            faults.append(f"entry {at}: not canonical JSON")
    return faults, f"{size} entries, {len(stated)} checkpoints"


def main(arguments: list[str] | None = None) -> int:
    """Check an export and return 0 if everything holds, 1 if not, 2 if it cannot be checked."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("export", type=Path, help="the folder or the .zip")
    options.add_argument("--log", help="the log's key (name+hash+key), or a file that holds it")
    options.add_argument("--witness", action="append", default=[], help="a witness's key, or file")
    options.add_argument("--seen", action="append", default=[], type=Path, help="a checkpoint kept")
    given = options.parse_args(arguments)
    try:
        files = _read(given.export)
        log = _key(given.log) if given.log else Key(files["vkeys"].decode().splitlines()[0])
        seen = {f"{path} (kept)": path.read_bytes() for path in given.seen}
        faults, checked = verify(files, log, [_key(one) for one in given.witness], seen)
    except (OSError, ValueError, LookupError, Fault, zipfile.BadZipFile) as error:
        sys.stderr.write(f"cannot be checked: {error}\n")
        return 2
    if not given.log:
        sys.stdout.write(f"CAUTION: checked by the key in the export itself: {log.name}\n")
    for fault in faults:
        sys.stdout.write(f"fault: {fault}\n")
    sys.stdout.write(f"{checked}: {'NOT INTACT' if faults else 'verified'}\n")
    return 1 if faults else 0


def _key(given: str) -> Key:
    path = Path(given)
    return Key(given if "+" in given and not path.exists() else path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())
