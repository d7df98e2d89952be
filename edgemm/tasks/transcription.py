"""What a speech recogniser is set to by its bundle, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

TokenId = Annotated[int, Field(ge=0, lt=1 << 31)]


class SpeechRecognitionSettings(BaseModel):
    """`settings` of the manifest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: tuple[TokenId, ...] = Field(min_length=1)
    """Tokens before the text: start, for multilingual models language and task, no timestamps."""
    end: TokenId
    no_speech: TokenId | None = None
    """Token whose probability after `prompt[0]` says that nobody speaks."""
    suppress: tuple[TokenId, ...] = ()
    suppress_at_begin: tuple[TokenId, ...] = ()
    max_positions: int = Field(ge=2)
    """Prompt and text, in tokens."""
    language: str
    short_context_s: float = 8.0
    """Least context of the encoder in `short`."""
    margin_s: float = 2.5
    """Padding that the encoder sees behind the sound in `short`."""
    min_mean_log_probability: float = -1.0
    """Below it a text is doubtful (Radford et al. 2022, section 4.5)."""
    careful_from_s: float = 4.0
    """Sound this long is more than a question: three tokens in a row below `min_mean_log_probability` on average make
    it doubtful too. Shorter sound is answered at once; its second pass would be heard as slowness."""
    kept_loop_mean_log_probability: float = -0.3
    """A loop that the sound cannot hold, whose words were this likely when they came first, is cut and kept, without a
    second pass. In 150 clips under 3 s, full context heard each of 13 such loops the same."""
    characters_per_s: float = Field(default=25.0, gt=0)
    """Nobody speaks faster: of 402 clips 99 % are under 22, the fastest has 23. Text that says a thing twice and would
    be faster is a loop."""
    max_no_speech_probability: float = 0.6
    tokens_per_s: float = Field(default=10.0, gt=0)
    """More than this, and 10, is no speech."""


@dataclass(frozen=True)
class Segment:
    """Text of one stretch of sound."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True)
class Transcription:
    """What was said. `mean_log_probability` is per token, 0 where there is no text.

    `complete` is False where text was cut, because the decoder came to no end: words may be missing.
    """

    text: str
    tokens: tuple[int, ...]
    segments: tuple[Segment, ...]
    mean_log_probability: float
    language: str
    retried: bool
    complete: bool = True


@dataclass(frozen=True)
class Progress:
    """Work goes on: tokens of the current window so far."""

    tokens: tuple[int, ...] = ()
