"""Which sources made the weights: a manifest holds their hashes, a test compares them."""

import hashlib
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent
_PARTS: Final = (
    "corpus/*",
    "config.cfg",
    "frames.py",
    "corpus.py",
    "pipeline.py",
    "../net_text.py",
)


def source_digests() -> dict[str, str]:
    """Return a hash of each source that decides the weights, by its name."""
    return {
        path.resolve().relative_to(_FOLDER.parent).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for part in _PARTS
        for path in sorted(_FOLDER.glob(part))
        if path.is_file()
    }
