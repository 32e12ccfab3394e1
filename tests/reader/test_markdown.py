"""Researchers' Markdown in readers' pages: what could run, load or follow a reader does not survive."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader.templatetags.markdown import markdown

TAG = re.compile(r"<(/?)([a-z0-9]+)([^>]*)>")
KNOWN = {
    "p",
    "a",
    "em",
    "strong",
    "ul",
    "ol",
    "li",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "code",
    "pre",
    "blockquote",
    "hr",
    "br",
}


def levels(text):
    return [int(level) for level in re.findall(r"<h(\d)>", markdown(text))]


def test_plain_markdown_is_rendered_as_the_commonmark_specification_says():
    # Examples of CommonMark 0.31.2, headings one level down and the address a full one.
    assert markdown("# foo") == "<h2>foo</h2>\n"
    assert markdown("*foo bar*") == "<p><em>foo bar</em></p>\n"
    assert '<a href="https://a.org/uri" title="title"' in markdown('[link](https://a.org/uri "title")')
    assert markdown("- foo\n- bar\n+ baz") == "<ul>\n<li>foo</li>\n<li>bar</li>\n</ul>\n<ul>\n<li>baz</li>\n</ul>\n"


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a <b onclick='x()'>b</b>",
        "<svg/onload=alert(1)>",
        "<!-- --><iframe src=//evil.org>",
    ],
)
def test_raw_html_is_shown_as_text(attack):
    tags = {name for _, name, _ in TAG.findall(markdown(attack))}

    assert tags == {"p"}
    assert "&lt;" in markdown(attack)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "java%0ascript:alert(1)",
        "vbscript:x",
        "data:text/html,<script>alert(1)</script>",
        "data:image/png;base64,AAAA",
        "file:///etc/passwd",
        "/library/",
        "//evil.org/x",
    ],
)
@pytest.mark.parametrize("form", ["[x]({})", "<{}>", "[x][1]\n\n[1]: {}"])
def test_only_web_and_mail_addresses_become_links(form, address):
    assert "<a" not in markdown(form.format(address))


def test_links_open_beside_the_study_and_tell_the_other_site_nothing():
    for text in ("[x](https://a.org)", "<https://a.org>", "**[x](HTTP://a.org)**"):
        assert 'target="_blank" rel="noopener noreferrer"' in markdown(text)
    assert 'href="mailto:me@a.org"' in markdown("<me@a.org>")


def test_a_picture_from_elsewhere_is_only_its_description():
    assert markdown("![a lung](https://evil.org/pixel.png)") == "<p>a lung</p>\n"
    assert "<img" not in markdown("[![a lung](https://evil.org/p.png)](https://a.org) ![](/media/x.png)")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# a\n## b\n# c", [2, 3, 2]),
        ("### a\n##### b\n### c", [2, 3, 2]),
        ("# a\n###### b\n### c\n## d", [2, 3, 3, 3]),
        ("a\n=\nb\n-", [2, 3]),
        ("# 1\n## 2\n### 3\n#### 4\n##### 5\n###### 6", [2, 3, 4, 5, 6, 6]),
        ("> # a\n\n## b", [2, 3]),
    ],
)
def test_headings_begin_below_the_pages_own_and_never_skip_a_level(text, expected):
    assert levels(text) == expected


@given(st.text(alphabet=st.sampled_from("#*_[]()<>!`\"'&;:/\\= \n\tajsx1-"), max_size=200))
def test_whatever_is_written_only_known_tags_come_out(text):
    for _, name, attributes in TAG.findall(markdown(text)):
        assert name in KNOWN
        assert not re.search(r"\bon\w+\s*=|\bsrc\s*=|\bstyle\s*=", re.sub(r'"[^"]*"', "", attributes))


@given(st.lists(st.integers(1, 6), max_size=12))
def test_no_order_of_headings_skips_a_level(written):
    found = [1, *levels("\n".join("#" * level + " x" for level in written))]

    assert all(later - earlier <= 1 for earlier, later in pairwise(found))
