"""The chapters of the story, each walked by hand in the browser."""

import pytest

pytest.register_assert_rewrite(
    *(f"tests.e2e.story.{chapter}" for chapter in ("walk", "partners", "choosing", "away", "counting"))
)
