"""A featurizer of Rasa's NLU graph: toneless pinyin of all readings of an utterance, beside its characters.

The readings are those of the recogniser (`alternatives` of the message's metadata), the best first; a typed
sentence is its own only reading.
"""

import json
from typing import Any

import numpy as np
import scipy.sparse
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.sparse_featurizer.sparse_featurizer import SparseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from dialogs.components.sounds import counts

_FILE = "grams.json"
_MOST_READINGS = 10


# Rasa is not installed where mypy looks.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class PinyinFeaturizer(SparseFeaturizer, GraphComponent):  # type: ignore[misc]
    """Counts n-grams of syllables, a reading's by its share.

    Settings: `longest` run of syllables, `at_least` sentences a run must stand in, `decay` of the share
    from one reading to the next, `weight` of these features beside others.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """A tokenizer, which every featurizer's place in the graph asks for."""
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        """What must be installed."""
        return ["pypinyin"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the settings."""
        return {**SparseFeaturizer.get_default_config(), "longest": 2, "at_least": 3, "decay": 0.6, "weight": 1.0}

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, context: ExecutionContext,
        known: dict[str, int] | None = None,
    ) -> None:
        """Make one; `known` is there when it was trained."""
        super().__init__(context.node_name, config)
        self._storage = storage
        self._resource = resource
        self._known = known or {}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "PinyinFeaturizer":
        """Make an untrained one."""
        return cls(config, model_storage, resource, execution_context)

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext,
        **_: Any,
    ) -> "PinyinFeaturizer":
        """Read a trained one."""
        with model_storage.read_from(resource) as folder:
            known = json.loads((folder / _FILE).read_text("utf-8"))
        return cls(config, model_storage, resource, execution_context, known)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """All settings have a default."""

    def train(self, training_data: TrainingData) -> Resource:
        """Learn which runs there are."""
        seen: dict[str, int] = {}
        for example in training_data.training_examples:
            for gram in self._counts(example):
                seen[gram] = seen.get(gram, 0) + 1
        kept = sorted(gram for gram, times in seen.items() if times >= self._config["at_least"])
        self._known = {gram: index for index, gram in enumerate(kept)}
        with self._storage.write_to(self._resource) as folder:
            (folder / _FILE).write_text(json.dumps(self._known, ensure_ascii=False), "utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the features to every example."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the features to messages."""
        for message in messages:
            found = self._counts(message)
            if found:
                self._add(message, found)
        return messages

    def _counts(self, message: Message) -> dict[str, float]:
        text = message.get(TEXT)
        if not text:
            return {}
        others = (message.get("metadata") or {}).get("alternatives") or [text]
        readings = list(dict.fromkeys([text, *map(str, others)]))[:_MOST_READINGS]
        shares = np.power(self._config["decay"], np.arange(len(readings)))
        shares /= shares.sum()
        return dict(counts(zip(readings, shares.tolist(), strict=True), self._config["longest"]))

    def _add(self, message: Message, found: dict[str, float]) -> None:
        row = scipy.sparse.lil_matrix((1, max(1, len(self._known))))
        for gram, share in found.items():
            if gram in self._known:
                row[0, self._known[gram]] = share * self._config["weight"]
        self.add_features_to_message(None, row.tocoo(), TEXT, message)
