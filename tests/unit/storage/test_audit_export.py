"""An export is checked with Python alone, and no change to it of any kind goes unnoticed."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import AuditBrokenError, InputError
from storage import verifier
from storage.audit import AuditLog
from storage.audit_export import export_log, prove_entry
from storage.checkpoints import log_keys, publish, published
from storage.merkle import Frontier, leaf_hash
from storage.note import Cosigner, Scheme, Signer, checkpoint_text, log_name, split_note
from storage.proof import check_proof
from storage.tables.audit import COSIGNATURES
from storage.tiles import entry_bundles, hash_tiles

WITNESS = Cosigner("auditor.example/w1", b"w" * 32, Scheme.COSIGNATURE)
SIZES = (3, 6)


def cosign(agency: Any, size: int, *, at: int = 1) -> None:
    note = next(point.note for point in published(agency.vault) if point.size == size)
    signature = WITNESS.cosign(split_note(note)[0], at=at)
    with agency.vault.write() as tx:
        tx.execute(
            COSIGNATURES.insert().values(
                size=size,
                witness=signature.name,
                key_id=signature.key_hash.hex(),
                at=agency.now,
                line=signature.line,
            )
        )


@pytest.fixture
def log(agency: Any) -> Any:
    """Six entries, cosigned checkpoints at three and six."""
    for size in range(1, 7):
        with agency.vault.write() as tx:
            AuditLog(tx).append(agency.entry(f"case-{size}"))
        if size in SIZES:
            publish(agency.vault, now=agency.now + timedelta(minutes=size))
            cosign(agency, size)
    return agency


@pytest.fixture
def export(log: Any, tmp_path: Path) -> Path:
    export_log(log.vault, tmp_path / "export", witnesses=[WITNESS.verifier], now=log.now)
    return tmp_path / "export"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check signatures by the library, which the verifier's own code is compared with below."""

    @lru_cache(maxsize=4096)
    def checked(public: bytes, message: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    monkeypatch.setattr(verifier, "ed25519_verify", checked)


def vkey(log: Any) -> str:
    return log_keys(log.vault)[0].vkey


def faults(files: dict[str, bytes], log_key: str, *, seen: dict[str, bytes] | None = None) -> Any:
    keys = verifier.Key(log_key), [verifier.Key(WITNESS.verifier.vkey)]
    return verifier.verify(files, *keys, seen or {})[0]


def read(export: Path) -> dict[str, bytes]:
    return verifier._read(export)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_an_export_verifies_with_python_alone(log: Any, export: Path) -> None:
    done = run(str(export / "verify.py"), str(export), "--log", vkey(log))
    assert (done.stdout, done.returncode) == ("6 entries, 3 checkpoints: verified\n", 0)
    done = run(
        str(export / "verify.py"),
        str(export),
        "--log",
        str(log.home.audit_key_file),
        "--witness",
        WITNESS.verifier.vkey,
        "--seen",
        str(export / "checkpoints/3"),
    )
    assert (done.stdout, done.returncode) == ("6 entries, 4 checkpoints: verified\n", 0)


def test_without_a_key_brought_along_the_verifier_says_so(export: Path) -> None:
    done = run(str(export / "verify.py"), str(export))
    assert done.stdout.startswith("CAUTION: checked by the key in the export itself")
    assert done.returncode == 0


def test_a_zip_verifies_like_its_folder(log: Any, tmp_path: Path) -> None:
    export_log(log.vault, tmp_path / "log.zip", now=log.now)
    with zipfile.ZipFile(tmp_path / "log.zip") as archive:
        archive.extract("verify.py", tmp_path)
    done = run(str(tmp_path / "verify.py"), str(tmp_path / "log.zip"), "--log", vkey(log))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_verifier_imports_the_standard_library_only() -> None:
    source = Path(verifier.__file__).read_text()
    names = {
        line.split()[1].split(".")[0]
        for line in source.splitlines()
        if line.startswith(("import ", "from "))
    }
    assert names <= sys.stdlib_module_names


def test_what_cannot_be_checked_is_told_from_what_does_not_hold(log: Any, tmp_path: Path) -> None:
    for arguments in (["nowhere"], [str(tmp_path), "--log", "a+b"], [str(tmp_path)]):
        assert run(verifier.__file__, *arguments).returncode == 2


def test_an_export_never_overwrites(log: Any, export: Path) -> None:
    with pytest.raises(InputError):
        export_log(log.vault, export, now=log.now)


def test_a_log_without_checkpoint_is_not_exported(agency: Any, tmp_path: Path) -> None:
    with pytest.raises(AuditBrokenError):
        export_log(agency.vault, tmp_path / "export", now=agency.now)


def tampered(files: dict[str, bytes]) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Every bit of every file flipped; every file deleted, doubled, emptied, cut, exchanged."""
    for name, raw in files.items():
        for bit in range(len(raw) * 8):
            # Every bit; of the long ML-DSA signatures and of the files beside the log, every 997th.
            if bit % 997 and (_long(raw, bit // 8) or name in ("README.txt", "manifest", "vkeys")):
                continue
            flipped = bytearray(raw)
            flipped[bit // 8] ^= 1 << bit % 8
            yield f"bit {bit} of {name}", files | {name: bytes(flipped)}
        rest = {key: value for key, value in files.items() if key != name}
        yield f"{name} deleted", rest
        yield f"{name} doubled", files | {f"{name}.copy": raw}
        yield f"{name} cut", files | {name: raw[:-1]}
        yield f"{name} longer", files | {name: raw + b"\n"}
        for other in files:
            if other > name and files[other] != raw:
                yield f"{name} and {other} exchanged", files | {name: files[other], other: raw}


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("quick")
def test_every_tampering_of_an_export_is_found(log: Any, export: Path) -> None:
    """Some twenty thousand of them. Whoever tampers here does not hold the log's key."""
    files = read(export)
    key = vkey(log)
    assert faults(files, key) == []
    files["verify.py"] = b""  # altered: found for that alone, so it is left out of the rest
    assert faults(files, key) == ["verify.py: altered since the export"]
    whole = resigned(log, {name: raw for name, raw in files.items() if name != "verify.py"})
    assert faults(whole, key) == []
    tried = list(tampered(whole))
    assert [what for what, bad in tried if not faults(bad, key)] == []
    assert len(tried) > 15_000


def _long(raw: bytes, at: int) -> bool:
    """Say whether a byte stands in a line of over a thousand characters."""
    start, end = raw.rfind(b"\n", 0, at) + 1, raw.find(b"\n", at)
    return end - start > 1000


def resigned(log: Any, files: dict[str, bytes]) -> dict[str, bytes]:
    """Sign the list of files anew, as the owner of the log's key can."""
    from storage.audit_export import signed_list

    rest = {name: raw for name, raw in files.items() if name != "manifest"}
    return rest | {"manifest": signed_list(log.vault, rest, log.now)}


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("quick")
def test_the_list_of_files_is_not_what_the_check_rests_on(log: Any, export: Path) -> None:
    """Whoever holds the log's key can sign any list: the tree and the witness still tell."""
    files = read(export)
    key = vkey(log)
    tree = {name: raw for name, raw in files.items() if name[:5] == "tile/" or name == "checkpoint"}
    beside = {name: raw for name, raw in files.items() if name not in tree and name[:2] != "ve"}
    missed = []
    for at, (what, bad) in enumerate(tampered(tree)):
        if at % 7 == 0 and not faults(resigned(log, beside | bad), key):
            missed.append(what)
    # An ML-DSA signature is checked by who has a library for it; the list alone holds it here.
    assert [what for what in missed if "of checkpoint" not in what] == []


def rebuilt(log: Any, files: dict[str, bytes], bodies: list[bytes]) -> dict[str, bytes]:
    """Rewrite the whole log with its own key, so that everything inside it fits."""
    signer = Signer(log_name(log.home.id), log.ring.lockbox("0" * 32, "audit").signing)
    frontier = Frontier()
    points: dict[str, bytes] = {}
    for body in bodies:
        frontier = frontier.add(leaf_hash(body))
        if frontier.size in (*SIZES, len(bodies)):
            text = checkpoint_text(log_name(log.home.id), frontier.size, frontier.root())
            points[f"checkpoints/{frontier.size}"] = signer.sign(text).encode()
    kept = {name: files[name] for name in ("vkeys", "verify.py", "README.txt")}
    tree = dict(hash_tiles([leaf_hash(body) for body in bodies])) | dict(entry_bundles(bodies))
    newest = points[f"checkpoints/{len(bodies)}"]
    return resigned(log, kept | tree | points | {"checkpoint": newest})


def bodies_of(files: dict[str, bytes]) -> list[bytes]:
    return verifier._entries(files, 6)


def rewritings(bodies: list[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    for at in range(6):
        other = json.loads(bodies[at]) | {"actor": "somebody-else"}
        forged = json.dumps(other, sort_keys=True, separators=(",", ":")).encode()
        yield f"entry {at} replaced", [*bodies[:at], forged, *bodies[at + 1 :]]
        yield f"entry {at} deleted", bodies[:at] + bodies[at + 1 :]
        if at < 5:  # a copy after the last one is an honest continuation
            yield f"entry {at} doubled", bodies[: at + 1] + bodies[at:]
        for second in range(at + 1, 6):
            swapped = list(bodies)
            swapped[at], swapped[second] = swapped[second], swapped[at]
            yield f"entries {at} and {second} swapped", swapped
    for size in range(1, 6):
        yield f"put back to {size}", bodies[:size]
        yield f"forked at {size}", bodies[:size] + [bodies[0]] * 4


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("quick")
def test_a_log_rewritten_with_its_own_key_is_found_by_witness_or_kept_checkpoint(
    log: Any, export: Path
) -> None:
    """Nothing inside such a log is wrong; only what left the house can tell."""
    files = read(export)
    key = vkey(log)
    for what, bodies in rewritings(bodies_of(files)):
        bad = rebuilt(log, files, bodies)
        alone = verifier.verify(bad, verifier.Key(key), [], {})[0]
        assert alone == [], what
        assert faults(bad, key), what
        kept = {"kept": files["checkpoint"]}
        assert verifier.verify(bad, verifier.Key(key), [], kept)[0], what


def test_a_missing_cosignature_is_found_by_who_brings_the_witness_s_key(
    log: Any, export: Path
) -> None:
    files = read(export)
    bare = published(log.vault)[-1].note
    text, signatures = split_note(bare)
    own = "".join(one.line for one in signatures if one.name != WITNESS.verifier.name)
    bad = resigned(log, files | {"checkpoint": f"{text}\n{own}".encode()})
    assert faults(bad, vkey(log)) == ["checkpoint: not signed by auditor.example/w1"]


def test_one_entry_is_proved_without_the_others(log: Any) -> None:
    with log.vault.read() as tx:
        entries = AuditLog(tx).entries()
    for index, entry in enumerate(entries):
        proof, body = prove_entry(log.vault, entry.event_id)
        assert proof.index == index
        assert json.loads(body)["object_id"] == entry.object_id
        first, _ = log_keys(log.vault)
        assert check_proof(proof, body, log=first, witnesses=[WITNESS.verifier]).size == 6
    with pytest.raises(AuditBrokenError):
        prove_entry(log.vault, "f" * 32)


RFC_8032 = (
    # Section 7.1: TEST 1, 2, 3 and SHA(abc)
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
        "b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f1"
        "1d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
        "c6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3fe"
        "ebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431"
        "e0303dca179c138ac17ad9bef1177331a704",
    ),
)


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_the_vectors_of_rfc_8032_verify(public: str, message: str, signature: str) -> None:
    key, text, good = (bytes.fromhex(part) for part in (public, message, signature))
    assert verifier.ed25519_verify(key, text, good)
    for bit in range(0, 512, 13):
        bad = bytearray(good)
        bad[bit // 8] ^= 1 << bit % 8
        assert not verifier.ed25519_verify(key, text, bytes(bad))
    assert not verifier.ed25519_verify(key, text + b"x", good)


@settings(max_examples=60, deadline=None)
@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(), data=st.data())
def test_ed25519_agrees_with_the_library(seed: bytes, message: bytes, data: st.DataObject) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes_raw()
    good = private.sign(message)
    assert verifier.ed25519_verify(public, message, good)
    bad = bytearray(public + good)
    bit = data.draw(st.integers(0, len(bad) * 8 - 1))
    bad[bit // 8] ^= 1 << bit % 8
    key, signature = bytes(bad[:32]), bytes(bad[32:])
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        accepted = True
    except (InvalidSignature, ValueError):
        accepted = False
    assert verifier.ed25519_verify(key, message, signature) is accepted


def test_a_signature_has_one_form_only() -> None:
    """S + L would verify too, if S were not required to be below the group's order."""
    key, message, good = (bytes.fromhex(part) for part in RFC_8032[1])
    s = int.from_bytes(good[32:], "little") + verifier._ORDER
    assert not verifier.ed25519_verify(key, message, good[:32] + s.to_bytes(32, "little"))
    for raw in (b"", good[:63], good + b"x"):
        assert not verifier.ed25519_verify(key, message, raw)
    for bad in (b"\xff" * 32, (2).to_bytes(32, "little"), key[:31], (1).to_bytes(32, "big")):
        assert not verifier.ed25519_verify(bad, message, good)


@given(st.binary())
def test_rubbish_never_crashes_the_verifier(raw: bytes) -> None:
    key = verifier.Key(Signer("walloff/x", b"s" * 32).vkey)
    for name in ("manifest", "checkpoint", "vkeys"):
        assert verifier.verify({name: raw}, key, [], {})[0]
    with pytest.raises(verifier.Fault):
        verifier._entries({"tile/entries/000.p/3": raw[:5]}, 3)
