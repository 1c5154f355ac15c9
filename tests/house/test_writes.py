"""Every write goes through a command, so that none escapes the audit.

Outside `commands/` and migrations no line of the authority or of a door calls what writes to a table: `save`,
`delete`, and the writing methods of managers and querysets. Sets and dictionaries have an `update` too; hence
only calls on something that names a manager (`objects`) or a step of a queryset are looked at.
"""

from __future__ import annotations

import ast

from house.reading import Source, sources

ALWAYS_A_WRITE = {
    "save", "bulk_create", "bulk_update", "abulk_create", "get_or_create", "update_or_create", "asave",
}  # fmt: skip
A_WRITE_ON_A_MANAGER = {
    "create",
    "update",
    "delete",
    "acreate",
    "aupdate",
    "adelete",
    "add",
    "set",
    "remove",
    "clear",
}
QUERYSET_STEPS = {
    "objects",
    "filter",
    "exclude",
    "all",
    "select_for_update",
    "_default_manager",
    "_base_manager",
}


def test_no_write_escapes_the_commands() -> None:
    looked_at = [
        source
        for source in sources()
        if source.within("authority", "doors", "config")
        and not source.is_migration
        and "commands" not in source.module.split(".")[:4]
    ]
    assert looked_at
    found = [place for source in looked_at for place in writes(source)]
    assert not found, "\n".join(found)


def writes(source: Source) -> list[str]:
    calls = [node for node in ast.walk(source.tree) if isinstance(node, ast.Call)]
    return [
        f"{source.at(call)}: {ast.unparse(call.func)}(…) belongs into a command"
        for call in calls
        if isinstance(call.func, ast.Attribute) and is_write(call.func)
    ]


def is_write(call: ast.Attribute) -> bool:
    if call.attr in ALWAYS_A_WRITE:
        return True
    if call.attr == "delete":  # a queryset's or an instance's; nothing else of ours has it
        return True
    return call.attr in A_WRITE_ON_A_MANAGER and bool(steps(call.value) & QUERYSET_STEPS)


def steps(node: ast.expr) -> set[str]:
    """Names along a chain: `Terminal.objects.filter(…)` gives Terminal, objects, filter."""
    found: set[str] = set()
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
            node = node.value
        else:
            return found | ({node.id} if isinstance(node, ast.Name) else set())


def test_the_test_sees_a_write() -> None:
    """The guard itself: each form that it knows is seen, and what only looks like one is not."""
    seen = {"row.save()", "Row.objects.filter(a=1).update(b=2)", "Row.objects.create()", "row.delete()"}
    unseen = {"seen.update(other)", "names.add(1)", "hashlib.new('x').update(b'')", "os.environ.clear()"}
    for text in seen | unseen:
        call = ast.parse(text, mode="eval").body
        assert isinstance(call, ast.Call)
        assert isinstance(call.func, ast.Attribute)
        assert is_write(call.func) is (text in seen), text
