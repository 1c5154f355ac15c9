"""A public thing says more than its name does."""

from __future__ import annotations

import ast
import re

from house.reading import Function, Source, sources

OURS = [source for source in sources() if not source.is_migration]
EMPTY_WORDS = {
    "a",
    "an",
    "the",
    "this",
    "its",
    "of",
    "for",
    "to",
    "and",
    "return",
    "returns",
    "get",
    "give",
    "gives",
}


def words(text: str) -> set[str]:
    split = re.sub(r"([a-z])([A-Z])", r"\1 \2", text)
    return {word.lower().rstrip("s") for word in re.findall(r"[^\W\d_]+", split)} - EMPTY_WORDS


def public_things(source: Source) -> list[ast.ClassDef | Function]:
    """Public functions and classes of a module, and public methods of public classes."""
    found: list[ast.ClassDef | Function] = []
    nodes: list[ast.stmt] = list(source.tree.body)
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
            found.append(node)
            if isinstance(node, ast.ClassDef):
                nodes.extend(node.body)
    return found


def test_a_docstring_says_more_than_the_name() -> None:
    bare = [
        f'{source.at(thing)} {thing.name}: """{text.splitlines()[0]}"""'
        for source in OURS
        for thing in public_things(source)
        if (text := ast.get_docstring(thing)) and words(text) <= words(thing.name)
    ]
    assert not bare, "\n".join(bare)


def test_every_module_opens_with_what_it_is() -> None:
    silent = [
        source.at()
        for source in OURS
        if source.text.strip()
        and words(ast.get_docstring(source.tree) or "") <= words(source.module.rpartition(".")[2])
    ]
    assert not silent, "\n".join(silent)
