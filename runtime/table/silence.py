"""The links of every row that falls silent when it is asked to."""

from __future__ import annotations

from runtime.drivers.routing import ANY
from runtime.drivers.table import Link
from runtime.items import Press, SpeakerClear


def _is_stop(press: Press) -> bool:
    """`edgemm stop` also ends what is still being worked on; a key that is pressed in silence asks to listen."""
    return press.by == "command"


SILENCE = (Link("press", SpeakerClear, "silence"), Link(ANY, Press, "silence", where=_is_stop))
"""Nothing more is to be heard."""
