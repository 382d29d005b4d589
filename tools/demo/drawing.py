"""Draws that depend on their keys alone: the demonstration rounds (架空) are the
same bytes on every machine, since neither a clock nor a random module has a say.
"""

import hashlib

SEED = "welfare-demo-1"


def draw(*key):
    """Returns 64 bits that depend on the key alone."""
    text = "|".join([SEED, *map(str, key)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def below(n, *key):
    """Returns an integer in [0, n)."""
    return draw(*key) % n


def chance(percent, *key):
    """Is true for `percent` of the keys."""
    return below(10000, *key) < percent * 100


def ranked(members, *key):
    """Returns the members in an order that depends on the key alone."""
    return sorted(members, key=lambda m: (draw(*key, m), m))
