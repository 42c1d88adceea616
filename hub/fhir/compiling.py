"""Turns shapes into checks: plain functions that walk a value once and answer None when all is well.

A check is made at first need and kept. Types that are untouched by profiles share one check, which is how types
that hold each other (an Identifier's Reference's Identifier) come to an end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hub.fhir import bindings, demands, identities, invariants, primitives, references, unheld, walking
from hub.fhir.drafts import Check, Context, Draft, Drafts, shown
from hub.fhir.elements import PRIMITIVES, is_resource
from hub.fhir.resource_names import RESOURCE_NAMES
from hub.fhir.rules import Profile, Rulebook
from hub.fhir.shapes import Node, Shape, base_shape, child_shape, json_name, lay
from hub.fhir.slice_checks import slices_check

_NO_DEFAULTS: Mapping[str, str] = {}
#: Types of which every message of one kind says the same, and which hold nothing that is judged by time or place.
_SAID_AGAIN = frozenset({"CodeableConcept", "Coding"})


class Compiler:
    """Makes and keeps the checks of one rulebook."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._types: dict[str, Check] = {}
        self._resources: dict[tuple[str, tuple[str, ...]], Check] = {}
        self._extensions: dict[str, Check] = {}

    def resource(self, type_name: str, profiles: tuple[str, ...]) -> Check:
        """The check of a resource against R4 and `profiles` (addresses in the rulebook, of this type)."""
        key = (type_name, profiles)
        if key not in self._resources:
            shape = base_shape(type_name)
            for url in profiles:
                lay(self._rulebook.profiles[url], shape, self._rulebook)
            self._resources[key] = self._object(shape)
        return self._resources[key]

    def check_resource(self, value: Any, context: Context) -> Drafts:
        """Check a resource that stands on its own or in a Bundle: against the profiles it names, or the default."""
        return self._dispatch(value, context, self._rulebook.defaults)

    def check_contained(self, value: Any, context: Context) -> Drafts:
        """Check a contained resource: against R4 and the profiles that it names itself."""
        return self._dispatch(value, context, _NO_DEFAULTS)

    def _dispatch(self, value: Any, context: Context, defaults: Mapping[str, str]) -> Drafts:
        if type(value) is not dict:
            return walking.not_resource(value)
        name = value.get("resourceType")
        if type(name) is not str or name not in RESOURCE_NAMES:
            found = shown(name) if name is not None else None
            return [Draft("resource", "resource-unknown", path=".resourceType", found=found)]
        if not is_resource(name):
            return walking.unread(value)
        profiles = self._named(value, name) or ((defaults[name],) if name in defaults else ())
        outer = context.local
        context.local = references.contained_ids(value)
        drafts = self.resource(name, profiles)(value, context)
        context.local = outer
        remarks = unheld.profiles(value, self._rulebook.profiles, name) if "meta" in value else None
        return [*(drafts or ()), *remarks] if remarks else drafts

    def _named(self, value: dict[str, Any], type_name: str) -> tuple[str, ...]:
        """The known profiles of this type that the resource says it keeps to."""
        meta = value.get("meta")
        named = meta.get("profile") if type(meta) is dict else None
        if type(named) is not list:
            return ()
        known = self._rulebook.profiles
        urls = [n.partition("|")[0] for n in named if type(n) is str]
        return tuple(dict.fromkeys(u for u in urls if u in known and known[u].type == type_name))

    def type_check(self, name: str) -> Check:
        """The check of a data type as R4 has it."""
        if name in primitives.CHECKS:
            return primitives.CHECKS[name]
        if name == "Resource":
            return self.check_resource
        if name == "Contained":
            return self.check_contained
        if name == "Extension":
            return self._check_extension
        if name not in self._types:
            self._types[name] = walking.late(self._types, name)
            self._types[name] = self._object(base_shape(name))
        return self._types[name]

    def _check_extension(self, value: Any, context: Context) -> Drafts:
        url = value.get("url") if type(value) is dict else None
        if type(url) is not str or url not in self._rulebook.profiles:
            url = ""
        if url not in self._extensions:
            self._extensions[url] = walking.late(self._extensions, url)
            shape = base_shape("Extension")
            if url:
                lay(self._rulebook.profiles[url], shape, self._rulebook)
            self._extensions[url] = self._object(shape)
        return self._extensions[url](value, context)

    def _object(self, shape: Shape) -> Check:
        """The check of an object of `shape`."""
        checks: dict[str, Check] = {}
        names: dict[str, str] = {}
        for node in shape.nodes.values():
            self._element(node, shape, checks)
            names |= {json_name(node.element, t): demands.path_name(node) for t in node.element.types}
        if is_resource(shape.type_name):
            checks["resourceType"] = walking.nothing
        return walking.object_check(
            checks,
            {key: name for key, name in names.items() if key != name},
            required=tuple(demands.required(n) for n in shape.nodes.values() if n.least),
            choices=tuple(demands.choice(n) for n in shape.nodes.values() if len(n.element.types) > 1),
            rules=invariants.of(shape.type_name, shape.label, shape.invariants),
        )

    def _element(self, node: Node, shape: Shape, checks: dict[str, Check]) -> None:
        for name in node.element.types or ("",):
            key = json_name(node.element, name)
            if node.most == 0:
                checks[key] = walking.always(demands.forbidden(node))
            elif name and name not in node.types:
                checks[key] = walking.always(demands.wrong_choice(node))
            else:
                checks[key] = self._placed(node, name, shape)
            if name in PRIMITIVES:
                beside = node.shapes.get("Element")
                element = self._object(beside) if beside else self.type_check("Element")
                checks[f"_{key}"] = walking.primitive_extension(element)

    def _placed(self, node: Node, type_name: str, shape: Shape) -> Check:
        whole = slices_check(node, type_name, self._rulebook)
        parts = [self._value(node, type_name, shape)]
        if node.is_list:
            parts = [demands.listed(node, parts[0])]
        check = walking.all_of([*parts, *([whole] if whole else [])])
        return walking.remembered(check) if type_name in _SAID_AGAIN else check

    def _value(self, node: Node, type_name: str, shape: Shape) -> Check:
        """The check of one value of the node: its type's, then what is demanded of it here."""
        checks = [self._typed(node, type_name, shape)]
        bound = (bindings.bound(b, type_name, s, self._rulebook) for b, s in node.bindings)
        checks += [check for check in bound if check]
        checks += [demands.fixed(text, source) for text, source in node.fixed]
        if type_name == "Reference" and node.targets:
            checks.append(references.target_check(node.targets))
        if node.element.is_patient:
            checks.append(identities.patient_check(type_name))
        return walking.all_of(checks)

    def _typed(self, node: Node, type_name: str, shape: Shape) -> Check:
        if node.element.codes and type_name == "code":
            return primitives.one_of(node.element.codes)
        if node.element.same_as:
            return self._again(node.element.same_as, shape.groups)
        if not type_name:
            return self._group(child_shape(node, "", shape))
        profile = self._value_profile(node, type_name)
        if profile or type_name in node.shapes or (node.element.is_time and type_name == "Period"):
            return self._object(self._narrowed(node, type_name, shape, profile))
        timed = f"{type_name}@time"
        return self.type_check(timed if node.element.is_time and timed in primitives.CHECKS else type_name)

    def _value_profile(self, node: Node, type_name: str) -> Profile | None:
        known = (self._rulebook.profiles.get(url) for url in node.profiles)
        return next((p for p in known if p and p.type == type_name != "Extension"), None)

    def _narrowed(self, node: Node, type_name: str, shape: Shape, profile: Profile | None) -> Shape:
        below = child_shape(node, type_name, shape)
        if profile:
            lay(profile, below, self._rulebook)
        if node.element.is_time and type_name == "Period":
            for edge in ("start", "end"):
                below.nodes[edge].element = replace(below.nodes[edge].element, is_time=True)
        return below

    def _group(self, shape: Shape) -> Check:
        if shape.check is None:
            shape.check = self._object(shape)
        return shape.check

    def _again(self, name: str, groups: dict[str, Shape]) -> Check:
        def check(value: Any, context: Context) -> Drafts:
            return self._group(groups[name])(value, context)

        return check
