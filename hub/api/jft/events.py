"""An event as JFT's readers get it: what was submitted, with JFT's id, time and tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hub.api.paging import instant
from hub.fhir import verbatim
from hub.model.event import Source
from hub.store.submissions import Submission

#: What the systems of JFT's own tags begin with.
JFT_SYSTEMS = "https://fhir.jft.nhn.no/"
PARENT_ORGANISATION = f"{JFT_SYSTEMS}parent-organization-number"
SOURCE_CLIENT_ID = f"{JFT_SYSTEMS}source-client-id"
SOURCE_CLIENT_NAME = f"{JFT_SYSTEMS}source-client-name"
SOURCE_SYSTEM_NAME = f"{JFT_SYSTEMS}source-system-name"
#: The documentation names no system for this one; a reader may leave the system out.
ACKNOWLEDGED_SYSTEM, ACKNOWLEDGED = f"{JFT_SYSTEMS}event-status", "journaling-acknowledged"
CASE_SYSTEM = "urn:knutepunkt:case"


def event(submission: Submission) -> bytes:
    """The event's resource. What is no JFT type by itself is put in a Bundle, whole."""
    resource: dict[str, Any] = verbatim.loads(submission.raw)
    if submission.submitted_type != submission.resource_type:
        resource = {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"fullUrl": f"urn:uuid:{submission.id}", "resource": resource}],
        }
    written = resource.get("meta")
    before = written if isinstance(written, dict) else {}
    tags = [*_given_tags(before.get("tag")), *_own_tags(submission)]
    meta = {**before, "lastUpdated": instant(submission.stamp), "tag": tags}
    rest = {name: value for name, value in resource.items() if name not in {"resourceType", "id", "meta"}}
    return verbatim.dumps({"resourceType": resource["resourceType"], "id": submission.id, "meta": meta, **rest})


def _given_tags(given: Any) -> list[Any]:
    """The sender's own tags: those with our systems are ours alone to give."""
    tags = given if isinstance(given, list) else [] if given is None else [given]
    return [tag for tag in tags if not _is_ours(tag.get("system") if isinstance(tag, dict) else None)]


def _is_ours(system: Any) -> bool:
    return isinstance(system, str) and (system.startswith(JFT_SYSTEMS) or system == CASE_SYSTEM)


def _own_tags(submission: Submission) -> list[dict[str, str]]:
    tags = source_tags(submission.municipality, submission.source)
    tags.append({"system": CASE_SYSTEM, "code": submission.case_id})
    if submission.acknowledged_at is not None:
        tags.append({"system": ACKNOWLEDGED_SYSTEM, "code": ACKNOWLEDGED})
    return tags


def source_tags(municipality: str, source: Source) -> list[dict[str, str]]:
    """Whose event it is and who submitted it."""
    said: Sequence[tuple[str, str | None]] = (
        (PARENT_ORGANISATION, municipality),
        (SOURCE_CLIENT_ID, source.client_id),
        (SOURCE_CLIENT_NAME, source.client_name),
        (SOURCE_SYSTEM_NAME, source.system_name),
    )
    return [{"system": system, "code": code} for system, code in said if code]
