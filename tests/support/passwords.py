"""Passwords at the least cost of the same function: the product's own takes a quarter of a second
of a core for each, and tests sign in thousands of times.
"""

from argon2 import PasswordHasher

from pitchbar.accounts.passwords import hashing

COSTLY_HASHER, COSTLY_DUMMY_HASH = hashing._hasher, hashing._DUMMY_HASH
LIGHT_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def use_light_passwords() -> None:
    """In this process, for the whole run."""
    hashing._hasher = LIGHT_HASHER
    hashing._DUMMY_HASH = LIGHT_HASHER.hash("no account has this password")
