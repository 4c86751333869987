"""Make settings of any class from a section of TOML and the environment, or say what is wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from config.errors import Mistake, meant, together
from config.sealed import Locked, is_sealed, seals_of
from config.where import Key, Place, line_of

Model = TypeVar("Model", bound=BaseModel)

HOUSE_KEY = "TIDINGS_SECRET_KEY"  # the house's own: never prefixed, and no sign that a channel is wanted
OLD_HOUSE_KEY = "TIDINGS_OLD_SECRET_KEY"
HOUSE_KEYS = (HOUSE_KEY, OLD_HOUSE_KEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What the operator said: the *text* of *file* and the environment (never shown)."""

    file: str = ""
    text: str = field(default="", repr=False)
    env: Mapping[str, str] = field(default_factory=dict, repr=False)

    def mistake(self, place: Place, what: str, remedy: str = "") -> Mistake:
        """Name the line where *place* stands."""
        return Mistake(file=self.file, line=line_of(self.text, place), what=what, remedy=remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A field that comes from the environment: its *name* there and *where* to get its value.

    Without what is *required* there is no channel; what is *needed* it says it cannot do without.
    """

    field: str
    name: str
    where: str
    secret: bool
    required: bool
    needed: bool


def variables(model: type[BaseModel], prefix: str = "") -> tuple[Variable, ...]:
    """List what *model* takes from the environment; *prefix* stands before each name."""
    return tuple(_variables(model, prefix))


def fill(
    model: type[Model], section: Mapping[str, Any], source: Source, *, place: Place = (), prefix: str = ""
) -> Model:
    """Build *model* from *section*, which stands at *place*; the environment wins over the file.

    What is sealed, in either, is opened with the keys of the environment. Raises Mistake, which holds
    every mistake of the section.
    """
    taken = {v.field: v for v in _variables(model, prefix)}
    _refuse_secrets(section, taken, source, place)
    values = dict(section)
    for name, variable in taken.items():
        if value := source.env.get(variable.name):
            values[name] = value
    values |= _opened(values, taken, source, place)
    try:
        return model.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
    told = [item for item in found if item["type"] != "default_factory_not_called"]
    raise together([_told(model, dict(item), taken, source, place) for item in told])


def _variables(model: type[BaseModel], prefix: str) -> Iterator[Variable]:
    for name, info in model.model_fields.items():
        extra = info.json_schema_extra
        env = extra.get("env") if isinstance(extra, dict) else None
        if isinstance(extra, dict) and isinstance(env, str):
            yield Variable(
                field=name,
                name=env if env in HOUSE_KEYS else f"{prefix}{env}",
                where=str(extra.get("where", "")),
                secret=is_secret(info),
                required=info.is_required(),
                needed=info.is_required() or bool(extra.get("needed")),
            )


def whence(variable: Variable) -> str:
    """Say where to get the variable's value, as a sentence."""
    return f"Where to get it: {variable.where.rstrip('.')}." if variable.where else ""


def is_secret(info: FieldInfo) -> bool:
    """Whether the field holds a SecretStr, optional or not."""
    return info.annotation is SecretStr or SecretStr in get_args(info.annotation)


def _refuse_secrets(
    section: Mapping[str, Any], taken: Mapping[str, Variable], source: Source, place: Place
) -> None:
    written = [
        v for name, v in taken.items() if v.secret and name in section and not is_sealed(section[name])
    ]
    if written:
        raise together(
            [
                source.mistake(
                    (*place, v.field),
                    f"{v.field} is a secret and must not stand in a file.",
                    f"Take it out and set {v.name} in the environment, or seal it: tidings keys seal.",
                )
                for v in written
            ]
        )


def _opened(
    values: Mapping[str, Any], taken: Mapping[str, Variable], source: Source, place: Place
) -> dict[str, str]:
    """Open what is sealed of what may come from the environment; raises Mistake, which names no value."""
    sealed = [v for name, v in taken.items() if is_sealed(values.get(name))]
    if not sealed:
        return {}
    seals = seals_of(source.env)
    opened: dict[str, str] = {}
    mistakes = []
    for variable in sealed:
        try:
            opened[variable.field] = seals.open(values[variable.field])
        except Locked as locked:
            given = bool(source.env.get(variable.name))
            what = f"{variable.name if given else variable.field} cannot be opened: {locked}."
            remedy = "Seal it anew with `tidings keys seal`, or give the key that is missing."
            wrong = Mistake(file="environment", what=what, remedy=remedy)
            mistakes.append(wrong if given else source.mistake((*place, variable.field), what, remedy))
    if mistakes:
        raise together(mistakes)
    return opened


def _told(
    model: type[BaseModel],
    item: Mapping[str, Any],
    taken: Mapping[str, Variable],
    source: Source,
    place: Place,
) -> Mistake:
    """Say one of pydantic's findings in words for an operator."""
    inner: tuple[Key, ...] = item["loc"]
    at = (*place, *inner)
    name = ".".join(map(str, at))
    variable = taken.get(str(inner[0])) if inner else None
    if item["type"] == "missing" and variable:
        return source.mistake(at, f"{variable.name} is missing from the environment.", whence(variable))
    if item["type"] == "missing":
        return source.mistake(at, f"{name} is missing.", _sentence(model, inner))
    if item["type"] == "extra_forbidden":
        known = [known for known in _model_at(model, inner[:-1]).model_fields if known != "source"]
        return source.mistake(at, f"{name} is not known here.", meant(str(inner[-1]), known))
    words = item["msg"].removeprefix("Value error, ").rstrip(".")
    if variable and source.env.get(variable.name):
        return Mistake(file="environment", what=f"{variable.name}: {words}.", remedy=whence(variable))
    return source.mistake(at, f"{name}: {words}." if name else f"{words}.", _sentence(model, inner))


def _sentence(model: type[BaseModel], inner: tuple[Key, ...]) -> str:
    """Give the description of the innermost field on the way to *inner*, if one has any."""
    sentence = ""
    for depth, key in enumerate(inner):
        info = _model_at(model, inner[:depth]).model_fields.get(str(key))
        sentence = (info.description if info else None) or sentence
    return sentence


def _model_at(model: type[BaseModel], place: tuple[Key, ...]) -> type[BaseModel]:
    """Follow field names down to the model that holds them."""
    for key in place:
        info = model.model_fields.get(key) if isinstance(key, str) else None
        if info is not None:
            model = next(iter(_models(info.annotation)), model)
    return model


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
