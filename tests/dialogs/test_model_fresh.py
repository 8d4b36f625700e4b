from dialogs.fingerprint import PROJECT, fingerprint


def test_the_shipped_model_was_trained_from_what_is_in_the_tree():
    kept = (PROJECT / "dialogs/models/zh-12123.sha256").read_text().strip()
    assert kept == fingerprint(), "run `make train` and commit dialogs/models"
