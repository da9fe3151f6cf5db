"""Equal values have equal digests in every process; raw text has none."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest

from models.consent import ConsentItem, ConsentScope
from models.errors import RawTextExposedError
from models.text import RawText
from policy.digest import canonical, sha256_of_value
from policy.requisition import load_policy


def test_the_form_is_that_of_rfc_8785() -> None:
    value = {"b": [1, 2.0, None, True], "a": "é\u2028", "c": {"z": (), "y": 1e21}}
    assert canonical(value).decode() == '{"a":"é\u2028","b":[1,2,null,true],"c":{"y":1e+21,"z":[]}}'


def test_sets_dates_and_durations_have_one_form() -> None:
    value = {
        "s": frozenset({"b", "a"}),
        "d": date(2024, 2, 29),
        "m": datetime(2024, 2, 29, tzinfo=UTC),
        "t": timedelta(days=1),
    }
    assert canonical(value).decode() == (
        '{"d":"2024-02-29","m":"2024-02-29T00:00:00+00:00","s":["a","b"],"t":86400000000}'
    )


def test_the_digest_of_a_policy_is_the_same_in_another_process() -> None:
    """Python orders a set of texts differently in each process."""
    code = (
        "from policy.digest import sha256_of_value as d\n"
        "from policy.requisition import load_policy as p\n"
        "print(d(p('us-private')))"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert digests == {sha256_of_value(load_policy("us-private"))}


def test_any_change_changes_the_digest() -> None:
    one = ConsentScope(
        granted=frozenset({ConsentItem.ARCHIVE}), refused=frozenset(), lookback_years=5
    )
    assert sha256_of_value(one) != sha256_of_value(one.model_copy(update={"lookback_years": 6}))
    assert sha256_of_value(one) == sha256_of_value(one.model_copy())


def test_raw_text_has_no_digest() -> None:
    with pytest.raises(RawTextExposedError):
        sha256_of_value({"a": [RawText("canary")]})


def test_what_has_no_canonical_form_is_refused() -> None:
    with pytest.raises(TypeError, match="object"):
        sha256_of_value({"a": object()})
