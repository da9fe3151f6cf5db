"""One password or passphrase is stretched at a time in a process.

OpenSSL shares its threads between derivations of Argon2id: two at once, with several lanes each,
wait for each other for ever. The memory that each takes, 64 MiB, is a reason besides.
"""

import threading
from typing import Final

ALONE: Final = threading.Lock()
"""Held while something is stretched."""
