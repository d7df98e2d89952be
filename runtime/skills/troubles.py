"""What a person misses when a stage fails, in their words: they know no stages."""

from __future__ import annotations

from collections.abc import Mapping

from edgemm.media import NS_PER_S

MISSED = {
    "camera": "see",
    "microphone": "hear you",
    "keyboard": "read what you type",
    "button": "notice the button",
    "speaker_device": "speak",
    "voice_activity": "hear when you speak",
    "wake": "hear my name",
    "press": "notice the key",
    "end_of_turn": "hear when you have finished a question",
    "turn_completion": "hear when you have finished a question",
    "recogniser": "understand what you say",
    "route": "find out what you ask",
    "frame_quality": "tell whether the picture is good",
    "look": "look at the picture, nor warn you of things that come closer",
    "hazard": "warn you of things that come closer",
    "answer": "answer everything",
    "notices": "tell you what goes wrong",
    "alert_voice": "say what an alert is about, there is only its tone",
    "voice": "speak",
    "floor": "speak",
    "speaker": "speak",
}
"""Each goes on after "I can't" and "I could not always"."""

WATCHERS = frozenset({"look", "hazard"})
"""While one of them fails, nothing is watched for what comes closer."""
EYES = WATCHERS | {"frame_quality"}
"""While one of them fails, seeing nothing proves nothing."""

RECENT_NS = 60 * NS_PER_S


def missed(stage: str) -> str:
    """What is missing without the stage, or what it takes part in."""
    return MISSED.get(stage, "do everything that I should")


def fails_now(stage: str) -> str:
    """What is said at the moment at which a stage fails."""
    return f"Something went wrong: I can't {missed(stage)} right now."


def failed_lately(faults_ns: Mapping[str, int], now_ns: int) -> list[str]:
    """What to say of stages whose last fault is recent, `faults_ns` by name: each thing that is missing once."""
    lately = [missed(stage) for stage, fault_ns in faults_ns.items() if now_ns - fault_ns < RECENT_NS]
    return [f"In the last minute I could not always {what}." for what in dict.fromkeys(lately)]
