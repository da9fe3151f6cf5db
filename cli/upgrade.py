"""`walloff upgrade`: a home that an earlier version made, brought to this one's form."""

from functools import partial

from cli.backup import all_keys
from cli.output import JsonFlag, refusals_named, tell
from cli.session import HomeOption, settings_for
from storage.upgrade import upgrade_home
from walloff.databases import home_of


@refusals_named
def upgrade(home: HomeOption = None, as_json: JsonFlag = False) -> None:
    """Upgrade the home's databases, each whole or not at all, and verify the audit log.

    Copy the home's folder first, or the databases on a server, with nothing else running.
    """
    settings = settings_for(home)
    changed = upgrade_home(home_of(settings, earlier=True), partial(all_keys, settings))
    text = "upgraded: " + ", ".join(changed) if changed else "nothing to upgrade"
    tell({"upgraded": list(changed)}, text, as_json=as_json)
