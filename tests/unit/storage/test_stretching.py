"""Passphrases and passwords are stretched one after the other: at once they would never end."""

import subprocess
import sys

PROGRAM = """
import threading
from portal.web.passwords import hashed, matches
from storage.passphrase import RFC_9106_LOW, _stretch

kept = hashed("four words of mine")
done = []

def password():
    done.append(matches("four words of mine", kept))

def passphrase():
    done.append(len(_stretch(b"correct horse", bytes(16), RFC_9106_LOW)) == 32)

threads = [threading.Thread(target=one) for one in (password, passphrase) * 3]
for one in threads:
    one.start()
for one in threads:
    one.join()
assert done == [True] * 6
"""


def test_a_sign_in_beside_the_opening_of_keys_comes_to_an_end() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, timeout=240)
