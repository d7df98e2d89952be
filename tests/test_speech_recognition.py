"""The recogniser: loops are guarded, long sound is cut where it is quiet, silence has no words, work can be dropped."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest

from edgemm.backends.greedy import Token
from edgemm.bundles.bundle import Bundle, write_bundle
from edgemm.bundles.manifest import Manifest, Source
from edgemm.errors import BundleError
from edgemm.media import Samples
from edgemm.repetition import Repetition, loop_period, repetition
from edgemm.sound.audio_windows import halves, loudest_rms, quiet_windows, sounding_s
from edgemm.tasks.speech_recognition import SpeechRecogniser, _Decoded
from edgemm.tasks.transcription import Progress, Transcription
from tests import tiny_whisper
from tests.needed import module

SOURCE = Source(kind="folder", name="tiny", revision="", sha256="0" * 64)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A tiny Whisper with random weights: it says something, and never anything that makes sense."""
    module("torch")
    from export.families.whisper import export
    from export.sources import Checkpoint

    folder = tmp_path_factory.mktemp("tiny")
    tiny_whisper.save_hugging_face(folder)
    traced = export(Checkpoint(folder, SOURCE), folder, {})
    manifest = Manifest(
        name="tiny", family="whisper", task="speech_recognition", precision="float32", target="cpu-x86", source=SOURCE,
        graphs=traced.graphs, preprocess=traced.preprocess, files={},
        settings={**traced.settings, "short_context_s": 1.0, "margin_s": 0.5},
    )  # fmt: skip
    files = {graph.file: traced.paths[role] for role, graph in traced.graphs.items()} | traced.files
    return write_bundle(tmp_path_factory.mktemp("bundles") / "tiny", manifest, files)


def with_settings(bundle: Bundle, **changes: object) -> Bundle:
    settings = {**bundle.manifest.settings, **changes}
    return Bundle(bundle.folder, bundle.manifest.model_copy(update={"settings": settings}))


def test_a_loop_and_a_text_said_twice_are_repetitions() -> None:
    assert loop_period([1, 2, 3, 4, 5, 6, 7, 8, 9]) is None
    assert loop_period([9, 10, 3, 4, 10, 3, 4, 10, 3, 4]) == 3
    assert repetition([9, 10, 3, 4, 10, 3, 4, 10, 3, 4]) == Repetition((9, 10, 3, 4), (9, 10, 3, 4, 10, 3, 4))
    assert repetition([7] * 9) == Repetition((7,), (7, 7))
    assert repetition([1, 2, 3, 1, 2, 3]) == Repetition((1, 2, 3), (1, 2, 3, 1, 2, 3))


@pytest.mark.parametrize("spoken", [[], [5, 5], [8, 8, 8], [1, 2, 1, 2], [3, 4, 6, 3, 4], [3, 4, 6, 3, 4, 7]])
def test_what_is_short_or_differs_is_no_repetition(spoken: list[int]) -> None:
    assert loop_period(spoken) is None and repetition(spoken) is None


def test_windows_cover_the_sound_and_are_cut_in_the_pause() -> None:
    sound = tiny_whisper.chirp(50.0)
    sound[round(26.0 * 16_000) : round(26.6 * 16_000)] = 0.0
    windows = quiet_windows(sound, longest_s=30.0, search_s=8.0)
    assert [start for start, _ in windows] == [0, windows[0][1]] and windows[-1][1] == len(sound)
    assert 26.0 <= windows[0][1] / 16_000 <= 26.6


@pytest.mark.parametrize("seconds", [0.0, 0.001, 3.9, 4.0, 4.01, 8.7, 21.3])
def test_windows_are_never_too_long_and_lose_no_sample(seconds: float) -> None:
    sound = tiny_whisper.chirp(seconds)
    windows = quiet_windows(sound, longest_s=4.0, search_s=8.0)
    assert sum(end - start for start, end in windows) == len(sound)
    assert all(0 < end - start <= 4 * 16_000 for start, end in windows)


def test_silence_and_nothing_have_no_text(bundle: Bundle) -> None:
    recogniser = SpeechRecogniser(bundle)
    for samples in (np.zeros(0, np.float32), np.zeros(16_000, np.float32), np.full(50, 1e-5, np.float32)):
        assert recogniser.transcribe(samples) == Transcription("", (), (), 0.0, "en", False)
    assert loudest_rms(np.zeros(0, np.float32)) == 0.0


def test_suppressed_tokens_are_never_said(bundle: Bundle) -> None:
    free = SpeechRecogniser(with_settings(bundle, tokens_per_s=50.0))
    said = free.transcribe(tiny_whisper.chirp(3.0), context="full").tokens
    assert said and not {1, 2} & set(said) and said[0] != 5
    banned = sorted(set(said))[:3]
    settings = {"suppress": [*bundle.manifest.settings["suppress"], *banned]}
    assert not set(banned) & set(SpeechRecogniser(with_settings(bundle, **settings)).transcribe(
        tiny_whisper.chirp(3.0), context="full").tokens)  # fmt: skip


def test_a_doubtful_short_context_is_heard_once_more_at_full_context(bundle: Bundle) -> None:
    certain = with_settings(bundle, min_mean_log_probability=-1e9, tokens_per_s=1e6, max_positions=4)
    doubtful = with_settings(bundle, min_mean_log_probability=0.0)
    sound = tiny_whisper.chirp(1.0)
    assert SpeechRecogniser(doubtful).transcribe(sound, context="short").retried
    assert not SpeechRecogniser(doubtful).transcribe(sound, context="full").retried
    again = SpeechRecogniser(doubtful)
    assert again.transcribe(sound, context="short").text == again.transcribe(sound, context="full").text
    assert SpeechRecogniser(certain).transcribe(sound, context="short").retried  # cut off at the limit, no end token


SENTENCE = (3, 4, 5, 6, 7)
"""Said as "w3 w4 w5 w6 w7": 14 characters, 0.56 s at the fastest, 1.16 s for two."""


def said(recogniser: SpeechRecogniser, *ids: int, likely: float = -0.1, ended: bool = True) -> list[Token]:
    end = [Token(recogniser.settings.end, -0.1)] if ended else []
    return [Token(number, likely) for number in ids] + end


@pytest.mark.parametrize(("likely", "settled"), [(-0.1, True), (-0.5, False)])
def test_a_loop_that_the_sound_cannot_hold_is_kept_once_if_its_words_were_clear(
    bundle: Bundle, likely: float, settled: bool
) -> None:
    recogniser = SpeechRecogniser(bundle)
    tokens = said(recogniser, *SENTENCE, likely=likely, ended=False)
    tokens += said(recogniser, *SENTENCE, *SENTENCE, likely=-0.001, ended=False)
    decoded = recogniser._decoded(tokens, 0.0, tiny_whisper.chirp(0.9))
    assert decoded.tokens == SENTENCE and decoded.mean_log_probability == pytest.approx(likely)
    assert decoded.is_doubtful is not settled and decoded.is_complete is settled


@pytest.mark.parametrize("times", [2, 3, 4, 6])
@pytest.mark.parametrize("ended", [True, False])
def test_a_repetition_that_the_sound_can_hold_is_heard_once_more(bundle: Bundle, times: int, ended: bool) -> None:
    recogniser = SpeechRecogniser(bundle)
    tokens = said(recogniser, *SENTENCE * times, likely=-0.01, ended=ended)
    decoded = recogniser._decoded(tokens, 0.0, tiny_whisper.chirp(0.7 * times))
    assert decoded.is_doubtful and decoded.is_complete is ended
    assert not ended or decoded.tokens == SENTENCE * times  # at full context this is the text: nothing is halved


def test_a_text_written_twice_in_the_time_of_one_is_kept_once(bundle: Bundle) -> None:
    recogniser = SpeechRecogniser(bundle)
    decoded = recogniser._decoded(said(recogniser, *SENTENCE * 2), 0.0, tiny_whisper.chirp(0.9))
    assert decoded.tokens == SENTENCE and decoded.is_complete and not decoded.is_doubtful


def test_quiet_around_the_words_does_not_make_room_for_a_repetition(bundle: Bundle) -> None:
    recogniser = SpeechRecogniser(bundle)
    sound = np.concatenate([np.zeros(8000, np.float32), tiny_whisper.chirp(0.9), np.zeros(16_000, np.float32)])
    assert sounding_s(sound) == pytest.approx(0.9, abs=0.02)
    assert recogniser._decoded(said(recogniser, *SENTENCE * 2), 0.0, sound).tokens == SENTENCE


def test_text_that_reaches_the_limit_of_tokens_is_not_complete(bundle: Bundle) -> None:
    recogniser = SpeechRecogniser(bundle)
    decoded = recogniser._decoded(said(recogniser, *range(6, 26), ended=False), 0.0, tiny_whisper.chirp(1.0))
    assert decoded.tokens == tuple(range(6, 26)) and decoded.is_doubtful and not decoded.is_complete


def test_what_comes_to_no_end_is_heard_in_halves_and_said_to_be_cut_only_if_they_do_not_end_either(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    recogniser = SpeechRecogniser(bundle)
    heard: list[float] = []

    def window(samples: Samples, context: str) -> Generator[Progress, None, _Decoded]:
        heard.append(len(samples) / 16_000)
        yield Progress()
        is_whole = heard[-1] > 3.0
        return _Decoded(tuple(SENTENCE[: len(heard)]), -0.1, is_doubtful=is_whole, is_complete=not is_whole)

    monkeypatch.setattr(recogniser, "_window", window)
    sound = tiny_whisper.chirp(4.0)
    found = recogniser.transcribe(sound, context="full")
    assert [round(seconds) for seconds in heard] == [4, 2, 2] and sum(heard[1:]) == pytest.approx(4.0)
    assert len(found.segments) == 2 and found.complete and found.retried
    cut = recogniser.transcribe(sound[: round(3.5 * 16_000)], context="full")  # too short for halves
    assert not cut.complete


def test_halves_are_cut_in_the_pause_of_the_middle() -> None:
    sound = tiny_whisper.chirp(6.0)
    sound[round(3.3 * 16_000) : round(3.6 * 16_000)] = 0.0
    [(start, cut), (again, end)] = halves(sound)
    assert (start, again, end) == (0, cut, len(sound)) and 3.3 <= cut / 16_000 <= 3.6


@pytest.mark.parametrize(("no_speech", "kept"), [(0.9, False), (0.5, True)])
def test_unlikely_text_is_dropped_where_nobody_speaks(bundle: Bundle, no_speech: float, kept: bool) -> None:
    recogniser = SpeechRecogniser(bundle)
    mumble = said(recogniser, *SENTENCE, likely=-1.5)
    decoded = recogniser._decoded(mumble, no_speech, tiny_whisper.chirp(2.0))
    assert decoded.tokens == (SENTENCE if kept else ()) and decoded.is_complete
    clear = recogniser._decoded(said(recogniser, *SENTENCE), no_speech, tiny_whisper.chirp(2.0))
    assert clear.tokens == SENTENCE


def test_sound_longer_than_the_window_becomes_segments_in_order(bundle: Bundle) -> None:
    sound = tiny_whisper.chirp(11.0)
    heard = SpeechRecogniser(bundle).transcribe(sound)
    assert len(heard.segments) >= 3
    assert heard.segments[0].start_s == 0.0 and heard.segments[-1].end_s == pytest.approx(11.0)
    assert [s.start_s for s in heard.segments[1:]] == [s.end_s for s in heard.segments[:-1]]
    assert heard.text == " ".join(segment.text for segment in heard.segments)


def test_steps_yield_after_the_encoder_and_end_with_the_transcription(bundle: Bundle) -> None:
    items = list(SpeechRecogniser(bundle).steps(tiny_whisper.chirp(1.0)))
    assert items[0] == Progress()
    assert all(isinstance(item, Progress) for item in items[:-1]) and isinstance(items[-1], Transcription)


def test_work_dropped_midway_leaves_the_recogniser_usable(bundle: Bundle) -> None:
    recogniser = SpeechRecogniser(bundle)
    expected = recogniser.transcribe(tiny_whisper.chirp(1.0))
    abandoned = recogniser.steps(tiny_whisper.chirp(3.0))
    next(abandoned)
    abandoned.close()
    assert recogniser.transcribe(tiny_whisper.chirp(1.0)) == expected


def test_settings_that_do_not_fit_are_a_bundle_error(bundle: Bundle) -> None:
    with pytest.raises(BundleError, match="prompt"):
        SpeechRecogniser(with_settings(bundle, prompt="x"))


def test_a_bundle_without_log_mel_is_refused(bundle: Bundle) -> None:
    broken = Bundle(bundle.folder, bundle.manifest.model_copy(update={"preprocess": ()}))
    with pytest.raises(BundleError, match="log_mel"):
        SpeechRecogniser(broken)


def test_calibration_sees_what_the_encoder_sees(bundle: Bundle, tmp_path: Path) -> None:
    import soundfile

    from edgemm.tasks.examples import Example

    soundfile.write(tmp_path / "clip.wav", tiny_whisper.chirp(1.0), 16_000)
    [(role, inputs)] = SpeechRecogniser(bundle).calibration_inputs(Example(audio=tmp_path / "clip.wav"))
    assert role == "encoder"
    assert inputs["log_mel"].shape == (1, 80, 150)  # 1 s and the margin of 0.5 s


@pytest.mark.parametrize(("seconds", "doubtful"), [(2.0, False), (6.0, True)])
def test_a_slurred_run_of_tokens_is_doubted_in_what_is_longer_than_a_question(
    bundle: Bundle, seconds: float, doubtful: bool
) -> None:
    recogniser = SpeechRecogniser(bundle)
    clear = [Token(number, -0.1) for number in range(1, 12)]
    slurred = [Token(number, -1.2) for number in range(12, 15)]
    end = [Token(recogniser.settings.end, -0.1)]
    sound = tiny_whisper.chirp(seconds)
    assert recogniser._decoded(clear + slurred + end, 0.0, sound).is_doubtful is doubtful
    assert not recogniser._decoded(clear + end, 0.0, sound).is_doubtful
