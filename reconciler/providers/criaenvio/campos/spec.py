"""What YAML may say about a campo. Pure."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final

from pydantic import Field

from reconciler.providers.scalars import Choice, LiveId, Maybe, Name
from reconciler.providers.spec import ON_REMOVAL, Resource, former_name, pinned_id

POLICIES: Final = ("manter", "remover")


class Campo(Resource):
    """A personalised field that contacts can have a value of."""

    kind: ClassVar[str] = "campo"
    section: ClassVar[str] = "campos"
    policies: ClassVar[tuple[str, ...]] = POLICIES
    named: ClassVar[bool] = True

    nome: Maybe[Name] = Field(
        default=None, description="Name in the vendor's screens. Default: the key.", examples=["Cidade"]
    )
    id: Maybe[LiveId] = pinned_id()
    nome_anterior: Maybe[Name] = former_name()
    ao_remover: Maybe[Annotated[str, Choice(POLICIES)]] = Field(
        default=None,
        description=ON_REMOVAL + "manter. `remover` erases every contact's value and also needs --allow-destroy.",
        examples=["manter"],
    )
