"""Train the nets from the package's own corpus: `python -m redaction.training [folder]`.

Writes pipeline, manifest and figures. The same sources give the same weights: the command
starts itself again with a fixed hash seed and one thread.
"""

import hashlib
import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any, Final

from spacy.about import __version__ as spacy_version

from redaction.nets import FOLDER, NEVER, Nets
from redaction.training.corpus import read_corpus
from redaction.training.evaluation import figures, thresholds
from redaction.training.pipeline import read_config, train
from redaction.training.report import as_markdown
from redaction.training.sources import source_digests

_FIXED: Final = {"PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def main(folder: Path) -> None:
    """Train, set thresholds, and write everything to a folder."""
    began = time.process_time()
    corpus = read_corpus()
    nlp = train(corpus, read_config())
    spent = time.process_time() - began
    nets = Nets(nlp, version="", span_threshold=NEVER, sentence_threshold=NEVER)
    chosen = thresholds(nets, corpus)
    shutil.rmtree(folder, ignore_errors=True)
    nlp.to_disk(folder, exclude=["vocab"])
    weights = weights_digest(folder)
    manifest: dict[str, Any] = {
        "version": version_of(chosen, weights),
        "sources": source_digests(),
        "spacy": spacy_version,
        "thresholds": chosen,
        "weights": weights,
    }
    metrics = {"thresholds": chosen, **figures(nets, corpus, chosen)}
    _write(folder / "manifest.json", manifest)
    _write(folder / "metrics.json", metrics)
    (folder / "metrics.md").write_text(as_markdown(manifest, metrics), "utf-8")
    sys.stdout.write(f"trained in {spent:.0f} CPU seconds: weights {weights[:12]}\n")


def version_of(chosen: dict[str, float], weights: str) -> str:
    """Return the version of nets: other weights or thresholds decide otherwise."""
    return hashlib.sha256(f"{weights}|{sorted(chosen.items())}".encode()).hexdigest()[:12]


def weights_digest(folder: Path) -> str:
    """Return a hash of everything a run of training writes that decides what the nets do."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in {"manifest.json", "metrics.json", "metrics.md"}:
            digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def _write(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    if any(os.environ.get(name) != value for name, value in _FIXED.items()):
        os.execve(  # noqa: S606  # the same interpreter and arguments, with a fixed environment
            sys.executable,
            [sys.executable, "-m", "redaction.training", *sys.argv[1:]],
            {**os.environ, **_FIXED},
        )
    default = Path(__file__).parent.parent / FOLDER
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else default)
