from datetime import timedelta

from ivr.services.offices import text_of
from tests.fakes.site import NOW, Site

LATER = NOW + timedelta(hours=2)


async def test_numbers_come_from_the_backend_and_outlive_it(site: Site) -> None:
    assert await site.offices.number("duty", region="320200", now=NOW) == "051080000001"
    await site.sandbox.fault("down")
    assert await site.offices.number("duty", region="320200", now=LATER) == "051080000001"
    assert await site.offices.number("duty", region="110000", now=LATER) is None
    assert await site.offices.number("police", region="110000", now=LATER) == "110"
    found = await site.offices.phones("110000", now=LATER)
    assert {phone.number for phone in found} == {"110", "119", "120", "122"}


async def test_the_nearest_place_does_the_business(site: Site) -> None:
    nearest = await site.offices.nearest("medical", region="320200", now=NOW)
    assert nearest is not None
    assert nearest.kind == "clinic"
    places = await site.offices.offices("vehicle_licence", region="320200", now=NOW)
    assert [place.kind for place in places] == ["vehicle_office", "post", "machine", "dealer"]
    await site.sandbox.fault("down")
    assert await site.offices.offices("vehicle_licence", region="320200", now=LATER) == places
    assert await site.offices.nearest("exam", region="320200", now=LATER) is None


async def test_all_places_are_texted_to_a_mobile_number(site: Site) -> None:
    places = await site.offices.offices("vehicle_licence", region="320200", now=NOW)
    ref = await site.seal("c1")
    assert await site.offices.text(places, caller_ref=ref, call_id="c1", now=NOW)
    await site.sending.due(NOW)
    assert [each.to for each in site.sender.sent] == ["13800001111"]
    assert all(place.name in site.sender.sent[0].text for place in places)
    assert text_of(places) == site.sender.sent[0].text


async def test_a_landline_or_no_number_gets_no_text(site: Site) -> None:
    places = await site.offices.offices("exam", region="320200", now=NOW)
    landline = await site.seal("c1", "051082345678")
    assert not await site.offices.text(places, caller_ref=landline, call_id="c1", now=NOW)
    assert not await site.offices.text(places, caller_ref="sv_gone", call_id="c1", now=NOW)
