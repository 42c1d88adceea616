"""What tests expect of a lane again and again, each with the words for a reader."""

from __future__ import annotations

from collections.abc import Sequence

from hub.conformance.national.lane import Lane
from hub.conformance.verdicts import both, expect
from hub.model.codes import ReceiptCode


def expect_registered(lane: Lane, number: int) -> None:
    """Exactly `number` messages were registered as something new."""
    found = sum(taken.outcome.code == "accepted" for taken in lane.heard.taken)
    expect(
        found == number,
        expected=both(f"{number} registrerte hendelser", f"{number} events registered"),
        seen=both(
            f"{found} registrerte av {len(lane.heard.messages)} mottatte meldinger",
            f"{found} registered of {len(lane.heard.messages)} messages received",
        ),
    )


def expect_cases(lane: Lane, number: int) -> None:
    """All that was registered belongs to exactly `number` cases."""
    found = len(lane.heard.cases())
    expect(
        found == number,
        expected=both(f"{number} saker, og dermed journalnotater", f"{number} cases, and so journal notes"),
        seen=both(f"{found} saker", f"{found} cases"),
    )


def expect_codes(lane: Lane, codes: Sequence[ReceiptCode]) -> None:
    """The messages became these in this order, repeats aside."""
    found = [code for code in lane.heard.codes() if code is not ReceiptCode.DUPLICATE]
    expect(
        found == list(codes),
        expected=both(f"kvitteringene {_named(codes)}", f"the receipts {_named(codes)}"),
        seen=both(f"kvitteringene {_named(found)}", f"the receipts {_named(found)}"),
    )


def _named(codes: Sequence[ReceiptCode]) -> str:
    return ", ".join(code.value for code in codes) or "-"
