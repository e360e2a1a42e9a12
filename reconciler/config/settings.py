"""What reconciler.yaml may say: accounts, time zone, ledger, limits, guards."""

from __future__ import annotations

import difflib
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, create_model

from reconciler.config.campaign import KINDS
from reconciler.config.sections import Relatorios, Sandbox
from reconciler.providers.guards import Regras, Section
from reconciler.providers.scalars import Choice, Duration, Key, Maybe, Name, distinct, refused, schema_of, text_only
from reconciler.providers.spec import Resource

DEFAULT_KEY_ENV: Final = "CRIAENVIO_CHAVE"
DEFAULT_PATTERNS: Final = ("**/*.yaml", "**/*.yml")
LONGEST_WAIT: Final = timedelta(minutes=10)

_PACE: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?/ ?(s|min|h)\Z")
_PACE_PATTERN: Final = "^[0-9]+(\\.[0-9]+)? ?/ ?(s|min|h)$"
_PER: Final = {"s": 1, "min": 60, "h": 3600}
_ENV_PATTERN: Final = "^[A-Z][A-Z0-9_]{0,63}$"
_NEVER_HERE: Final = (
    "the key itself must never stand in a file of the workspace: whoever can read the repository could use it"
)
_NEVER_HERE_REMEDY: Final = (
    "write {env: NAME} and put the key into that environment variable; a key that was committed must be replaced"
)
_REF_PATTERN: Final = (
    r"^refs/(?!(heads|tags|remotes|notes|replace|stash|pull|merge-requests|changes)/)(?!.*\.lock(/|$))"
    r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*(/[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*)+$"
)
_REMOTE_PATTERN: Final = r"^[A-Za-z0-9_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$"
_OBJECT_PATTERN: Final = r"^(s3|gs|az)://[a-z0-9][a-z0-9._-]{1,61}[a-z0-9](/[A-Za-z0-9_=-][A-Za-z0-9._=-]*)+$"


def _zone(value: object) -> ZoneInfo:
    name = text_only(value)
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        near = difflib.get_close_matches(name.replace(" ", "_"), sorted(available_timezones()), 1)
        remedy = f"did you mean {near[0]}?" if near else "write a name such as America/Sao_Paulo"
        raise refused("bad-zone", "there is no such time zone", remedy) from None


def _pace(value: object) -> float:
    found = _PACE.match(text_only(value))
    if found is None or not float(found[1]):
        raise refused("bad-pace", "this is no pace", "write calls per second, minute or hour: 4/s, 30/min or 900/h")
    return float(found[1]) / _PER[found[2]]


def _patient(value: timedelta) -> timedelta:
    if not timedelta() < value <= LONGEST_WAIT:
        raise refused("bad-duration", "the time must be more than 0s and at most 10min", "write it as 30s")
    return value


def _reference(value: object) -> object:
    if not isinstance(value, dict):
        raise refused("literal-key", _NEVER_HERE, _NEVER_HERE_REMEDY)
    if len(value) != 1:
        raise refused("bad-type", "one of env and arquivo must stand here, and only one", "write {env: NAME}")
    return value


def _env(value: object) -> str:
    if not isinstance(value, str) or not re.match(_ENV_PATTERN, value):
        reason = f"this is no name of an environment variable (A-Z, 0-9 and _); {_NEVER_HERE}"
        raise refused("literal-key", reason, _NEVER_HERE_REMEDY)
    return value


def _one_place(value: object) -> object:
    if isinstance(value, dict) and len(value) != 1:
        raise refused("bad-type", "one of arquivo, git and objeto must stand here, and only one", "take out the others")
    return value


def _matching(pattern: str, rule: str, reason: str, remedy: str) -> BeforeValidator:
    """Refuses a text that the pattern does not fit, in these words."""

    def check(value: object) -> str:
        text = text_only(value)
        if len(text) > 500 or re.match(pattern, text) is None or text.endswith("\n"):
            raise refused(rule, reason, remedy)
        return text

    return BeforeValidator(check)


Zone: TypeAlias = Annotated[ZoneInfo, BeforeValidator(_zone), WithJsonSchema({"type": "string"})]
Pace: TypeAlias = Annotated[float, BeforeValidator(_pace), schema_of(_PACE_PATTERN)]
Wait: TypeAlias = Annotated[Duration, AfterValidator(_patient)]
EnvName: TypeAlias = Annotated[str, BeforeValidator(_env), schema_of(_ENV_PATTERN)]


Ref: TypeAlias = Annotated[
    str,
    _matching(
        _REF_PATTERN,
        "bad-ref",
        "a ledger's ref begins with refs/ and is no branch, tag or pull request",
        "write refs/reconciler/CONTA",
    ),
    schema_of(_REF_PATTERN),
]
Remote: TypeAlias = Annotated[
    str,
    _matching(_REMOTE_PATTERN, "bad-remote", "this is no name of a git remote", "write a name of `git remote`: origin"),
    schema_of(_REMOTE_PATTERN),
]
ObjectUrl: TypeAlias = Annotated[
    str,
    _matching(
        _OBJECT_PATTERN,
        "bad-object",
        "this names no bucket and prefix (and no address may stand here)",
        "write s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or az://CONTAINER/PREFIX",
    ),
    schema_of(_OBJECT_PATTERN),
]


class Chave(Section):
    """Where the key of an API is read from. Never the key itself."""

    env: Maybe[EnvName] = Field(
        default=None, description="Name of the environment variable that holds the key.", examples=[DEFAULT_KEY_ENV]
    )
    arquivo: Maybe[Name] = Field(
        default=None,
        description="Path of a file outside the workspace that holds the key alone.",
        examples=["/run/secrets/criaenvio"],
    )


class Api(Section):
    """One vendor's API."""

    chave: Annotated[Chave, BeforeValidator(_reference)] = Field(
        description="Where its key is read from.",
        examples=[{"env": DEFAULT_KEY_ENV}],
        json_schema_extra={"minProperties": 1, "maxProperties": 1},
    )


class LedgerGit(Section):
    """A ref at a remote of the repository that the workspace stands in, shared by all its clones."""

    ref: Maybe[Ref] = Field(
        default=None,
        description="The ref; no branch. Default: refs/reconciler/<account>.",
        examples=["refs/reconciler/principal"],
    )
    remoto: Remote = Field(default="origin", description="The remote. Default: origin.", examples=["origin"])


class Ledger(Section):
    """Where the account's ledger (what is bound to what, and what was begun) is kept: one of the three."""

    arquivo: Maybe[Name] = Field(
        default=None,
        description="A file of this machine, inside the workspace. Default: .reconciler/<account>.json.",
        examples=[".reconciler/principal.json"],
    )
    git: Maybe[LedgerGit] = Field(
        default=None,
        description="A ref of the workspace's own git remote, for several machines.",
        examples=[{"ref": "refs/reconciler/principal", "remoto": "origin"}],
    )
    objeto: Maybe[ObjectUrl] = Field(
        default=None,
        description="Bucket and prefix in an object store, for several machines (needs the extra `objeto`).",
        examples=["s3://balde/reconciler/principal"],
    )


class Limites(Section):
    """How patiently and how fast the API is called."""

    prazo: Wait = Field(
        default=timedelta(seconds=30), description="Deadline of one request. Default: 30s.", examples=["30s"]
    )
    atraso_maximo: Wait = Field(
        default=timedelta(seconds=120),
        description="Longest time for which the server may still carry out a request that was given up. Default: 120s.",
        examples=["120s"],
    )
    ritmo: Maybe[Pace] = Field(
        default=None,
        description="Calls per second, minute or hour at most. Default: one in two seconds, as the vendor advises.",
        examples=["4/s", "30/min"],
    )


class Policies(Section):
    """What becomes of live objects that are no longer declared, by kind."""

    def settings(self) -> dict[str, str]:
        """What is set, by kind."""
        return {kind: getattr(self, kind) for kind in type(self).model_fields if kind in self.model_fields_set}


def _policy(kind: type[Resource]) -> tuple[Any, Any]:
    default = kind.policies[0]
    field = Field(default=None, description=f"{kind.section.capitalize()}. Default: {default}.", examples=[default])
    return Annotated[str, Choice(kind.policies)], field


_POLICIES: Final[dict[str, Any]] = {kind.kind: _policy(kind) for kind in KINDS if kind.policies}
if TYPE_CHECKING:
    AoRemover: TypeAlias = Policies
else:
    AoRemover = create_model("AoRemover", __base__=Policies, __doc__=Policies.__doc__, **_POLICIES)


class Levels(Section):
    """What may stand for the workspace and for one account; the account's wins."""

    regras: Maybe[Regras] = Field(default=None, description="Guards.", examples=[{"antecedencia_minima": "30min"}])
    ao_remover: Maybe[AoRemover] = Field(
        default=None,
        description="What becomes of live objects that are no longer declared.",
        examples=[{"lista": "manter"}],
    )
    relatorios: Maybe[Relatorios] = Field(
        default=None, description="Whether reports show people.", examples=[{"contatos": "visiveis"}]
    )


class Conta(Levels):
    """One account of the vendor."""

    criaenvio: Maybe[Api] = Field(
        default=None,
        description="The account's API. Left out: its key is read from CRIAENVIO_CHAVE.",
        examples=[{"chave": {"env": DEFAULT_KEY_ENV}}],
    )
    ogmma: Maybe[Api] = Field(
        default=None,
        description="Ogmma, for verificacoes and intervalo_entre_canais. It is only ever read.",
        examples=[{"chave": {"env": "OGMMA_API_KEY"}}],
    )
    mindo: Maybe[Api] = Field(
        default=None,
        description="Mindo, for verificacoes and intervalo_entre_canais. It is only ever read.",
        examples=[{"chave": {"env": "MINDO_API_KEY"}}],
    )
    fuso_horario: Maybe[Zone] = Field(
        default=None,
        description="Time zone of this account, where it differs from the workspace's.",
        examples=["America/Manaus"],
    )
    arquivos: Annotated[tuple[Name, ...], BeforeValidator(distinct)] = Field(
        default=DEFAULT_PATTERNS,
        min_length=1,
        description="Globs of its campaign files. Default: every YAML file but this one, outside of dot-folders.",
        examples=[["campanhas/**/*.yaml"]],
    )
    ledger: Annotated[Maybe[Ledger], BeforeValidator(_one_place)] = Field(
        default=None,
        description="Where its ledger is kept.",
        examples=[{"arquivo": ".reconciler/principal.json"}],
        json_schema_extra={"minProperties": 1, "maxProperties": 1},
    )
    limites: Limites = Field(
        default_factory=Limites,
        description="Deadline, longest delay and pace of calls.",
        examples=[{"prazo": "30s", "atraso_maximo": "120s", "ritmo": "4/s"}],
    )
    sandbox: Maybe[Sandbox] = Field(
        default=None, description="Its stand-in for --sandbox.", examples=[{"semente": "sandbox.json"}]
    )


class Settings(Levels):
    """The workspace: the folder that reconciler.yaml stands in."""

    versao: Annotated[str, Choice(("1",)), WithJsonSchema({"enum": [1, "1"]})] = Field(
        description="Version of this format.", examples=[1]
    )
    fuso_horario: Zone = Field(
        description="Time zone of all local times, as in the account's own settings.", examples=["America/Sao_Paulo"]
    )
    contas: dict[Key, Conta] = Field(
        min_length=1,
        description="Accounts, by a name of your choice.",
        examples=[{"principal": {"criaenvio": {"chave": {"env": DEFAULT_KEY_ENV}}}}],
    )
