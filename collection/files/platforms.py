"""A platform is known by a closed kind; a name nobody knows is of the kind `other`."""

from typing import Final

from models.consent import PlatformKind

_NAMES: Final[dict[PlatformKind, str]] = {
    PlatformKind.SOCIAL: """
        mastodon pleroma akkoma misskey firefish gotosocial diaspora friendica bluesky bsky threads
        x twitter facebook instagram snapchat tumblr vk weibo pixelfed nextdoor truthsocial gab
        parler gettr mewe bereal pinterest minds counter.social cohost
    """,
    PlatformKind.VIDEO: """
        youtube tiktok vimeo twitch dailymotion peertube rumble bitchute odysee kick
    """,
    PlatformKind.FORUM: """
        reddit lemmy kbin mbin forum discourse phpbb vbulletin quora 4chan 8kun hackernews
        stackoverflow stackexchange discord disqus usenet slashdot lobsters tildes
    """,
    PlatformKind.BLOG: """
        blog blogger blogspot wordpress medium substack ghost livejournal dreamwidth writefreely
        micro.blog hashnode dev.to typepad
    """,
    PlatformKind.PROFESSIONAL: """
        linkedin xing github gitlab bitbucket codeberg researchgate academia glassdoor indeed
        behance dribbble orcid viadeo
    """,
}

_KINDS: Final = {name: kind for kind, names in _NAMES.items() for name in names.split()}

_HOSTS: Final = {
    "twitter.com": "x",
    "x.com": "x",
    "bsky.app": "bluesky",
    "threads.net": "threads",
    "youtu.be": "youtube",
    "news.ycombinator.com": "hackernews",
    "truthsocial.com": "truthsocial",
    "vk.com": "vk",
    "linkedin.com": "linkedin",
}

_SECOND_LEVEL: Final = frozenset({"com", "net", "org", "tv", "social", "app"})


def kind_of(platform: str) -> PlatformKind:
    """Return the kind of a platform, by its usual name or its host name, in any spelling."""
    name = platform.strip().casefold().removeprefix("@")
    name = "".join(part for part in name if part not in " _-")
    if name in _KINDS:
        return _KINDS[name]
    return _KINDS.get(platform_of_host(name), PlatformKind.OTHER)


def listed_names() -> frozenset[str]:
    """Return the usual names of all platforms that are listed."""
    return frozenset(_KINDS)


def listed_name(platform: str) -> str | None:
    """Return the usual name of a platform that is listed, in any spelling, else None."""
    name = platform.strip().casefold().removeprefix("@")
    name = "".join(part for part in name if part not in " _-")
    if name in _KINDS:
        return name
    host = platform_of_host(name)
    return host if host in _KINDS else None


def platform_of_host(host: str) -> str:
    """Return the platform that runs at a host, or the host itself where none is known.

    A subdomain of a platform counts as the platform: `someone.tumblr.com` is `tumblr`.
    """
    name = host.strip().casefold().rstrip(".").removeprefix("www.")
    labels = name.split(".")
    for start in range(len(labels) - 1):
        domain = ".".join(labels[start:])
        if domain in _HOSTS:
            return _HOSTS[domain]
        if domain in _KINDS:
            return domain
    if len(labels) >= 2 and labels[-1] in _SECOND_LEVEL and labels[-2] in _KINDS:
        return labels[-2]
    return name
