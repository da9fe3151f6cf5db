"""What a platform inferred about its user is never opened: it is counted, and reported as refused.

A platform's guess at sex, age, religion or politics is no act of the applicant, and is what the
law keeps from the decision. The names are those of the platforms' own exports.
"""

import re
from pathlib import PurePath
from typing import Final

INFERRED: Final = "what the platform inferred about its user"
"""The reason by which such a member is refused."""

DENIED: Final[dict[str, tuple[str, ...]]] = {
    "X": (
        r"data/personalization(-part\d+)?\.js",
        r"data/ageinfo\.js",
        r"data/ad-(engagements|impressions|mobile-.*|online-.*)(-part\d+)?\.js",
        r"data/(inferred|p13n).*\.js",
    ),
    "LinkedIn": (r"inferences_about_you\.csv", r"ad_targeting\.csv"),
    "Facebook": (
        r"ads_interests\.json",
        r"other_categories_used_to_reach_you\.(json|html)",
        r"advertisers_using_your_activity.*\.(json|html)",
        r"(your_)?topics/your_topics\.(json|html)",
        r"ads_interests\.html",
    ),
    "Instagram": (
        r"ads_and_topics/.*\.(json|html)",
        r"information_about_you/.*inferred.*\.(json|html)",
        r"your_topics/.*\.(json|html)",
        r"profile_based_in\.(json|html)",
    ),
    "Discord": (
        r"activity/(analytics|modeling|reporting|tns)/.*",
        r"(analytics|modeling|reporting|tns)/events-[\d-]+(-of-\d+)?\.json",
    ),
    "TikTok": (r"ad_interests?\.(json|txt)",),
    "Reddit": (r"(inferred|predicted)_.*\.csv",),
    "Google": (r"(my )?ad (center|settings)/.*", r"ads_settings\.json"),
}
"""Per platform, the ends of the paths, in any spelling of capitals."""

_DENIED: Final = re.compile(
    "(?:^|/)(?:" + "|".join(end for ends in DENIED.values() for end in ends) + ")$"
)


def is_denied(path: PurePath) -> bool:
    """Say whether a file of an export holds what the platform inferred."""
    return _DENIED.search(path.as_posix().lower()) is not None
