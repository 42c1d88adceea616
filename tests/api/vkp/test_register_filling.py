"""The simulator's population can be asked about like anybody in the register."""

from devices_sim.population import populate
from devices_sim.rates import load_rates
from devices_sim.town import town
from hub.app.register_filling import fill_residents
from hub.plugins import DEVICES, discover
from tests.api.national import ORGANISATION
from tests.messages import LINE


async def test_residents_are_found_by_number_with_the_services_of_their_equipment(world, vkp):
    testvik = town(ORGANISATION, "Testvik", {"safety_alarm": 12, "location_tracking": 3})
    elsewhere = town("994598759", "Annetsteds", {"safety_alarm": 2})
    people = populate([testvik, elsewhere], seed=1, rates=load_rates().values, devices=discover(DEVICES))
    everybody = [r for residents in people.residents.values() for r in residents]
    many = await fill_residents(world.engines, world.settings, everybody)
    assert many == len(people.residents[ORGANISATION]) == await fill_residents(world.engines, world.settings, everybody)
    headers = {"ServiceCodes": "ta"}
    url = f"/epj/r4/{ORGANISATION}/patient/_search"
    resident = next(r for r in people.residents[ORGANISATION] if any(k.service == "safety_alarm" for k in r.kits))
    for person in (resident.identity, LINE):
        answer = await vkp("POST", url, data={"identifier": person}, headers=headers)
        assert len(answer.resources) == 1
    listed = await vkp("POST", url, headers=headers)
    assert 4 < len(listed.resources) <= many + 4
