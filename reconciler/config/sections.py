"""Sections of reconciler.yaml that need nothing of the others."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reconciler.providers.guards import Section
from reconciler.providers.scalars import Choice, Name


class Sandbox(Section):
    """The account's stand-in for --sandbox."""

    semente: Name = Field(
        description="JSON file inside the workspace that a new sandbox is filled from.", examples=["sandbox.json"]
    )


class Relatorios(Section):
    """What reports may show."""

    contatos: Annotated[str, Choice(("mascarados", "visiveis"))] = Field(
        default="mascarados",
        description="Whether plans and results, also those that are kept in files, show contacts' addresses and values"
        " (visiveis, as --show-contacts does) or masks. Default: mascarados.",
        examples=["visiveis"],
    )
