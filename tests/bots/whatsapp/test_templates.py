"""Templates: what is learned of them, what customers will read, and how their variables are filled."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.errors import Refused
from bots.whatsapp.templates import Template, by_language, components, preview, template_of, words
from tests.bots.whatsapp.sections import template


def known(name: str = "t", **parts: Any) -> Template:
    found = template_of(template(name, **parts))
    assert found is not None
    return found


def filled(kind: str, *parameters: tuple[str, str]) -> dict[str, Any]:
    """Write a part as the API takes it; a parameter without a name is a counted one."""
    shown = [
        {"type": "text", **({"parameter_name": name} if name else {}), "text": text}
        for name, text in parameters
    ]
    return {"type": kind, "parameters": shown}


def button(index: str, text: str) -> dict[str, Any]:
    shown = [{"type": "text", "text": text}]
    return {"type": "button", "sub_type": "url", "index": index, "parameters": shown}


COUNTED = known(
    header="Order {{1}}",
    body="Hi {{1}}, {{2}}!",
    footer="Shop",
    buttons=[{"text": "See", "url": "https://x/{{1}}"}],
)
NAMED = known(header="Dear {{name}}", body="Hi {{name}}, it is {{day}}.")
PARTS = [
    pytest.param(known(body="Hi"), {"name": "Ana"}, [], id="nothing to fill"),
    pytest.param(
        COUNTED, {"2": "you", "1": "Ana", "header.1": "77", "button.0": "a b"},
        [filled("header", ("", "77")), filled("body", ("", "Ana"), ("", "you")),
         button("0", "a b")],
        id="by number",
    ),
    pytest.param(
        known(body="Hi {{1}}, {{2}} and {{10}}"), {str(n): f"v{n}" for n in (10, 2, 1)},
        [filled("body", ("", "v1"), ("", "v2"), ("", "v10"))], id="numbers in their order",
    ),
    pytest.param(
        known(body="Hi {{1}}, {{2}}"), {"name": "Ana", "day": "Monday", "order": "7"},
        [filled("body", ("", "Ana"), ("", "Monday"))], id="names into numbers, in order",
    ),
    pytest.param(
        NAMED, {"day": "Monday", "name": "Ana", "order": "7"},
        [filled("header", ("name", "Ana")), filled("body", ("name", "Ana"), ("day", "Monday"))], id="by name",
    ),
    pytest.param(
        known(body="Hi {{ name }}"), {"name": "  Ana\n\tRuiz     Gil "},
        [filled("body", ("name", "Ana Ruiz Gil"))], id="one line",
    ),
    pytest.param(None, {"2": "b", "1": "a"}, [filled("body", ("", "a"), ("", "b"))], id="unseen, counted"),
    pytest.param(
        None, {"name": "Ana", "header.1": "h", "button.1": "z"},
        [filled("header", ("", "h")), filled("body", ("name", "Ana")),
         button("1", "z")],
        id="never seen, by name",
    ),
    pytest.param(None, {}, [], id="never seen, nothing told"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "variables", "parts"), PARTS)
def test_variables_are_filled(one: Template | None, variables: dict[str, str], parts: list[Any]) -> None:
    assert components(one, variables) == parts


@pytest.mark.parametrize(
    ("one", "variables", "lacks"),
    [
        (NAMED, {"name": "Ana"}, "needs day"),
        (NAMED, {"name": "Ana", "day": "  "}, "needs day"),
        (COUNTED, {"1": "a", "2": "b", "button.0": "c"}, "needs 1"),
        (COUNTED, {"header.1": "h", "1": "a", "2": "b"}, r"needs button\.0"),
        (known(format="IMAGE"), {}, "begins with a file: image"),
    ],
    ids=["a name", "an empty value", "the head's", "the button's", "the file"],
)
def test_what_is_missing_is_refused_before_it_is_asked(
    one: Template, variables: dict[str, str], lacks: str
) -> None:
    with pytest.raises(Refused, match=lacks):
        components(one, variables)


def test_a_head_takes_the_messages_file() -> None:
    file = {"id": "7", "filename": "a.pdf"}
    assert components(known(format="DOCUMENT", body="Hi"), {}, file) == [
        {"type": "header", "parameters": [{"type": "document", "document": file}]}
    ]


def test_a_preview_is_what_the_customer_reads() -> None:
    told = {"header.1": "77", "1": "Ana", "2": "welcome"}
    assert preview(COUNTED, told) == "Order 77\nHi Ana, welcome!\nShop\n[See]"
    assert preview(NAMED, {"name": "Ana"}) == "Dear Ana\nHi Ana, it is {{day}}."
    assert preview(known(body="Hi {{1}}"), {"name": "Ana"}) == "Hi Ana"


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.text(min_size=1, max_size=20), max_size=5
    )
)
def test_a_preview_shows_what_is_sent(variables: dict[str, str]) -> None:
    told = {name: value for name, value in variables.items() if value.split()}
    one = known(body=" ".join(f"<{{{{{name}}}}}>" for name in told) or "Hi")
    sent = [each["text"] for part in components(one, told) for each in part["parameters"]]
    assert preview(one, told) == (" ".join(f"<{text}>" for text in sent) or "Hi")


def test_only_approved_templates_are_offered_by_language() -> None:
    rows = [
        template("b", "pt_BR"),
        template("b"),
        template("a"),
        template("c", status="REJECTED"),
        template("d", status="PAUSED"),
        {"name": "e", "status": "APPROVED"},
        {},
    ]
    found = [one for one in map(template_of, rows) if one is not None]
    assert by_language(found) == {"en_US": ("a", "b"), "pt_BR": ("b",)}


def test_its_words_name_each_place_as_it_is_filled() -> None:
    assert words(COUNTED) == "Order {{header.1}}\nHi {{1}}, {{2}}!\nShop\n[See]"
    assert words(NAMED) == "Dear {{name}}\nHi {{name}}, it is {{day}}."
    given = {"1": "Ana", "2": "you", "header.1": "77", "button.0": "x"}
    seen = words(COUNTED)
    for place, value in given.items():
        seen = seen.replace("{{" + place + "}}", value)
    assert seen == preview(COUNTED, given)
