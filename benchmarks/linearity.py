"""The cost of redaction grows with the length of a text, and no faster."""

import math
import statistics

from benchmarks.measure import Result, parser, posts, rounds, show, timed
from models.text import RawText
from redaction.pipeline import default_redactor

SIZES = (1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000)


def measure() -> list[Result]:
    """Return the exponent by which CPU time grows with length: 1 is linear."""
    redactor = default_redactor()
    body = " ".join(posts(4_000))
    texts = {str(size): RawText(body[:size]) for size in SIZES}
    seconds = rounds(
        {
            name: timed(lambda text=text: [redactor.redact(text) for _ in range(3)])  # type: ignore[misc]  # bound now
            for name, text in texts.items()
        }
    )
    logs = [(math.log(int(name)), math.log(time)) for name, time in seconds.items()]
    slope = statistics.linear_regression(*zip(*logs, strict=True)).slope
    per_character = [seconds[str(size)] / size for size in (SIZES[0], SIZES[-1])]
    how = f"texts of {SIZES[0]:,} to {SIZES[-1]:,} characters"
    return [
        Result("cost by length: exponent", f"{slope:.2f}", "≤ 1.1", how),
        Result(
            "cost of a character, longest against shortest text",
            f"{per_character[1] / per_character[0]:.2f} x",
            "",
            how,
        ),
    ]


if __name__ == "__main__":
    given = parser(__doc__).parse_args()
    show(measure(), as_json=given.json)
