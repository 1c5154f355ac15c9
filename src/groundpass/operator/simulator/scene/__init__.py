"""Scenes: fleets as an operator's stream has them, with the truth about every stretch of time."""

from __future__ import annotations

from groundpass.operator.simulator.scene.country import find_country
from groundpass.operator.simulator.scene.files import write_scene
from groundpass.operator.simulator.scene.make import make_scene
from groundpass.operator.simulator.scene.plan import ScenePlan

__all__ = ["ScenePlan", "find_country", "make_scene", "write_scene"]
