"""A delivery is read as it was written; anything else is refused without a word of it repeated."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.gathering.deliveries import Lines, lines_of, read_delivery
from collection.files.reader import Problem
from models.consent import PlatformKind
from models.delivery import Delivered, DeliveryName, Finished, SourceFile
from models.errors import SealBrokenError
from models.evidence import AccessGate, SourceItem
from models.ids import CaseId, ConsentId, new_id
from models.text import RawText

HEAD: Final = Delivered(
    consent_id=ConsentId(new_id()),
    file=SourceFile(name=RawText("a.jsonl"), sha256="0" * 64, size=1, read_by=None),
    captures={},
    originals=False,
)
# What JSON in UTF-8 can say: no halves of surrogate pairs.
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
problems = st.builds(Problem, st.text("abc ", max_size=20), st.just("line:3"))


def item(text: str) -> SourceItem:
    return SourceItem(
        native_id=RawText("1"),
        platform=RawText("forum"),
        kind=PlatformKind.FORUM,
        author=RawText(text),
        created_at=None,
        url=RawText(""),
        text=RawText(text),
        gate=AccessGate.NONE,
        pointer="line:1",
    )


@given(
    st.lists(st.one_of(words.map(item), problems), max_size=6),
    st.sets(st.binary(min_size=32, max_size=32), max_size=3),
    st.integers(1, 50),
    st.integers(1, 50),
)
def test_what_is_written_is_read_whole_however_it_is_cut(
    parts: list[SourceItem | Problem], digests: set[bytes], first: int, second: int
) -> None:
    stream = Lines(lines_of(HEAD, sorted(digests), parts))
    body = b"".join(iter(lambda: stream.read(first), b""))
    chunks = [body[at : at + second] for at in range(0, len(body), second)]
    found = read_delivery(chunks)
    assert (found.head, found.digests, found.parts) == (HEAD, digests, parts)


@given(st.binary(max_size=200), st.sampled_from([b"", b"I", b"P", b"D", b"F", b"E", b"X"]))
def test_nothing_hostile_is_read_and_nothing_of_it_is_repeated(junk: bytes, mark: bytes) -> None:
    head = b"".join(lines_of(HEAD))
    with pytest.raises(SealBrokenError) as refusal:
        read_delivery([head + mark + b"canary" + junk])
    assert "canary" not in str(refusal.value)


def test_a_delivery_without_its_last_line_end_or_without_a_head_is_none() -> None:
    whole = b"".join(lines_of(HEAD, [b"d" * 32]))
    assert read_delivery([whole]).digests == {b"d" * 32}
    for body in (whole[:-1], b"", b"D" + b"00" * 32 + b"\n"):
        with pytest.raises(SealBrokenError):
            read_delivery([body])


def test_a_line_has_a_limit() -> None:
    with pytest.raises(SealBrokenError):
        read_delivery([b"I" + b"x" * (17 << 20)])


def test_the_end_of_an_order_is_read_as_such() -> None:
    end = Finished(consent_id=HEAD.consent_id, deliveries=(new_id(),))
    assert read_delivery(lines_of(end)).head == end


def test_a_name_says_its_case_and_place_and_no_other_name_is_one() -> None:
    name = DeliveryName(case_id=CaseId(new_id()), position=7, delivery_id=new_id())
    assert DeliveryName.parse(str(name)) == name
    for other in (
        f"{name}-{new_id()}",
        f".{name}",
        str(name)[:-1],
        str(name).replace("-00007-", "-7-"),
        str(name).replace("-00007-", "-²0007-"),
        f"../{name}",
        "",
    ):
        assert DeliveryName.parse(other) is None
