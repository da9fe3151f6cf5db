"""Takes the pictures of the applicants' pages again, from what their browser test saw.

WALLOFF_PICTURES=/somewhere pytest tests/integration/test_portal_applicant.py -k Spanish
python docs/images/applicant_pages.py /somewhere/es

writes them beside those of the other applications, in Spanish.
"""

import sys
from pathlib import Path

from PIL import Image

PAGES = ("status", "consent", "accounts-refused", "preview", "answers")
SIZES = ("375", "1280")
TALLEST = 2400


def main(folder: Path) -> None:
    """Write each page's picture in few colours, its foot cut off where it is long."""
    for page in PAGES:
        for size in SIZES:
            picture = Image.open(folder / f"{page}-{size}.png").convert("RGB")
            picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))
            target = Path(__file__).parent / "portal" / f"applicant-{page}-{size}.png"
            picture.quantize(64).save(target, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
