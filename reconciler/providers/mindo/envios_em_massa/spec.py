"""What YAML may say about Mindo's bulk sends (envios em massa) in a check. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field

from reconciler.engine.channels import Phase
from reconciler.providers.checking import Espera, Onde, Recent, Several, Verificacao, filled
from reconciler.providers.comparing import Falhas, Pessoas, Progresso, Quantos
from reconciler.providers.days import Dias
from reconciler.providers.scalars import Choice, LiveId, Maybe, Name, count_of, schema_of, text_only

SOURCE: Final = "mindo.envios_em_massa"
PHASES: Final[Mapping[str, Phase]] = {
    "QUEUED": Phase.WAITING,
    "PROCESSING": Phase.RUNNING,
    "COMPLETED": Phase.ENDED,
    "PARTIAL": Phase.ENDED,
    "FAILED": Phase.ENDED,
    "CANCELLED": Phase.ENDED,
}
"""Every status that the vendor documents (GET /api/v1/meta-templates/bulk-sends/), and how far a bulk send is then."""


def _digits(value: str) -> str:
    """The number in the form in which it is shown."""
    return str(count_of(value))


Status: TypeAlias = Annotated[str, Choice(tuple(PHASES))]
Number: TypeAlias = Annotated[
    str,
    BeforeValidator(text_only),
    AfterValidator(_digits),
    schema_of("^[0-9]{1,9}$", types=["integer", "string"]),
]


class OndeDeEnviosEmMassa(Onde):
    """Which bulk sends are meant: those that fit all that is said, in the vendor's field names. They have no name."""

    also: ClassVar[Mapping[str, str]] = {
        "name": "template.template_name",
        "nome": "template.template_name",
        "template": "template.template_name",
        "language": "template.language",
        "created_after": "created_at: {de: 2026-06-01}",
        "created_before": "created_at: {ate: 2026-06-30}",
    }
    changing: ClassVar[frozenset[str]] = frozenset({"status", "template.status", "completed_at"})

    id: Maybe[Several[LiveId]] = Field(
        default=None, description="Its id, or a list of ids.", examples=["a3f2b8c9-4d5e-6f7a-8b9c-0d1e2f3a4b5c"]
    )
    status: Maybe[Several[Status]] = Field(
        default=None, description="Its status now, or a list of them.", examples=[["QUEUED", "PROCESSING"]]
    )
    template_id: Maybe[Several[Number]] = Field(
        default=None, alias="template.id", description="Id of its template, or a list of ids.", examples=[45]
    )
    template_name: Maybe[Several[Name]] = Field(
        default=None,
        alias="template.template_name",
        description="Name of its template, or a list of names.",
        examples=["welcome_message"],
    )
    template_language: Maybe[Several[Name]] = Field(
        default=None,
        alias="template.language",
        description="Language of its template, or a list of languages.",
        examples=["pt_BR"],
    )
    template_status: Maybe[Several[Name]] = Field(
        default=None,
        alias="template.status",
        description="Status of its template now, or a list of them.",
        examples=["APPROVED"],
    )
    phone_number_id: Maybe[Several[Number]] = Field(
        default=None,
        alias="phone_number.id",
        description="Id of the number that it is sent from, or a list of ids.",
        examples=[123],
    )
    created_at: Maybe[Dias] = Field(
        default=None,
        description="The day on which it was created, or the days from `de` to `ate`, in the account's time zone.",
        examples=[{"de": "2026-06-01", "ate": "2026-06-30"}, "2026-06-10"],
    )
    completed_at: Maybe[Dias] = Field(
        default=None, description="The same for the day of its end.", examples=[{"de": "2026-06-01"}]
    )
    mais_recente: Maybe[Annotated[str, Recent("created_at", "completed_at")]] = Field(
        default=None,
        description="Of those that fit, only the newest by this time is meant; true is created_at. Left out: all of"
        " them have to be as expected.",
        examples=[True, "completed_at"],
    )


class EsperaDeEnviosEmMassa(Espera):
    """What must hold. A figure holds once it can no longer become otherwise: `falhas: <= 2%` not before the end."""

    phases: ClassVar[Mapping[str, Phase]] = PHASES

    status: Maybe[Several[Status]] = Field(
        default=None, description="Its status, or a list of those that will do.", examples=["COMPLETED"]
    )
    progresso: Maybe[Progresso] = Field(
        default=None, description="How much of it is done, 0 to 100 (progress_percentage).", examples=[">= 50%", 100]
    )
    enviados: Maybe[Pessoas] = Field(
        default=None,
        description="How many were sent, or which share of all recipients (sent_count).",
        examples=[">= 95%"],
    )
    entregues: Maybe[Pessoas] = Field(
        default=None,
        description="How many were delivered, or which share of all recipients (delivered_count).",
        examples=[">= 90%"],
    )
    lidos: Maybe[Pessoas] = Field(
        default=None,
        description="How many were read, or which share of all recipients (read_count).",
        examples=[">= 100"],
    )
    falhas: Maybe[Falhas] = Field(
        default=None,
        description="How many failed, or which share of all recipients (failed_count).",
        examples=["<= 2%", "<= 10", 0],
    )
    quantidade: Maybe[Quantos] = Field(
        default=None, description="How many bulk sends fit `onde`. Left out: at least one.", examples=[">= 1", 0]
    )


class VerificacaoDeEnviosEmMassa(Verificacao):
    """A check on Mindo's bulk sends, which envios can wait for."""

    fonte: Literal["mindo.envios_em_massa"] = Field(
        description="What is looked at: bulk sends of Mindo.", examples=[SOURCE]
    )
    onde: Annotated[OndeDeEnviosEmMassa, BeforeValidator(filled)] = Field(
        description="Which of them.",
        examples=[{"template.template_name": "welcome_message", "mais_recente": True}],
        json_schema_extra={"minProperties": 1},
    )
    espera: Annotated[EsperaDeEnviosEmMassa, BeforeValidator(filled)] = Field(
        description="What must hold.",
        examples=[{"status": "COMPLETED", "entregues": ">= 90%"}],
        json_schema_extra={"minProperties": 1},
    )
