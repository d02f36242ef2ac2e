"""Passwords, tokens and addresses of robots: from the environment, else from the keyring; nowhere else."""

from __future__ import annotations

import os
import re
from contextlib import suppress

from xlsflow.errors import InputError

_SERVICE = "xlsflow"


def find_secret(purpose: str, account: str = "") -> str | None:
    """Return a secret; None where nobody has stored it.

    Args:
        purpose: What it is for, such as `smtp password`: the environment variable is XLSFLOW_SMTP_PASSWORD.
        account: Whose it is; the keyring stores it under `purpose account`.
    """
    return os.environ.get(variable_of(purpose)) or _from_keyring(f"{purpose} {account}".strip())


def need_secret(purpose: str, account: str = "") -> str:
    """Return a secret.

    Raises:
        InputError: Nobody has stored it; the sentence says where to.
    """
    found = find_secret(purpose, account)
    if not found:
        entry = f"{purpose} {account}".strip()
        raise InputError("secret_missing", variable=variable_of(purpose), service=_SERVICE, entry=entry)
    return found


def variable_of(purpose: str) -> str:
    """Return the environment variable for a purpose.

    >>> variable_of("robot team-1")
    'XLSFLOW_ROBOT_TEAM_1'
    """
    return "XLSFLOW_" + re.sub(r"[^A-Z0-9]+", "_", purpose.upper())


def _from_keyring(entry: str) -> str | None:
    with suppress(ImportError):
        import keyring  # noqa: PLC0415 - optional, and slow to import
        from keyring.errors import KeyringError  # noqa: PLC0415

        # No keyring on a server, one that is locked, one whose dialog was cancelled: there is no secret in it.
        with suppress(KeyringError, RuntimeError):
            return keyring.get_password(_SERVICE, entry)
    return None
