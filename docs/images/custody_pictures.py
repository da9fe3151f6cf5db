"""Makes the pictures of the custodians' pages small, from those that the browser's test takes.

    pytest tests/integration/test_portal_custody.py -k browser --basetemp=PICTURES
    python docs/images/custody_pictures.py PICTURES

writes `portal/custody-PAGE-1280.png` and `-375.png` beside this file.
"""

import sys
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent / "portal"
PAGES = ("kept", "item", "content", "receipt", "receipts", "duties")
WIDTHS = {"wide": 1280, "phone": 375}


def main(pictures: Path) -> None:
    """Take each page's newest pictures."""
    for page in PAGES:
        for size, width in WIDTHS.items():
            found = sorted(pictures.glob(f"test_a_custodian*0/{page}-{size}.png"))
            with Image.open(found[-1]) as picture:
                small = picture.convert("RGB").quantize(64)
                small.save(HERE / f"custody-{page}-{width}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
