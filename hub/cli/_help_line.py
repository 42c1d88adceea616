"""A command's line in the list of commands, read from its file as text: importing them all takes seconds."""

from __future__ import annotations

import ast
from pathlib import Path


def help_line(file: Path) -> str:
    """What typer would show of the command in `file`: the help of `app`, or its only command's docstring."""
    tree = ast.parse(file.read_bytes())
    commands = [f for f in tree.body if isinstance(f, ast.FunctionDef) and _is_registered(f, "command")]
    if len(commands) == 1 and not _is_group(tree):
        return ast.get_docstring(commands[0]) or ""
    return _help_of_app(tree)


def _is_group(tree: ast.Module) -> bool:
    """Whether `app` has something besides commands: a callback, or another app under it."""
    has_callback = any(isinstance(f, ast.FunctionDef) and _is_registered(f, "callback") for f in tree.body)
    calls = (s.value.func for s in tree.body if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call))
    return has_callback or any(ast.unparse(called) == "app.add_typer" for called in calls)


def _is_registered(function: ast.FunctionDef, how: str) -> bool:
    decorators = (d.func for d in function.decorator_list if isinstance(d, ast.Call))
    return any(ast.unparse(decorator) == f"app.{how}" for decorator in decorators)


def _help_of_app(tree: ast.Module) -> str:
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "app":
            given = statement.value.keywords if isinstance(statement.value, ast.Call) else []
            return "".join(ast.literal_eval(keyword.value) for keyword in given if keyword.arg == "help")
    return ""
