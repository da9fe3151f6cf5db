"""A sealed write beside the same write in plain: same store, same rows, same transaction.

In plain, the one function that seals a value gives it back as it is; everything else stays.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

from benchmarks.homes import NOW, case_in, opened, requisition_in, temporary_home
from benchmarks.measure import Result, parser, posts, rounds, show, timed
from models.case import Case
from models.consent import Consent, ConsentItem, ConsentScope, PlatformKind
from models.evidence import AccessGate, Capture, SourceItem
from models.ids import CaptureId, ConsentId, new_id
from models.text import RawText
from storage.captures import CaptureStore
from storage.consents import ConsentStore
from storage.evidence import EvidenceStore
from storage.vault import Vault

ITEMS = 26
CAPTURES = 60


def measure() -> list[Result]:
    """Return the ratio of CPU time, for whole captures and for items one by one."""
    results = []
    with temporary_home() as root:
        vault = opened(root).vault
        # A case of its own for each: a capture opens the one before it.
        requisition = requisition_in(vault)
        case, bare = case_in(vault, requisition), case_in(vault, requisition)
        consent, bare_consent = _consent(vault, case), _consent(vault, bare)
        for name, items, count in (
            (f"{ITEMS} items a transaction", ITEMS, CAPTURES),
            ("1 item a transaction", 1, 4 * CAPTURES),
        ):
            sealed = partial(_write, vault, case, consent, items, count)
            plain = partial(_in_plain, vault, bare, bare_consent, items, count)
            seconds = rounds({"sealed": timed(sealed), "plain": timed(plain)})
            results.append(
                Result(
                    f"sealed against plain write, {name}",
                    f"{seconds['sealed'] / seconds['plain']:.2f} x",
                    "≤ 1.35 x",
                    f"{count} captures, median of 5 rounds, CPU time",
                )
            )
    return results


def _in_plain(vault: Vault, case: Case, consent: ConsentId, items: int, count: int) -> None:
    with _unsealed():
        _write(vault, case, consent, items, count)


@contextmanager
def _unsealed() -> Iterator[None]:
    def as_it_is(_key: Any, plaintext: bytes, _context: Any) -> bytes:
        return plaintext

    with patch("storage.transaction.seal", as_it_is), patch("storage.keyring.unseal", as_it_is):
        yield


def _write(vault: Vault, case: Case, consent: ConsentId, items: int, count: int) -> None:
    batch = _items(items)
    for _ in range(count):
        capture = _capture(case, consent)
        with vault.write() as tx:
            CaptureStore(tx).add(capture)
            EvidenceStore(tx).add_many(capture, batch)


def _items(count: int) -> list[SourceItem]:
    return [
        SourceItem(
            native_id=RawText(str(number)),
            platform=RawText("x"),
            kind=PlatformKind.SOCIAL,
            author=RawText("somebody"),
            created_at=NOW,
            url=RawText(f"https://x.example/status/{number}"),
            text=RawText(text),
            gate=AccessGate.NONE,
            pointer=f"line:{number}",
        )
        for number, text in enumerate(posts(count))
    ]


def _capture(case: Case, consent: ConsentId) -> Capture:
    capture_id = new_id()
    return Capture(
        id=CaptureId(capture_id),
        case_id=case.id,
        consent_id=consent,
        consent_item=ConsentItem.PUBLIC_SOCIAL,
        captured_at=NOW,
        tool="bench",
        tool_version="1",
        file_name=RawText("posts.jsonl"),
        sha256=hashlib.sha256(capture_id.encode()).hexdigest(),
        size=1,
    )


def _consent(vault: Vault, case: Case) -> ConsentId:
    consent = Consent(
        id=ConsentId(new_id()),
        case_id=case.id,
        scope=ConsentScope(
            granted=frozenset({ConsentItem.PUBLIC_SOCIAL}), refused=frozenset(), lookback_years=7
        ),
        consequence_sha256="0" * 64,
        consequence_acknowledged=True,
        notice_sha256="0" * 64,
        signed_at=NOW,
        expires_at=NOW.replace(year=NOW.year + 1),
    )
    with vault.write() as tx:
        ConsentStore(tx).add(consent)
    return consent.id


if __name__ == "__main__":
    given = parser(__doc__).parse_args()
    show(measure(), as_json=given.json)
