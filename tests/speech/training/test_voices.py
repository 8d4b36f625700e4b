import random

from ivr.speech.training import voices


def test_a_data_folder_adds_random_variants_to_what_is_installed(tmp_path, monkeypatch):
    installed = tmp_path / "installed"
    for name in ("voices/!v", "lang/sit", "lang/gmw", "lang/roa"):
        (installed / name).mkdir(parents=True)
    (installed / "phontab").write_text("x")
    (installed / "voices" / "!v" / "f3").write_text("name f3")
    (installed / "lang" / "sit" / "cmn").write_text("name cmn")
    monkeypatch.setattr(voices, "_DEBIAN_DATA", installed)
    folder = voices.make_data_folder(tmp_path / "made")
    data = folder / "espeak-ng-data"
    assert (data / "phontab").read_text() == "x"
    assert (data / "lang" / "sit" / "cmn").exists()
    assert not (data / "lang" / "roa").exists()
    assert {path.name for path in (data / "voices" / "!v").iterdir()} == {"f3", *voices.variant_names()}
    assert voices.make_data_folder(tmp_path / "made") == folder


def test_a_variant_is_the_same_for_the_same_seed():
    assert voices._variant("a", random.Random(1)) == voices._variant("a", random.Random(1))
    assert voices._variant("a", random.Random(1)).startswith("language variant\nname a\n")
