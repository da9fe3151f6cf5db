"""Texts that are redacted together come out as each would alone, and in their order."""

from collections.abc import Iterator, Sequence

from models.protected import ProtectedClass
from models.redaction import Mention
from models.text import RawText
from redaction.candidate import Candidate
from redaction.pipeline import Redactor
from redaction.turns import BATCH


class Listener:
    """Proposes the word "zanzi" wherever it stands, and notes how much it was asked at once."""

    version = "1"

    def __init__(self) -> None:
        self.asked: list[int] = []

    def propose(self, coded: Sequence[str]) -> list[list[Candidate]]:
        self.asked.append(len(coded))
        return [
            [Candidate(at, at + 5, ProtectedClass.SEX, Mention.TRAIT, "sex.listener", "listener")]
            if (at := text.find("zanzi")) >= 0
            else []
            for text in coded
        ]


TEXTS = (
    "The bus was late again.",
    "The zanzi was late again.",
    "My husband says the zanzi was late.",
    "Das ist nicht mein Hund und ich will das auch nicht.",
    "",
)


def test_a_text_comes_out_alike_alone_and_in_a_batch() -> None:
    redactor = Redactor(nets=Listener())
    alone = [redactor.redact(RawText(text)) for text in TEXTS]
    assert list(redactor.redact_many(map(RawText, TEXTS))) == alone
    assert "zanzi" not in " ".join(redaction.text for redaction in alone)


def test_order_is_kept_over_more_texts_than_a_batch_holds() -> None:
    redactor = Redactor(nets=Listener())
    texts = [f"The lift to floor {number} stuck." for number in range(BATCH + 3)]
    assert [item.text for item in redactor.redact_many(map(RawText, texts))] == texts


def test_the_nets_are_asked_for_a_batch_at_once() -> None:
    """One question a text and a call would cost the nets several times as much."""
    nets = Listener()
    list(Redactor(nets=nets).redact_many(RawText("The bus was late.") for _ in range(BATCH)))
    assert nets.asked == [BATCH]


def test_without_nets_texts_stream_one_by_one() -> None:
    taken = []

    def texts() -> Iterator[RawText]:
        for text in TEXTS:
            taken.append(text)
            yield RawText(text)

    results = Redactor().redact_many(texts())
    next(results)
    assert taken == [TEXTS[0]]
