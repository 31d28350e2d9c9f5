import pytest
from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from pitchbar.accounts.errors import WeakPassword
from pitchbar.accounts.passwords.hashing import hash_password, verify_password
from pitchbar.accounts.passwords.strength import require_strong_password
from tests.support.browsing import FormClient
from tests.support.passwords import COSTLY_DUMMY_HASH, COSTLY_HASHER

WHO = {"email": "ada.lovelace+x@pitchbar.example", "name": "Ada Lovelace"}


def is_rejected(password: str, **who: str) -> bool:
    try:
        require_strong_password(password, **{**WHO, **who})
    except WeakPassword:
        return True
    return False


@pytest.mark.parametrize(
    "password",
    [
        "qwertyuiop",
        "QWERTYuiop",
        "1234567890",
        "manchester",
        "Manchester2024!",
        "!!password123",
        "  password  ",
        "ada.lovelace+x@pitchbar.example",
        "xxADA.LOVELACE+Xxx",
        "ada lovelace 1815",
        "i am adalovelace",
    ],
)
def test_password_that_others_try_first_is_refused(password: str) -> None:
    assert is_rejected(password)


@pytest.mark.parametrize(
    "password", ["a quiet horse counts to nine", "nine quiet horses", "correct-battery", "ÿ" * 12]
)
def test_other_password_is_taken(password: str) -> None:
    assert not is_rejected(password)


def test_short_name_is_no_reason() -> None:
    assert not is_rejected("a major journey", name="Jo", email="jo@pitchbar.example")


def test_list_has_many_passwords_of_a_length_that_we_take() -> None:
    long_ones = [one for one in FREQUENCY_LISTS["passwords"] if len(one) >= 10]
    assert len(long_ones) > 1000
    assert all(is_rejected(one.upper()) for one in long_ones)


def test_sign_up_asks_too(client: FormClient) -> None:
    form = {"name": "Ada", "email": "ada@pitchbar.example", "password": "Password1234"}
    response = client.submit("/signup", form)
    assert response.status_code == 422
    assert "among the first that attackers try" in response.text


@pytest.mark.parametrize("stored", [None, "!", "", "no hash"])
def test_nothing_fits_where_there_is_no_password(stored: str | None) -> None:
    for guess in ("", "!", "no account has this password"):
        assert not verify_password(guess, stored)


def test_password_fits_itself_only() -> None:
    stored = hash_password("nine quiet horses")
    assert verify_password("nine quiet horses", stored)
    assert not verify_password("nine quiet horsez", stored)


def test_password_of_life_costs_what_the_standard_says_with_an_account_and_without() -> None:
    costs = [extract_parameters(COSTLY_HASHER.hash("nine quiet horses"))]
    costs.append(extract_parameters(COSTLY_DUMMY_HASH))
    assert costs == [RFC_9106_LOW_MEMORY] * 2
