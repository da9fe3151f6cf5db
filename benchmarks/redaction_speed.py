"""Redaction per core beside spaCy's bare tokenizer and Presidio's default recognizers.

Presidio is no dependency: `--presidio-python` names an interpreter that has it, which gets the
same texts and is timed by its own CPU clock, round by round in turn with the others.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import spacy

from benchmarks.cascade import trained_nets
from benchmarks.measure import Result, parser, posts, rounds, show, timed
from models.text import RawText
from redaction.pipeline import Redactor

POSTS = 3000

_PRESIDIO = """
import json, sys, time
import spacy
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import SpacyNlpEngine

class Blank(SpacyNlpEngine):
    def __init__(self):
        super().__init__()
        self.nlp = {"en": spacy.blank("en")}
    def load(self):
        pass

texts = json.loads(sys.stdin.readline())
engine = AnalyzerEngine(nlp_engine=Blank(), supported_languages=["en"])
for text in texts[:50]:
    engine.analyze(text, language="en")
print("ready", flush=True)
for _ in sys.stdin:
    began = time.process_time()
    for text in texts:
        engine.analyze(text, language="en")
    print(time.process_time() - began, flush=True)
"""


def measure(presidio: Path | None = None) -> list[Result]:
    """Return tokens per CPU second of each, and the ratios."""
    texts = posts(POSTS)
    rules = Redactor()
    nlp = spacy.blank("en")
    tokens = sum(len(nlp.make_doc(text)) for text in texts)
    subjects: dict[str, Callable[[], float]] = {
        "spaCy's bare tokenizer": lambda: _tokenize(texts),
        "redaction, rules": timed(lambda: _redact(rules, texts)),
    }
    nets = trained_nets()
    if nets is not None:
        both = Redactor(nets=nets)
        subjects["redaction, rules and nets"] = timed(lambda: _redact(both, texts))
    with ExitStack() as stack:
        if presidio is not None:
            subjects["Presidio, default recognizers, blank engine"] = _presidio(
                presidio, texts, stack
            )
        for run in subjects.values():
            run()
        seconds = rounds(subjects)
    how = f"{POSTS} posts, {tokens:,} tokens, median of 5 rounds, CPU time"
    results = [
        Result(name, f"{tokens / time:,.0f} tokens/cpu-s", "", how)
        for name, time in seconds.items()
    ]
    ours = seconds["redaction, rules"]
    theirs = seconds.get("Presidio, default recognizers, blank engine")
    unmeasured = "not measured (--presidio-python)"
    ratio = unmeasured if theirs is None else f"{theirs / ours:.1f} x"
    results.append(Result("rules against Presidio", ratio, "≥ 4 x", how))
    netted = seconds.get("redaction, rules and nets")
    if netted is None:
        ratio = "no nets are trained"
    else:
        ratio = unmeasured if theirs is None else f"{theirs / netted:.1f} x"
    results.append(Result("rules and nets against Presidio", ratio, "≥ 1 x", how))
    bare = seconds["spaCy's bare tokenizer"]
    results.append(Result("rules against the tokenizer", f"{bare / ours:.2f} x", "", how))
    return results


def _tokenize(texts: tuple[str, ...]) -> float:
    """Time a tokenizer that has seen nothing before: it remembers words, as ours may not."""
    nlp = spacy.blank("en")
    return timed(lambda: [nlp.make_doc(text) for text in texts])()


def _redact(redactor: Redactor, texts: tuple[str, ...]) -> None:
    for _ in redactor.redact_many(map(RawText, texts)):
        pass


def _presidio(python: Path, texts: tuple[str, ...], stack: ExitStack) -> Callable[[], float]:
    child = stack.enter_context(
        subprocess.Popen(
            [str(python), "-W", "ignore", "-c", _PRESIDIO],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
    )
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("the other interpreter has no pipes")
    pipe, answers = child.stdin, child.stdout
    stack.callback(pipe.close)
    pipe.write(json.dumps(texts) + "\n")
    pipe.flush()
    if answers.readline().strip() != "ready":
        raise RuntimeError("Presidio did not start in the other interpreter")

    def run() -> float:
        pipe.write("go\n")
        pipe.flush()
        return float(answers.readline())

    return run


if __name__ == "__main__":
    arguments = parser(__doc__)
    arguments.add_argument("--presidio-python", type=Path)
    given = arguments.parse_args()
    show(measure(given.presidio_python), as_json=given.json)
    sys.exit()
