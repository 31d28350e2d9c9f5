"""Secrets are long and kept as a hash; short codes can be read on paper."""

from pitchbar.core.tokens import SHORT_CODE_ALPHABET, hash_secret, new_secret, new_short_code


def test_secret_tells_whose_it_is_and_is_never_the_same() -> None:
    secrets = {new_secret("pb_live") for _ in range(100)}
    assert len(secrets) == 100
    assert all(secret.startswith("pb_live_") and len(secret) == 51 for secret in secrets)


def test_hash_is_stable_and_tells_nothing() -> None:
    assert hash_secret("abc") == hash_secret("abc")
    assert hash_secret("abc") != hash_secret("abd")
    assert hash_secret("abc").startswith("ba7816bf")
    assert len(hash_secret("")) == 64


def test_short_code_cannot_be_misread() -> None:
    drawn = "".join(new_short_code() for _ in range(2000))
    assert len(drawn) == 14_000
    assert set(drawn) == set(SHORT_CODE_ALPHABET)
    assert not set(drawn) & set("0o1ilae")


def test_short_codes_differ() -> None:
    assert len({new_short_code() for _ in range(2000)}) == 2000
