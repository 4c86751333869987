"""The house's marks: what they are, what they are not, and every way in and out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.marks import (
    Kind,
    Span,
    from_html,
    from_markdown,
    marked,
    parse,
    plain,
    runs,
    spans,
    to_html,
    to_markdown,
)

HOSTILE = 20_000
KINDS: tuple[Kind, ...] = ("bold", "italic", "struck", "code", "block")

words = st.text(st.sampled_from("ab1 é😀字.,!(-/\n*_~`"), max_size=40)
links = st.sampled_from(["https://x.com/a_b_c", "http://y.org/_z_/*q*", "www.a.com/_b_", "x@y.com"])
texts = st.lists(
    words | links | st.sampled_from(["*b*", "_i_", "~s~", "`c*d*`", "```\nx\ny\n```", "*_n_*"]), max_size=12
).map(" ".join)


def visible(words: str) -> str:
    return "".join(letter for letter in words if letter not in "*_~`" and not letter.isspace())


def told(text: str) -> list[tuple[str, str]]:
    bare, found = spans(text)
    return [(span.kind, bare[span.start : span.end]) for span in found]


@pytest.mark.parametrize(
    ("text", "bare", "found"),
    [
        ("*bold* and _it_", "bold and it", [("bold", "bold"), ("italic", "it")]),
        ("~old~ `x = 1`", "old x = 1", [("struck", "old"), ("code", "x = 1")]),
        ("*_both_*", "both", [("bold", "both"), ("italic", "both")]),
        ("_*both*_", "both", [("italic", "both"), ("bold", "both")]),
        ("*a _b_ c*", "a b c", [("bold", "a b c"), ("italic", "b")]),
        ("(*yes*)!", "(yes)!", [("bold", "yes")]),
        ("*a b_c d*", "a b_c d", [("bold", "a b_c d")]),
        ("`a*b*`", "a*b*", [("code", "a*b*")]),
        ("```\na *b*\n```", "a *b*", [("block", "a *b*")]),
        ("see ```x``` y", "see \nx\n y", [("block", "x")]),
        ("a\n```x```\nb", "a\nx\nb", [("block", "x")]),
        ("*a\nb*", "*a\nb*", []),
        ("2*3*4 = 24", "2*3*4 = 24", []),
        ("5 * 3 * 2", "5 * 3 * 2", []),
        ("snake_case_names", "snake_case_names", []),
        ("__init__ and **b**", "__init__ and **b**", []),
        ("*.py and *.js", "*.py and *.js", []),
        ("~5 km, ~10 min", "~5 km, ~10 min", []),
        ("https://x.com/_a_/*b*", "https://x.com/_a_/*b*", []),
        ("*https://x.com/a_b*, ok", "https://x.com/a_b, ok", [("bold", "https://x.com/a_b")]),
        ("* not* but *so*", "* not* but so", [("bold", "so")]),
        ("*a _b* c_", "a _b c_", [("bold", "a _b")]),
        ("``` ```", "``` ```", []),
        ("```open", "```open", []),
        ("", "", []),
    ],
)
def test_what_is_a_mark_and_what_is_not(text: str, bare: str, found: list[tuple[str, str]]) -> None:
    assert plain(text) == bare
    assert told(text) == found
    assert parse(text) == spans(text)[1]


@given(texts)
def test_runs_are_the_plain_words_with_what_they_are(text: str) -> None:
    bare, found = spans(text)
    at = 0
    for said, kinds in runs(text):
        assert said
        assert set(kinds) == {one.kind for one in found if one.start <= at < one.end}
        at += len(said)
    assert "".join(said for said, _ in runs(text)) == bare


def span(kind: Kind, start: int, end: int) -> Span:
    return Span(kind=kind, start=start, end=end)


@pytest.mark.parametrize(
    ("text", "wanted", "written"),
    [
        ("hello you", [span("bold", 0, 5)], "*hello* you"),
        ("hello you", [span("bold", 0, 6)], "*hello* you"),
        ("hello", [span("bold", 0, 3)], "hello"),
        ("one\ntwo", [span("bold", 0, 7)], "*one*\n*two*"),
        ("ab", [span("italic", 0, 2), span("bold", 0, 2)], "*_ab_*"),
        ("a b c", [span("bold", 0, 3), span("bold", 3, 5)], "*a b c*"),
        ("a b c", [span("bold", 0, 3), span("italic", 2, 5)], "*a _b_* _c_"),
        ("x = *p*", [span("code", 0, 7)], "`x = *p*`"),
        ("see\na *b*\nthen", [span("block", 4, 9)], "see\n```a *b*```\nthen"),
        ("a\nb", [span("block", 0, 3)], "```\na\nb\n```"),
        ("see x there", [span("block", 4, 5)], "see `x` there"),
        ("5 *a bold", [span("bold", 5, 9)], "5 *a *bold*"),
        ("go to https://x.com/a/b now", [span("bold", 20, 23)], "go to https://x.com/a/b now"),
        ("a*! b", [span("bold", 3, 5), span("italic", 4, 5)], "a*! *_b_*"),
    ],
)
def test_spans_are_written_as_marks_where_marks_can_say_them(
    text: str, wanted: list[Span], written: str
) -> None:
    assert marked(text, wanted) == written


@st.composite
def formatted(draw: st.DrawFn) -> tuple[str, list[Span]]:
    text = draw(words | texts)
    places = st.integers(min_value=0, max_value=len(text))
    made = [
        span(draw(st.sampled_from(KINDS)), *sorted((draw(places), draw(places))))
        for _ in range(draw(st.integers(0, 5)))
    ]
    return text, made


@given(formatted())
@settings(max_examples=150)
def test_marking_never_changes_the_words(case: tuple[str, list[Span]]) -> None:
    text, wanted = case
    read = plain(marked(text, wanted))
    assert visible(read) == visible(text)
    assert sum(map(read.count, "*_~`")) <= sum(map(text.count, "*_~`"))
    if plain(text) == text:
        assert read == text


@given(texts)
@settings(max_examples=150)
def test_marks_read_and_written_again_say_the_same(text: str) -> None:
    bare, found = spans(text)
    again = marked(bare, found)
    assert visible(plain(again)) == visible(bare)
    if not set(bare) & set("*_~`"):
        assert spans(again) == (bare, found)


@given(texts)
@settings(max_examples=150)
def test_nothing_but_marks_is_taken_out(text: str) -> None:
    bare, found = spans(text)
    assert visible(bare) == visible(text)
    assert all(0 <= one.start < one.end <= len(bare) for one in found)
    assert all(bare[one.start : one.end].strip() for one in found)
    assert visible(from_markdown(to_markdown(text))) == visible(text)


@given(texts)
@settings(max_examples=150)
def test_markdown_there_and_back_says_the_same(text: str) -> None:
    bare, found = spans(text)
    assert from_markdown(to_markdown(text)) == marked(bare, found)


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("*b* _i_ ~s~ `c`", "**b** _i_ ~~s~~ `c`"),
        ("*_x_*", "**_x_**"),
        ("2*3*4 a_b", "2\\*3\\*4 a\\_b"),
        ("`a`b`", "``a`b``"),
        ("```\nx\ny\n```", "```\nx\ny\n```"),
        ("*https://x.com/a_b*", "**https://x.com/a_b**"),
        ("[x](https://x.com)", "\\[x\\](https://x.com)"),
        ("<@123> @everyone", "\\<@123> @everyone"),
        ("# 1 is\n> said", "\\# 1 is\n> said"),
    ],
)
def test_markdown_is_written_so_that_nothing_else_is_formatted(text: str, markdown: str) -> None:
    assert to_markdown(text) == markdown


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("**b** *i* _i_ ~~s~~ ``a`b``", "*b* _i_ _i_ ~s~ `a`b`"),
        ("***x*** __under__", "*_x_* under"),
        ("a\\*b\\*", "a*b*"),
        ("[here](https://x_y_.com/_a_)", "here (https://x_y_.com/_a_)"),
        ("[https://x.com](https://x.com) <https://y.com/_a_>", "https://x.com https://y.com/_a_"),
        ("see ```py\nprint(1)\n``` so", "see \n```print(1)```\n so"),
        ("https://x.com/_a_b_ and ||hidden||", "https://x.com/_a_b_ and ||hidden||"),
        ("# head\n- one", "# head\n- one"),
        ("one\\\ntwo *three*", "one\\\ntwo _three_"),
    ],
)
def test_markdown_is_read_as_marks(markdown: str, text: str) -> None:
    assert from_markdown(markdown) == text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*b* _i_ ~s~ `c`", "<strong>b</strong> <em>i</em> <s>s</s> <code>c</code>"),
        ("<script>alert('*x*')", "&lt;script&gt;alert(&#x27;<strong>x</strong>&#x27;)"),
        ("a\n```x < y\nz```\nb", "a<pre>x &lt; y\nz</pre>b"),
        ("a & https://x.com/?a=1&b_c_=2", "a &amp; https://x.com/?a=1&amp;b_c_=2"),
    ],
)
def test_html_is_escaped_and_nested(text: str, html: str) -> None:
    assert to_html(text) == html


def test_html_for_mail_breaks_lines_outside_blocks_only() -> None:
    assert to_html("a\nb\n```c\nd```", breaks=True) == "a<br>\nb<pre>c\nd</pre>"


@given(texts)
def test_html_there_and_back_keeps_what_is_visible(text: str) -> None:
    again = from_html(to_html(text, breaks=True))
    assert "".join(plain(again).split()) in (
        "".join(plain(text).split()),
        "".join(plain(plain(text)).split()),
    )


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hi <b>Ana</b>,</p><p>see <a href='https://x.com'>this</a></p>", "Hi *Ana*,\n\nsee this (https://x.com)"),
        ("<a href='https://x.com/'>x.com</a> <a href='mailto:a@b.c'>a@b.c</a>", "x.com a@b.c"),
        ("<style>p{}</style><script>x()</script>a<!-- c -->b", "ab"),
        ("<ul><li>one</li><li><p>two</p></li></ul>", "- one\n- two"),
        ("<blockquote>a<br>b<blockquote>c</blockquote></blockquote>d", "> a\n> b\n\n> > c\n\nd"),
        ("<b>a <b>b</b> c</b> <i>  d </i>", "*a b c* _d_"),
        ("<pre>x = 1\n  y</pre>", "```\nx = 1\n  y\n```"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("a &lt;b&gt; &amp;amp;", "a <b> &amp;"),
        ("<img alt='logo' src=x><img src=y>", "logo"),
        ("<div>one</div><div>two</div>\n<div>  three\nfour</div>", "one\ntwo\nthree four"),
        ("<b>a <i>mess</b> of</i> <i>tags", "*a _mess_* _of_ _tags_"),
        ("", ""),
    ],
)  # fmt: skip
def test_html_is_read_as_marks(html: str, text: str) -> None:
    assert from_html(html) == text


@pytest.mark.parametrize(
    "unit",
    [
        "*a ",
        "a* ",
        "*_~`",
        "`a ",
        "```",
        "``` a ",
        "https://",
        "http://x_",
        "*a\n",
        "_*",
        "*a* ",
        "www.",
        "*a _b ",
    ],
)
def test_hostile_text_is_read_in_time_that_grows_with_its_length(unit: str) -> None:
    """Steps that grew with the square would take minutes here: the suite's own limit would end them."""
    text = unit * (HOSTILE // len(unit))
    bare, found = spans(text)
    assert len(bare) <= len(text) * 2
    assert plain(marked(bare, found)) in (bare, plain(bare))
    assert to_html(text)


@pytest.mark.parametrize(
    "unit", ["<b>", "<p>", "<blockquote>", "<a href='x'>", "<li>", "<b>a</b> ", "<", "&amp;", "<!--"]
)
def test_hostile_html_is_read_in_time_that_grows_with_its_length(unit: str) -> None:
    assert isinstance(from_html(unit * (HOSTILE // len(unit)) + "end"), str)


@pytest.mark.parametrize("unit", ["[", "*a", "**a ", "`", "[a](", "_*", "\\", "<http://", "```a", "~~a "])
def test_hostile_markdown_of_a_message_is_read(unit: str) -> None:
    assert isinstance(from_markdown(unit * (4000 // len(unit))), str)
