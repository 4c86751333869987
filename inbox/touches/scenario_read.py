"""Reading a scenario: the parts that are written, and by what the house would decide then."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bots.channel import Spec
from config.errors import Mistake, meant
from config.filling import Source, fill
from config.settings import read as read_toml
from config.touch_policy import SHIPPED_POLICY, TouchKnobs, TouchPolicy, limits_of, subjects_of
from config.touches import SHIPPED_TOUCHES, Book, load_touches, touch_of, wording_of
from config.wording import words_of
from inbox.touches.rules import Rules, rules_of
from inbox.touches.scenario_channel import DEFAULTS, KINDS, spec_of
from inbox.touches.scenario_check import check
from inbox.touches.scenario_house import REOPEN, TEAM
from inbox.touches.scenario_parts import AddressPart, ChannelPart, ScenarioPart
from inbox.touches.scenario_policy import layer_of, spec_of_policy, touch_of_policy

SHIPPED: Final = "These touches are shipped."


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario that makes sense, and the rules it is decided by."""

    part: ScenarioPart
    rules: Rules
    book: Book


def read(written: Any, file: str) -> Scenario:
    """Read a scenario; raises Mistake, which names the place in the JSON and what is wrong."""
    if not isinstance(written, Mapping):
        raise Mistake(file=file, what="A scenario is a JSON object.", remedy="See docs/scenarios.md.")
    source = Source(file=file)
    part = fill(ScenarioPart, written, source)
    channels = _channels(part)
    specs = {name: spec_of_policy(part.policy, spec_of(channel)) for name, channel in channels.items()}
    part = _addressed(part, specs)
    check(part, specs, source)
    book = _book(part, specs, source)
    definitions = _definitions(part, source)
    places = [("touches", number) for number in range(len(definitions))]
    touches = tuple(
        touch_of(definition, book=book, source=source, place=place)
        for definition, place in zip(definitions, places, strict=True)
    )
    wordings = {
        definition["key"]: wording_of(definition, book=book, source=source, place=place)
        for definition, place in zip(definitions, places, strict=True)
        if definition.get("words")
    }
    book = replace(book, touches=touches, every=touches)
    rules = rules_of(book, specs, team=TEAM, reopen_within=REOPEN, wordings=wordings)
    closed = {name: replace(rules.ways[name], registered=False) for name in _unregistered(channels)}
    return Scenario(part=part, rules=replace(rules, ways={**rules.ways, **closed}), book=book)


def _unregistered(channels: Mapping[str, ChannelPart]) -> list[str]:
    return [name for name, channel in channels.items() if not channel.registered]


def _channels(part: ScenarioPart) -> dict[str, ChannelPart]:
    """List the channels: those written, else ours and what addresses name, in the account's order."""
    if part.channels:
        found = {channel.name: channel for channel in part.channels}
    else:
        kinds = dict(DEFAULTS)
        named = [one.channel for customer in part.customers for one in customer.addresses]
        schemes = {spec.scheme: kind for kind, spec in KINDS.items()}
        for customer in part.customers:
            named += [schemes.get(one.address.partition(":")[0], "") for one in customer.addresses]
        kinds |= {
            kind: kind for kind in (*named, *part.account.channels) if kind in KINDS and kind != "webchat"
        }
        found = {name: ChannelPart(name=name, kind=kind) for name, kind in kinds.items()}  # type: ignore[arg-type]
    order = [name for name in part.account.channels if name in found]
    return {name: found[name] for name in (*order, *found)}


def _addressed(part: ScenarioPart, specs: Mapping[str, Spec]) -> ScenarioPart:
    """Give each address its channel and its scheme."""
    customers = tuple(
        one.model_copy(update={"addresses": tuple(_address(each, specs) for each in one.addresses)})
        for one in part.customers
    )
    return part.model_copy(update={"customers": customers})


def _address(one: AddressPart, specs: Mapping[str, Spec]) -> AddressPart:
    scheme, colon, _ = one.address.partition(":")
    if not one.channel:
        named = next((name for name, spec in specs.items() if spec.scheme == scheme), "")
        return one.model_copy(update={"channel": named})
    spec = specs.get(one.channel)
    if colon or spec is None:
        return one
    return one.model_copy(update={"address": f"{spec.scheme}:{one.address}"})


def _book(part: ScenarioPart, specs: Mapping[str, Spec], source: Source) -> Book:
    account, names = part.account, tuple(specs)
    knobs = TouchKnobs(zone=account.zone, country=account.country)
    book = load_touches(knobs=knobs, language=account.language, business=account.business, channels=names)
    shipped_source, shipped = read_toml(SHIPPED_POLICY, {}, remedy="")
    layers = (
        fill(TouchPolicy, shipped, shipped_source),
        fill(TouchPolicy, layer_of(part.policy), source, place=("policy",)),
    )
    texts = [
        text
        for label, words in part.wording.items()
        for text in words_of(
            {label.partition(".")[2]: words}, label.partition(".")[0], source, ("wording", label)
        )
    ]
    return replace(
        book,
        limits=limits_of(layers, knobs, account.language, names),
        subjects=subjects_of(layers),
        wording=book.wording.plus(texts),
    )


def _definitions(part: ScenarioPart, source: Source) -> list[dict[str, Any]]:
    """Name each touch's parts: what is shipped by its key, with what the scenario says otherwise."""
    shipped = {one["key"]: one for one in tomllib.loads(SHIPPED_TOUCHES.read_text("utf-8"))["touches"]}
    found = []
    for number, written in enumerate(part.touches):
        said = {"key": written} if isinstance(written, str) else dict(written)
        key = str(said.get("key", ""))
        if "start" not in said and key not in shipped:
            raise source.mistake(
                (), f"touches.{number}: there is no touch {key!r}.", f"{SHIPPED} {meant(key, [*shipped])}"
            )
        begun = {} if "start" in said else dict(shipped[key])
        if (begun or said).get("start") == "birthday":
            begun |= touch_of_policy(part.policy)
        if "words" in said:
            begun.pop("wording", None)
        if "after" in said:
            begun = {name: value for name, value in begun.items() if name not in ("days", "at")}
        found.append({"name": key.replace("_", " ").title() or key, **begun, **said})
    return found
