"""What YAML may say about Ogmma's batches (lotes) in a check. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from reconciler.engine.channels import Phase
from reconciler.providers.checking import Espera, Onde, Recent, Several, Verificacao, filled
from reconciler.providers.comparing import Falhas, Pessoas, Progresso, Quantos
from reconciler.providers.days import Dias
from reconciler.providers.guards import Closed
from reconciler.providers.scalars import Choice, LiveId, Maybe, Name

SOURCE: Final = "ogmma.lotes"
PHASES: Final[Mapping[str, Phase]] = {
    "QUEUED": Phase.WAITING,
    "IN_PROGRESS": Phase.RUNNING,
    "COMPLETED": Phase.ENDED,
    "PARTIALLY_FAILED": Phase.ENDED,
    "CANCELLED": Phase.ENDED,
}
"""Every status that the vendor documents (GET /v1/bulk), and how far a batch is then."""

Status: TypeAlias = Annotated[str, Choice(tuple(PHASES))]
_UNTOLD: Final = "Ogmma does not tell it of its lotes: refused."


def _untold(name: str) -> Closed:
    reason = f"Ogmma does not tell {name} of its lotes: it tells enviados (sent) and falhas (failed)"
    return Closed("not-told", reason, "take it out, or expect enviados or falhas")


class OndeDeLotes(Onde):
    """Which lotes are meant: those that fit all that is said, in the vendor's field names."""

    changing: ClassVar[frozenset[str]] = frozenset({"status", "completedAt"})

    batchId: Maybe[Several[LiveId]] = Field(  # noqa: N815 - the vendor's name
        default=None, description="Its id, or a list of ids.", examples=["bulk_6651a3b2c4d5e6f7a8901234"]
    )
    name: Maybe[Several[Name]] = Field(
        default=None, description="The name that its sender gave it, or a list of names.", examples=["Campanha Junho"]
    )
    status: Maybe[Several[Status]] = Field(
        default=None, description="Its status now, or a list of them.", examples=[["QUEUED", "IN_PROGRESS"]]
    )
    createdAt: Maybe[Dias] = Field(  # noqa: N815 - the vendor's name
        default=None,
        description="The day on which it was created, or the days from `de` to `ate`, in the account's time zone.",
        examples=[{"de": "2026-06-01", "ate": "2026-06-30"}, "2026-06-10"],
    )
    completedAt: Maybe[Dias] = Field(  # noqa: N815 - the vendor's name
        default=None, description="The same for the day of its end.", examples=[{"de": "2026-06-01"}]
    )
    mais_recente: Maybe[Annotated[str, Recent("createdAt", "completedAt")]] = Field(
        default=None,
        description="Of those that fit, only the newest by this time is meant; true is createdAt. Left out: all of"
        " them have to be as expected.",
        examples=[True, "completedAt"],
    )


class EsperaDeLotes(Espera):
    """What must hold. A figure holds once it can no longer become otherwise: `falhas: <= 2%` not before the end."""

    phases: ClassVar[Mapping[str, Phase]] = PHASES

    status: Maybe[Several[Status]] = Field(
        default=None, description="Its status, or a list of those that will do.", examples=["COMPLETED"]
    )
    progresso: Maybe[Progresso] = Field(
        default=None, description="How much of it is done, 0 to 100 (progress).", examples=[">= 50%", 100]
    )
    enviados: Maybe[Pessoas] = Field(
        default=None, description="How many were sent, or which share of all recipients (sent).", examples=[">= 95%"]
    )
    falhas: Maybe[Falhas] = Field(
        default=None,
        description="How many failed, or which share of all recipients (failed).",
        examples=["<= 2%", "<= 10", 0],
    )
    entregues: Annotated[object, _untold("entregues")] = Field(default=None, description=_UNTOLD)
    lidos: Annotated[object, _untold("lidos")] = Field(default=None, description=_UNTOLD)
    quantidade: Maybe[Quantos] = Field(
        default=None, description="How many lotes fit `onde`. Left out: at least one.", examples=[">= 1", 0]
    )


class VerificacaoDeLotes(Verificacao):
    """A check on Ogmma's lotes, which envios can wait for."""

    fonte: Literal["ogmma.lotes"] = Field(description="What is looked at: bulk sends of Ogmma.", examples=[SOURCE])
    onde: Annotated[OndeDeLotes, BeforeValidator(filled)] = Field(
        description="Which of them.", examples=[{"name": "Campanha Junho 2025"}], json_schema_extra={"minProperties": 1}
    )
    espera: Annotated[EsperaDeLotes, BeforeValidator(filled)] = Field(
        description="What must hold.",
        examples=[{"status": "COMPLETED", "falhas": "<= 2%"}],
        json_schema_extra={"minProperties": 1},
    )
