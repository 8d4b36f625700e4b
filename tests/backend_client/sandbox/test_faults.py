from backend_client.sandbox.faults import Fault, Faults


def test_a_fault_lasts_as_many_requests_as_asked_for_on_its_paths_only() -> None:
    faults = Faults()
    assert faults.next("/v1/clues").mode == "none"
    faults.set(Fault(mode="down", count=2, path_prefix="/v1/vehicles"))
    modes = [faults.next(p).mode for p in ("/v1/vehicles/find", "/v1/clues", "/v1/vehicles/find")]
    assert modes == ["down", "none", "down"]
    assert faults.next("/v1/vehicles/find").mode == "none"
