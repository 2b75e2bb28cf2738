"""What every test may use: the shared material where it lies beside the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real payloads with answer keys; a stranger's clone has none."""
    if not (SHARED / "payloads").is_dir():
        pytest.skip("needs ../shared/payloads beside the checkout")
    return SHARED
