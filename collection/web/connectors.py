"""Every connector stands in one table; a platform without one is not fetched, never guessed."""

from typing import Final

from collection.files.platforms import listed_name
from collection.web.bluesky_api import BlueskyApi
from collection.web.connector import Connector
from collection.web.github_events import GithubEvents
from collection.web.hackernews import HackerNews
from collection.web.mastodon_api import MastodonApi
from collection.web.pages import Site

SITE: Final[Connector] = Site()
CONNECTORS: Final[dict[str, Connector]] = {
    one.name: one for one in (MastodonApi(), BlueskyApi(), GithubEvents(), HackerNews(), SITE)
}


def connector_for(platform: str) -> Connector | None:
    """Return the connector of a platform, in any spelling of its name; None if there is none."""
    name = listed_name(platform)
    return CONNECTORS.get(name) if name is not None else None


def connector_of_step(step: str) -> Connector | None:
    """Return the connector that made a step of a recording."""
    return CONNECTORS.get(step.partition("/")[0])
