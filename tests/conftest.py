"""Whatever imports Prefect in a test finds a folder of its own and starts no hidden server."""

import os
import tempfile

os.environ["PREFECT_HOME"] = tempfile.mkdtemp(prefix="walloff-prefect-")
os.environ["PREFECT_SERVER_EPHEMERAL_ENABLED"] = "false"
os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
os.environ["DO_NOT_TRACK"] = "1"
for _name in ("WALLOFF_HOME", "WALLOFF_ACTOR", "WALLOFF_PASSPHRASE_FILE", "PREFECT_API_URL"):
    os.environ.pop(_name, None)
