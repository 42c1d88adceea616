"""Contract tests over the registry: every price model, ours or somebody else's, must hold these."""

import re
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.metering.charges import Charges, Terms, charge
from hub.metering.month import Month, months_from
from hub.metering.municipalities import Municipality
from hub.metering.price_model import PriceModel, settings_of
from hub.metering.state_share import StateShare
from hub.metering.worked_example import WorkedExample, example_world
from hub.metering.world import World
from hub.model.codes import ServiceCode
from hub.model.errors import ConfigurationError
from hub.plugins import PRICE_MODELS, discover

MODELS: dict[str, PriceModel] = discover(PRICE_MODELS)
EXAMPLES = [(m, e) for m in MODELS.values() for e in m.examples]


@pytest.mark.parametrize(("model", "example"), EXAMPLES, ids=[f"{m.name}-{i}" for i, (m, _) in enumerate(EXAMPLES)])
def test_the_engine_agrees_with_the_calculation_by_hand(model: PriceModel, example: WorkedExample) -> None:
    terms = Terms(settings_of(model, example.settings), StateShare(example.state_percent), example.prices)
    charges = charge(example_world(example), model, terms)

    fixed, variable = charges.fixed.sum(axis=(0, 1)), charges.variable.sum(axis=(0, 1))
    expected = [(m.fixed_ore, m.variable_ore) for m in example.municipalities]
    assert list(zip(fixed.tolist(), variable.tolist(), strict=True)) == expected
    assert int(charges.state.sum()) == example.state_ore


def test_every_model_asked_for_is_there() -> None:
    assert set(MODELS) >= {
        "nhn-2024",
        "per-case",
        "per-user",
        "per-inhabitant",
        "tiers",
        "base-cap-floor",
        "transition",
    }


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_every_model_publishes_its_formula_and_a_worked_example(model: PriceModel) -> None:
    assert model.examples
    assert "(i)" in model.formula
    assert not re.search(r"\b(the|of|by|month|bill)\b", model.formula), "what a municipality reads is Norwegian"
    for parameter in model.parameters:
        assert parameter.title
        assert parameter.least <= parameter.default


def small_worlds() -> st.SearchStrategy[World]:
    return st.builds(
        _world,
        seed=st.integers(0, 10**6),
        draws=st.integers(1, 3),
        months=st.integers(1, 18),
        first=st.integers(1, 12),
        municipalities=st.integers(1, 6),
        total=st.integers(0, 10**11),
        busy=st.sampled_from([0.0, 0.3, 1.0]),
    )


def _world(*, seed: int, draws: int, months: int, first: int, municipalities: int, total: int, busy: float) -> World:
    rng = np.random.default_rng(seed)
    period = months_from(Month(2025, first), months)
    shape = (draws, months, municipalities)
    connected = rng.random(shape) < busy
    users = rng.integers(0, 50, (*shape, 2)) * connected[..., None]
    years = len({m.year for m in period})
    return World(
        months=period,
        municipalities=tuple(Municipality(str(n), str(n), "", str(n), 1, ()) for n in range(municipalities)),
        services=(ServiceCode.SAFETY_ALARM, ServiceCode.MEDICATION),
        yearly_gross=np.full((draws, years), total) + rng.integers(0, 1000, (draws, years)),
        key=np.broadcast_to(rng.integers(1, 10**6, municipalities), shape[1:]),
        population=np.broadcast_to(rng.integers(200, 10**6, municipalities), shape[1:]),
        connected=connected,
        cases=users * 3,
        users=users,
        reads=rng.integers(0, 9, shape) * connected,
    )


state_shares = st.builds(
    StateShare,
    percent=st.decimals(0, 100, places=2),
    by_service=st.sampled_from([{}, {ServiceCode.SAFETY_ALARM: Decimal(50)}]),
    first=st.sampled_from([Decimal(0), Decimal(3), Decimal("0.5")]),
    small=st.sampled_from([0, 5000]),
)


def balances(charges: Charges) -> bool:
    carried_in = np.concatenate([np.zeros_like(charges.carried[:, :1]), charges.carried[:, :-1]], axis=1)
    paid = charges.state + charges.fixed.sum(axis=-1) + charges.variable.sum(axis=-1) + charges.carried
    return bool((charges.gross + carried_in == paid).all())


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@given(world=small_worlds(), state=state_shares)
@settings(max_examples=40, deadline=None)
def test_every_level_sums_to_the_one_above_and_nobody_is_paid_to_take_part(
    model: PriceModel, world: World, state: StateShare
) -> None:
    charges = charge(world, model, Terms(settings_of(model, {}), state))
    assert balances(charges)
    assert (charges.fixed >= 0).all()
    assert (charges.variable >= 0).all()
    assert (charges.state >= 0).all()
    for one in charges.pots:
        left = one.payable - one.parts.sum(axis=-1)
        assert (left >= 0).all()
        assert one.pot.most is not None or not left.any()
    if not state.takes_from_bills:
        upper = (charges.gross.sum(axis=1) + len(world.months)) * state.percent / 100 + len(world.months)
        assert model.name == "base-cap-floor" or (charges.state.sum(axis=1) <= upper.astype(np.float64)).all()


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@given(world=small_worlds(), percent=st.decimals(0, 100, places=1))
@settings(max_examples=20, deadline=None)
def test_a_price_list_leaves_the_rest_to_the_state(model: PriceModel, world: World, percent: Decimal) -> None:
    terms = Terms(settings_of(model, {}), StateShare(percent), "list")
    if any(pot.listed is None for pot in model.pots(world, terms.settings)):
        with pytest.raises(ConfigurationError, match="prisliste"):
            charge(world, model, terms)
        return
    charges = charge(world, model, terms)
    assert balances(charges)
    assert not charges.carried.any()


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@given(world=small_worlds())
@settings(max_examples=20, deadline=None)
def test_draws_are_calculated_as_if_each_were_alone(model: PriceModel, world: World) -> None:
    terms = Terms(settings_of(model, {}))
    together = charge(world, model, terms).municipal
    for draw in range(len(world.yearly_gross)):
        one = slice(draw, draw + 1)
        alone = World(
            world.months,
            world.municipalities,
            world.services,
            world.yearly_gross[one],
            world.key,
            world.population,
            world.connected[one],
            world.cases[one],
            world.users[one],
            world.reads[one],
        )
        assert (
            charge(alone, model, terms).municipal[0] == np.broadcast_to(together, world.connected.shape)[draw]
        ).all()


def test_a_model_is_added_by_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import hub.metering.price_models as package

    (tmp_path / "flat.py").write_text(
        '"""bill(i) = the same for all."""\n'
        "import numpy as np\n"
        "from hub.metering.pot import Pot, every_month\n"
        "from hub.metering.price_model import Billing, PriceModel\n"
        "def pots(world, settings):\n"
        "    ones = np.ones((1, *world.key.shape), np.int64)\n"
        "    return (Pot('likt', 'Likt', 'likt på alle', 'fixed', every_month(world), ones),)\n"
        "MODEL = PriceModel(name='flat', title='Likt', formula=__doc__, billing=Billing(), examples=(), pots=pots)\n"
    )
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    assert "flat" in discover(PRICE_MODELS)


def test_bad_parameters_are_all_named() -> None:
    with pytest.raises(ConfigurationError) as caught:
        settings_of(MODELS["per-case"], {"price": Decimal(-1), "pris": Decimal(2), "factor.ta": Decimal("NaN")})
    assert {fault.key for fault in caught.value.faults} == {"price", "pris", "factor.ta"}
