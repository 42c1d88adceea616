"""The live flow: everything that happens comes, once, also to whoever was away."""

import asyncio
import contextlib

from tests.console.visitor import listening

WITHIN_S = 20


async def until(lines, *, case, states):
    """The lines of `case` until all `states` have come."""
    found = []
    async with asyncio.timeout(WITHIN_S):
        async for number, line in lines:
            if line["link"].endswith(case):
                found.append((number, line))
            if set(states) <= {line["what"] for _, line in found}:
                return found
    raise AssertionError(found)


async def test_a_press_is_told_of_as_accepted_and_delivered(visitor):
    async with listening(visitor) as lines:
        case = await visitor.press()
        found = await until(lines, case=case, states=["accepted", "settled"])
    said = {line["what"]: line for _, line in found}
    assert said["accepted"]["state"] == "Mottatt"
    assert "Trygghetsalarm" in said["accepted"]["about"]
    assert said["settled"]["municipality"] == "Testvik"


async def test_a_message_sent_twice_is_told_of_as_a_duplicate(visitor):
    async with listening(visitor) as lines:
        case = await visitor.press(twice="1")
        await until(lines, case=case, states=["accepted", "duplicate", "settled"])


async def test_whoever_comes_back_gets_everything_since_and_nothing_twice(visitor):
    async with listening(visitor) as lines:
        first = await visitor.press()
        seen = await until(lines, case=first, states=["accepted", "settled"])
    left_at = seen[-1][0]
    cases = [await visitor.press(what="fall") for _ in range(3)]
    async with listening(visitor, **{"Last-Event-ID": left_at}) as lines:
        missing, ids = set(cases), []
        async with asyncio.timeout(WITHIN_S):
            async for _, line in lines:
                ids.append(line["id"])
                if line["what"] == "settled":
                    missing.discard(line["link"].removeprefix("/cases/"))
                if not missing:
                    break
    assert len(ids) == len(set(ids))
    assert min(ids) > int(left_at) - 1
    assert not {line["id"] for _, line in seen} & set(ids)


async def is_told(visitor, query, case):
    """Whether a line of `case` comes to whoever asks so; if none has come after a while, none will."""
    async with listening(visitor, query) as lines:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(WITHIN_S if FILTERS[query.partition("&")[0]] else SILENCE_S):
                async for _, line in lines:
                    if line["link"].endswith(case):
                        return True
    return False


SILENCE_S = 0.8
FILTERS = {
    "municipality=314159265": True,
    "municipality=310000019": False,
    "sender=Acme_Alarm_Testvik": True,
    "service=dt": True,
    "service=md": False,
    "kind=alert": True,
    "kind=measurement": False,
    "what=accepted": True,
    "what=rejected": False,
}


async def test_a_filter_lets_through_what_it_says(visitor):
    async with listening(visitor) as everything:
        case = await visitor.press(what="left_bed")
        before = await until(everything, case=case, states=["accepted", "settled"])
    first = min(line["id"] for _, line in before) - 1
    told = await asyncio.gather(*(is_told(visitor, f"{query}&after={first}", case) for query in FILTERS))
    assert dict(zip(FILTERS, told, strict=True)) == FILTERS


async def test_one_cases_lines_can_be_followed_alone(visitor):
    case = await visitor.press()
    async with listening(visitor, f"case={case}&after=0") as lines:
        found = await until(lines, case=case, states=["accepted"])
    assert {line["link"] for _, line in found} == {f"/cases/{case}"}


async def test_no_line_holds_a_patient(visitor):
    async with listening(visitor) as lines:
        case = await visitor.press(patient="21016400952")
        found = await until(lines, case=case, states=["accepted", "settled"])
    assert "21016400952" not in str(found)
