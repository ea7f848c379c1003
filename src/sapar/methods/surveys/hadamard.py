"""Hadamard matrices: orthogonal patterns of two halves for balanced repeated replication.

Constructions of Sylvester (doubling) and Paley (1933, both kinds, over prime fields).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sapar.methods.errors import MethodError

Signs = npt.NDArray[np.int8]
LARGEST = 4096


def hadamard(least: int) -> Signs:
    """A ±1 matrix H of the smallest constructible order ≥ `least` with H H' = order · I, first row all 1.

    Raises:
        MethodError: ``surveys.too_many_strata`` above order 4096.
    """
    order = 1 if least <= 1 else 2 if least == 2 else -(-least // 4) * 4
    while order <= LARGEST:
        if (found := _of_order(order)) is not None:
            return np.asarray(found * found[0], dtype=np.int8)
        order += 4
    raise MethodError(
        "surveys.too_many_strata", "No pattern of {order} replicates can be built.", order=least
    )


def _of_order(order: int) -> Signs | None:
    if order == 1:
        return np.ones((1, 1), dtype=np.int8)
    if order == 2:
        return np.array([[1, 1], [1, -1]], dtype=np.int8)
    if order % 4:
        return None
    if _is_prime(order - 1):
        return _paley_one(order - 1)
    if _is_prime(order // 2 - 1) and (order // 2 - 1) % 4 == 1:
        return _paley_two(order // 2 - 1)
    half = _of_order(order // 2)
    return None if half is None else np.block([[half, half], [half, -half]]).astype(np.int8)


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))


def _jacobsthal(prime: int) -> Signs:
    character = np.full(prime, -1, dtype=np.int8)
    character[np.arange(prime) ** 2 % prime] = 1
    character[0] = 0
    at = np.arange(prime)
    return np.asarray(character[(at[:, None] - at[None, :]) % prime], dtype=np.int8)


def _paley_one(prime: int) -> Signs:
    skew = np.zeros((prime + 1, prime + 1), dtype=np.int8)
    skew[0, 1:], skew[1:, 0] = 1, -1
    skew[1:, 1:] = _jacobsthal(prime)
    return skew + np.eye(prime + 1, dtype=np.int8)


def _paley_two(prime: int) -> Signs:
    core = np.zeros((prime + 1, prime + 1), dtype=np.int8)
    core[0, 1:] = core[1:, 0] = 1
    core[1:, 1:] = _jacobsthal(prime)
    one = np.array([[1, 1], [1, -1]], dtype=np.int8)
    diagonal = np.array([[1, -1], [-1, -1]], dtype=np.int8)
    return np.asarray(np.kron(core, one) + np.kron(np.eye(prime + 1, dtype=np.int8), diagonal), dtype=np.int8)
