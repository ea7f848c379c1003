"""Pages with a form, found by walking the addresses: which of them guard the record that they change."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

BUTTONS = {"require_GET", "require_POST"}


def pages_with_forms() -> dict[str, Callable[..., Any]]:
    """Views of `sapar.web` that both show and take, by name of their address: neither lists nor buttons."""
    return {
        name: view
        for name, view in _named(get_resolver().url_patterns)
        if view.__module__.startswith("sapar.web.") and not BUTTONS & _decorators(view)
    }


def guards(view: Callable[..., Any]) -> bool:
    """The view, or a function of its module that it calls, guards a row."""
    called = _names(_function(view))
    own = {one.name: one for one in _tree(_module(view)).body if isinstance(one, ast.FunctionDef)}
    return "guard" in called or any("guard" in _names(own[name]) for name in called & own.keys())


def _named(
    patterns: list[URLPattern | URLResolver], space: str = ""
) -> Iterator[tuple[str, Callable[..., Any]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inside = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _named(pattern.url_patterns, inside)
        elif pattern.name:
            yield f"{space}{pattern.name}", pattern.callback


def _module(view: Callable[..., Any]) -> ModuleType:
    return import_module(view.__module__)


@cache
def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(inspect.getsource(module))


def _function(view: Callable[..., Any]) -> ast.FunctionDef:
    """Also of a view that a function of its module made."""
    name = inspect.unwrap(view).__name__
    return next(
        one for one in ast.walk(_tree(_module(view))) if isinstance(one, ast.FunctionDef) and one.name == name
    )


def _decorators(view: Callable[..., Any]) -> set[str]:
    decorators = _function(view).decorator_list
    return {name for one in decorators for name in _names(one)}


def _names(node: ast.AST) -> set[str]:
    """Names and attributes that stand in the code."""
    found = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return found | {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}
