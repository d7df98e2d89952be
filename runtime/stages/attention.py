"""Whether what is heard now is meant for us: the wake window, and our own voice in the microphone."""

from __future__ import annotations

from edgemm.media import NS_PER_MS, NS_PER_S
from runtime.items import Playback, Wake
from runtime.stages.turn_rules import TurnSettings


class Attention:
    """Follows Wake and Playback for the end-of-turn stage. Times are stream time in ns."""

    def __init__(self, settings: TurnSettings) -> None:
        self._settings = settings
        self._listen_until_ns = -1
        self._deaf_until_ns = -1
        self.playing: Playback | None = None
        """What we are saying now."""
        self.woken = False
        """The next turn was asked for by word or button, not only likely."""

    def wake(self, wake: Wake, now_ns: int) -> None:
        self._listen_until_ns = now_ns + int(self._settings.listen_for_s * NS_PER_S)
        self.woken = wake.by != "follow_up"

    def turn_taken(self) -> None:
        """The turn that the wake was for is over."""
        self._listen_until_ns, self.woken = -1, False

    def playback(self, playback: Playback, now_ns: int) -> None:
        if playback.state == "started":
            self.playing = playback
        elif self.playing is not None and self.playing.utterance_id == playback.utterance_id:
            self.playing = None
            self._deaf_until_ns = now_ns + int(self._settings.playback_tail_ms * NS_PER_MS)

    def deaf(self, time_ns: int) -> bool:
        """Whether sound of that time holds our own voice."""
        own = self.playing is not None or time_ns < self._deaf_until_ns
        return own and self._settings.duplex == "speaker"

    def listening(self, time_ns: int) -> bool:
        """Whether speech of that time begins a turn."""
        return self._settings.listen == "always" or self.playing is not None or time_ns <= self._listen_until_ns
