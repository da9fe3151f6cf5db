"""A platform's terms stand under one name, in any spelling of it."""

from typing import Final

from collection.files.platforms import listed_name, platform_of_host

OF_A_KIND: Final = "kind."
"""`kind.blog` stands for every site of a kind that has no entry of its own."""


def terms_name(platform: str) -> str:
    """Return the name under which a platform's terms stand, in any spelling of it."""
    name = platform.strip().casefold()
    if name.startswith(OF_A_KIND):
        return name
    return listed_name(name) or platform_of_host(name)
