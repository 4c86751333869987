"""Where an agent can go and what the keys do: tables that the rail, the tab bar and the page of keys read."""

from typing import Final, NamedTuple


class Place(NamedTuple):
    """An entry of the rail: its *key* marks it as current, G and then the *letter* goes there."""

    key: str
    address: str
    icon: str
    name: str
    letter: str


PLACES: Final = (
    Place("desk", "/desk", "desk", "Desk", "d"),
    Place("find", "/desk/find", "search", "Find", "c"),
    Place("promises", "/desk/promises", "promise", "Promises", "p"),
    Place("owed", "/desk/owed", "owed", "Not sent", "n"),
    Place("touches", "/desk/touches", "touch", "Touches", "t"),
    Place("report", "/desk/touches/report", "report", "Reports", "r"),
)


class Key(NamedTuple):
    """What the keys *pressed* do, the alternatives in a row."""

    pressed: tuple[str, ...]
    does: str


KEYS: Final = (
    Key(("Ctrl K", "/"), "find or do anything"),
    Key(("J", "K"), "next, previous row; in the list also ↓ ↑"),
    Key(("Enter",), "open the row"),
    Key(("Alt ↓", "Alt ↑"), "next, previous who waits"),
    Key(("F6", "Shift F6"), "next, previous pane"),
    Key(("R",), "answer"),
    Key(("N",), "note"),
    Key(("P",), "promise something"),
    Key(("/",), "in an empty answer box: a saved reply"),
    Key(("A",), "give to someone"),
    Key(("H",), "set aside"),
    Key(("E",), "resolve, then the next"),
    Key(("U",), "mark unread"),
    Key(("Z",), "undo what was just done"),
    Key(("Ctrl ↵",), "send"),
    Key(("Ctrl Shift ↵",), "send and resolve"),
    Key(("Home", "End"), "first, last message shown, in the log"),
    Key(("Esc",), "close, then leave the box"),
    Key(("?",), "this list"),
)
