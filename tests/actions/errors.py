"""What is wrong with a workflow, or not understood by this runner: never passed over."""

from __future__ import annotations


class WorkflowError(Exception):
    """A workflow that GitHub would refuse, or that this runner does not understand."""
