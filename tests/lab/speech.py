"""Sound that a codec takes for speech: syllables of changing vowels and pitch, consonants of noise, pauses.

Chromium's own fake microphone is a beep twice a second, silent in between: it passes whatever happens to the line.
"""

import math
import random
import wave
from array import array
from dataclasses import dataclass
from pathlib import Path

RATE = 16_000
"""Samples a second."""
SECONDS = 12
LOUDNESS = 0.25
"""Root mean square of a vowel's middle, of full scale."""
HIGHEST_HERTZ = 3600
SYLLABLES_IN_A_PHRASE = 7


@dataclass(frozen=True, slots=True)
class Vowel:
    """The two formants by which a vowel is known."""

    first: float
    """In hertz."""
    second: float
    """In hertz."""

    def gain(self, frequency: float) -> float:
        """Return how loud the mouth lets a frequency out, between 0 and about 2."""
        return sum(1 / (1 + ((frequency - f) / 90) ** 2) for f in (self.first, self.second)) + 0.02


VOWELS = (Vowel(750, 1250), Vowel(450, 1900), Vowel(300, 2200), Vowel(480, 850), Vowel(320, 750))


def write_speech(path: Path) -> None:
    """Write the sound into a WAV file, the same every time."""
    chance = random.Random(27)
    samples: list[float] = []
    while len(samples) < SECONDS * RATE:
        for _ in range(SYLLABLES_IN_A_PHRASE):
            samples += _consonant(chance)
            samples += _vowel(chance.choice(VOWELS), chance.uniform(105, 190), chance)
        samples += [0.0] * round(chance.uniform(0.3, 0.5) * RATE)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(array("h", (round(32767 * max(-1, min(1, s))) for s in samples)).tobytes())


def _consonant(chance: random.Random) -> list[float]:
    length = round(chance.uniform(0.03, 0.08) * RATE)
    return [0.05 * chance.gauss(0, 1) * _swell(at, length) for at in range(length)]


def _vowel(vowel: Vowel, pitch: float, chance: random.Random) -> list[float]:
    length = round(chance.uniform(0.12, 0.26) * RATE)
    harmonics = [
        (number, vowel.gain(number * pitch) / math.sqrt(number))
        for number in range(1, int(HIGHEST_HERTZ / pitch))
    ]
    scale = LOUDNESS / math.sqrt(sum(gain * gain for _, gain in harmonics) / 2)
    samples = []
    phase = 0.0
    for at in range(length):
        # The voice falls by a tenth over a syllable.
        phase += 2 * math.pi * pitch * (1.05 - 0.1 * at / length) / RATE
        tone = sum(gain * math.sin(number * phase) for number, gain in harmonics)
        samples.append(scale * tone * _swell(at, length))
    return samples


def _swell(at: int, length: int) -> float:
    return math.sqrt(math.sin(math.pi * at / length))
