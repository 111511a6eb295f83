"""`model.datacollector`: the engine's records where Mesa looks for what its reporters collected."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from simulation.problems import InputError, Problem
from simulation.records import COLUMNS

if TYPE_CHECKING:
    from simulation.mesa_model import AllianceModel

Reporters = Mapping[str, Any] | None


class Records(mesa.DataCollector):
    """A DataCollector whose first reporters are the measures of `simulation/records.py`, which the engine has written already.

    So `collect` only notes the quarter, and columns are read when somebody asks. Reporters of the user's own are
    collected as ever, by a collector of Mesa's. Before the first quarter nothing is measured yet: NaN.
    """

    def __init__(
        self, model: "AllianceModel", model_reporters: Reporters = None, agent_reporters: Reporters = None
    ) -> None:
        taken = [name for name in model_reporters or {} if name in COLUMNS]
        if taken:
            raise InputError(Problem("is measured by the engine; give the reporter another name", f"model_reporters.{name}")
                             for name in taken)  # fmt: skip
        self._own = mesa.DataCollector(model_reporters, agent_reporters)  # holds all else that a collector has
        self._asked = bool(model_reporters or agent_reporters)
        self._model = model
        self._collection_steps: list[int] = []  # quarters run at each collection; Mesa 3.5 keeps times under this name
        self._read: tuple[int, dict[str, list[Any]]] = (-1, {})

    def collect(self, model: "AllianceModel") -> None:
        """Note that this quarter belongs to the data, and collect the user's own reporters."""
        self._collection_steps.append(model.quarter)
        if self._asked:
            self._own.collect(model)

    @property
    def model_reporters(self) -> dict[str, Any]:
        """Names of reporters and what they report: each measure is an attribute of the model."""
        own: dict[str, Any] = self._own.model_reporters
        return dict(zip(COLUMNS, COLUMNS, strict=True)) | own

    @property
    def model_vars(self) -> dict[str, list[Any]]:
        """One value per collection for each measure and each model reporter."""
        collections, columns = self._read
        if collections != len(self._collection_steps):
            done = np.array(self._collection_steps, dtype=np.int64)
            table = self._model.state.records[done - 1]
            table[done == 0] = np.nan
            columns = dict(zip(COLUMNS, table.T.tolist(), strict=True))
            self._read = len(self._collection_steps), columns
        own: dict[str, list[Any]] = self._own.model_vars
        return columns | own

    @property
    def _agent_records(self) -> dict[Any, Any]:
        """What batch_run reads: Mesa 3.3 asks for collections by their position, Mesa 3.5 by the model's time."""
        kept: dict[Any, Any] = self._own._agent_records
        if hasattr(self._own, "_collection_steps"):
            return kept
        return dict(enumerate(kept.values()))

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_read": (-1, {})}

    def __getattr__(self, name: str) -> Any:
        if name == "_own":  # not there yet, while a copy is being made
            raise AttributeError(name)
        return getattr(self._own, name)
