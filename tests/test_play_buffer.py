"""What has been heard: the samples whose time has come, not those that were sent or that the device has taken."""

from __future__ import annotations

from runtime.sound.play_buffer import PlayBuffer

RATE_HZ = 1000
MS = 1_000_000


def filled(samples: int) -> PlayBuffer:
    buffer = PlayBuffer()
    buffer.add(bytes(range(256)) * (2 * samples // 256 + 1))
    return buffer


def test_sound_is_heard_sample_by_sample_from_when_it_is_audible() -> None:
    buffer = filled(200)
    buffer.take(100, 50 * MS, RATE_HZ)
    assert [buffer.heard(ms * MS) for ms in (0, 49, 50, 60, 149, 150, 500)] == [0, 0, 0, 10, 99, 100, 100]


def test_blocks_follow_each_other_and_a_pause_between_them_is_not_heard() -> None:
    buffer = filled(200)
    buffer.take(100, 50 * MS, RATE_HZ)
    buffer.take(100, 350 * MS, RATE_HZ)
    assert [buffer.heard(ms * MS) for ms in (100, 200, 349, 360, 450)] == [50, 100, 100, 110, 200]


def test_what_is_cleared_is_never_heard_and_what_the_device_has_still_is() -> None:
    buffer = filled(1000)
    buffer.take(100, 50 * MS, RATE_HZ)
    assert buffer.clear() == 100
    assert buffer.take(100, 150 * MS, RATE_HZ) == b""
    assert buffer.heard(900 * MS) == 100
    buffer.add(b"\1\2")
    assert buffer.take(100, 950 * MS, RATE_HZ) == b"\1\2"
    assert buffer.heard(960 * MS) == 101


def test_a_clock_that_goes_back_takes_nothing_back() -> None:
    buffer = filled(100)
    buffer.take(100, 0, RATE_HZ)
    assert (buffer.heard(60 * MS), buffer.heard(30 * MS)) == (60, 60)


def test_the_device_gets_the_samples_in_order() -> None:
    buffer = PlayBuffer()
    buffer.add(b"abcdef")
    buffer.add(b"gh")
    assert [buffer.take(3, 0, RATE_HZ), buffer.take(3, 0, RATE_HZ), buffer.take(3, 0, RATE_HZ)] == [
        b"abcdef",
        b"gh",
        b"",
    ]
