"""From a configuration and a pack's models to the parts of the table: the one place where they meet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from edgemm.media import SAMPLE_RATE_HZ
from runtime.evidence import EvidenceKind, Observer
from runtime.evidence.coco_imagenet import COCO_OF_SYNSET, is_animal, name_of
from runtime.evidence.groups import GROUPS
from runtime.language.sounds_like import SoundsLike
from runtime.settings.config import RuntimeConfig
from runtime.settings.kept_state import KeptState
from runtime.skills import FALLBACK, SKILLS
from runtime.sources.factory import kind_of_camera
from runtime.stages import Stage
from runtime.stages.answer import AnswerSettings
from runtime.stages.clock import Clock
from runtime.stages.frame_quality import FrameQualitySettings
from runtime.stages.hazard import alert_texts
from runtime.stages.notices import NoticeSettings
from runtime.stages.observers import ObserverFactory
from runtime.stages.route import phrases_of
from runtime.stages.turn_rules import TurnSettings
from runtime.stages.wake import WakeStage
from runtime.table.models import Models
from runtime.table.parts import Parts


def models_of(config: RuntimeConfig) -> Models:
    """The models that a configuration names."""
    return Models(config.pack, config.bundles, config.target, config.threads)


def assemble(
    config: RuntimeConfig,
    models: Models,
    speaker: Stage,
    clock: Clock,
    kept: KeptState | None = None,
    *,
    noise: float | None = None,
) -> Parts:
    """Open the models and put the parts together. `noise` is the voice's own unless given; 0 in replay.

    Raises BundleError for a missing or damaged bundle.
    """
    kept = kept or KeptState()
    own_names = _own_names(models.get("classifier"))
    synthesiser = _synthesiser(config, models)
    parts = Parts(
        speech_detector=models.get("voice_activity"),
        completion_detector=models.get("end_of_turn"),
        recogniser=models.get("recogniser"),
        embedder=models.get("embedder"),
        synthesiser=synthesiser,
        objects=_objects(models),
        observers=observers(models),
        skills=SKILLS,
        fallback=FALLBACK,
        clock=clock,
        turns=TurnSettings(listen=config.listen_mode, duplex=config.audio.duplex, listen_for_s=config.follow_up_s),
        notices=NoticeSettings(
            tones=frozenset(name for name, wanted in config.audio.tones if wanted),
            on_duty=config.alerts and kind_of_camera(config.camera) is not None,
        ),
        answers=AnswerSettings(
            horizontal_fov_deg=config.camera.horizontal_fov_deg,
            alerts=config.alerts,
            label_names=frozenset(own_names.values()) | GROUPS.keys(),
            animal_names=frozenset(name for synset, name in own_names.items() if is_animal(synset)),
        ),
        frames=FrameQualitySettings(frozen_after_s=2.0 if _is_live_camera(config) else None),
        speaker=speaker,
        wake=_wake(config) if config.listen_mode == "wake" else None,
        sounds=_sounds(synthesiser),
        alerts=config.alerts,
        analysed_per_s=config.camera.analysed_per_s,
        rate=config.speech.rate if kept.rate is None else kept.rate,
        volume=config.audio.volume if kept.volume is None else kept.volume,
    )
    return _with_voices_beside(parts) if noise is None else replace(parts, noise=noise)


def observers(models: Models) -> dict[EvidenceKind, ObserverFactory]:
    """Every kind of evidence beyond the detector's, opened when a skill first asks for it."""
    from runtime.evidence.codes import CodeObserver
    from runtime.evidence.colours import ColourObserver
    from runtime.evidence.light import LightObserver

    return {
        "label": lambda: _labels(models),
        "text": lambda: _text(models),
        "code": CodeObserver,
        "colour": ColourObserver,
        "light": LightObserver,
    }


def warm_up(parts: Parts) -> None:
    """Run each model of the speech path once, so that the first question does not pay for it."""
    import numpy as np

    if parts.sounds is not None:
        parts.sounds.start()
    second = np.zeros(SAMPLE_RATE_HZ, np.float32)
    for _ in parts.recogniser.steps(second, context="short"):
        pass
    parts.completion_detector.probability(second)
    for _ in parts.synthesiser.synthesise("Ready.", 1.0, 0.0):
        pass
    for voice in (parts.alert_synthesiser, parts.second_voice):
        if voice is not None:
            voice.start()


def _own_names(classifier: Any) -> dict[str, str]:
    """Names by synset that only the classifier has. Evidence of a tabby is named cat: none is found under tabby."""
    return {synset: name_of(synset, name) for synset, name in classifier.classes if synset not in COCO_OF_SYNSET}


def _objects(models: Models) -> Observer:
    from runtime.evidence.objects import ObjectObserver

    return ObjectObserver(models.get("detector"), models.folder("detector").parent.name)


def _labels(models: Models) -> Observer:
    from runtime.evidence.labels import LabelObserver

    return LabelObserver(models.get("classifier"), models.folder("classifier").parent.name)


def _text(models: Models) -> Observer:
    from runtime.evidence.text import TextObserver

    return TextObserver(models.get("reader"), models.folder("reader").parent.name)


def _synthesiser(config: RuntimeConfig, models: Models) -> object:
    if config.speech.voice == "espeak-ng":
        from edgemm.sound.espeak_voice import EspeakVoice

        return EspeakVoice()
    return models.get("voice")


def _with_voices_beside(parts: Parts) -> Parts:
    """What keeps a live run speaking when espeak-ng hangs or a model fails. A replay is the same every time without."""
    from edgemm.sound.espeak_voice import EspeakVoice
    from edgemm.tasks.speech_synthesis import SpeechSynthesiser

    texts = alert_texts(parts.answers.horizontal_fov_deg) if parts.alerts else ()
    if not isinstance(parts.synthesiser, SpeechSynthesiser):
        return replace(parts, alert_texts=texts)
    urgent = parts.synthesiser.urgent()
    return replace(parts, alert_texts=texts, alert_synthesiser=urgent, second_voice=EspeakVoice())


def _sounds(synthesiser: object) -> SoundsLike | None:
    """By the phonemes of a voice that is made from them."""
    from edgemm.tasks.speech_synthesis import SpeechSynthesiser

    if not isinstance(synthesiser, SpeechSynthesiser):
        return None
    return SoundsLike(synthesiser.phonemiser.phonemes, phrases_of(SKILLS))


def _wake(config: RuntimeConfig) -> Stage:
    from edgemm.sound.wake_word import WakeWord

    return WakeStage(WakeWord(config.wake_word))


def _is_live_camera(config: RuntimeConfig) -> bool:
    """Pictures and videos may show a still; a camera that does has frozen."""
    return kind_of_camera(config.camera) in ("command", "device", "network")
