"""The workspace's YAML, CSV and JSON lines → declared resources, with all that is wrong with them found in one run."""

from reconciler.config.changes import UnknownCommitError, changed_since
from reconciler.config.findings import InvalidConfig
from reconciler.config.lineage import LINEAGE_FILE, record_lineage
from reconciler.config.loading import assumed_account, load, load_accounts, load_footprints, load_sends
from reconciler.config.people import nobody
from reconciler.config.schema import schemas
from reconciler.config.selecting import Selection, selection, unknown_source
from reconciler.config.workspace import Account, KeyAt, Workspace

__all__ = [
    "LINEAGE_FILE",
    "Account",
    "InvalidConfig",
    "KeyAt",
    "Selection",
    "UnknownCommitError",
    "Workspace",
    "assumed_account",
    "changed_since",
    "load",
    "load_accounts",
    "load_footprints",
    "load_sends",
    "nobody",
    "record_lineage",
    "schemas",
    "selection",
    "unknown_source",
]
