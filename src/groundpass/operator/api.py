"""The door of the operator's part: doors import from here, and from the kernel."""

from __future__ import annotations

from groundpass.operator.decide import Decider, decide_file
from groundpass.operator.explain import explain_one
from groundpass.operator.find_movement import find_in_file
from groundpass.operator.keys import OperatorKeys
from groundpass.operator.records import Brake
from groundpass.operator.release import Release
from groundpass.operator.report import BuiltReport, build_report
from groundpass.operator.scorecard import Cap, Recorded, Scorecard, Terms, score, score_recorded
from groundpass.operator.simulator.fleet import Fleet, FleetPlan, make_fleet
from groundpass.operator.simulator.scene import ScenePlan, find_country, make_scene, write_scene
from groundpass.operator.status import StoreStatus, store_status
from groundpass.operator.store import Store, init_store
from groundpass.operator.summary import Summary
from groundpass.operator.sync import SyncResult, release_staged, sync
from groundpass.operator.tracks import load_tracks, save_tracks

__all__ = [
    "Brake",
    "BuiltReport",
    "Cap",
    "Decider",
    "Fleet",
    "FleetPlan",
    "OperatorKeys",
    "Recorded",
    "Release",
    "ScenePlan",
    "Scorecard",
    "Store",
    "StoreStatus",
    "Summary",
    "SyncResult",
    "Terms",
    "build_report",
    "decide_file",
    "explain_one",
    "find_country",
    "find_in_file",
    "init_store",
    "load_tracks",
    "make_fleet",
    "make_scene",
    "release_staged",
    "save_tracks",
    "score",
    "score_recorded",
    "store_status",
    "sync",
    "write_scene",
]
