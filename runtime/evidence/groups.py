"""Groups of the classifier's names: three butterflies at 0.3 each are a butterfly, though none of them is sure.

ImageNet splits into kinds what people call by one word. A group's score is the sum of its kinds' scores. Only groups
whose kinds are all of ImageNet's that look so: a dolphin, which ImageNet lacks, is taken for three kinds of shark.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from runtime.evidence import Evidence

# group: the classifier's names, in lower case
_TABLE = """
fish: fish, tench, goldfish, barracouta, eel, coho, clownfish, sturgeon, gar, lionfish, puffer
frog: bullfrog, tree frog, tailed frog
turtle: loggerhead, leatherback turtle, mud turtle, terrapin, box turtle
lizard: banded gecko, common iguana, american chameleon, whiptail, agama, frilled lizard, alligator lizard, gila monster, green lizard, chameleon, komodo dragon
snake: thunder snake, ringneck snake, hognose snake, green snake, king snake, garter snake, water snake, vine snake, night snake, boa constrictor, rock python, indian cobra, green mamba, sea snake, horned viper, diamondback, sidewinder
spider: black and gold garden spider, barn spider, garden spider, black widow, tarantula, wolf spider
crab: dungeness crab, rock crab, fiddler crab, king crab, hermit crab
butterfly: admiral, ringlet, monarch, cabbage butterfly, sulphur butterfly, lycaenid
beetle: tiger beetle, ladybug, ground beetle, long-horned beetle, leaf beetle, dung beetle, rhinoceros beetle, weevil
fox: red fox, kit fox, arctic fox, grey fox
wolf: timber wolf, white wolf, red wolf
rabbit: wood rabbit, hare, angora
antelope: hartebeest, impala, gazelle
monkey: guenon, patas, baboon, macaque, langur, colobus, proboscis monkey, marmoset, capuchin, howler monkey, titi, spider monkey, squirrel monkey
ape: orangutan, gorilla, chimpanzee, gibbon, siamang
building: barn, bell cote, boathouse, castle, church, cinema, dome, greenhouse, library, monastery, mosque, palace, planetarium, prison, restaurant, stupa, thatch, tile roof
fruit: strawberry, lemon, fig, pineapple, jackfruit, custard apple, pomegranate, orange, apple, banana
musical instrument: accordion, acoustic guitar, banjo, bassoon, cello, cornet, drum, electric guitar, flute, french horn, gong, grand piano, harmonica, harp, maraca, marimba, oboe, ocarina, organ, panpipe, sax, steel drum, trombone, upright, violin
"""  # noqa: E501 - a table: one group, one line

GROUPS: dict[str, frozenset[str]] = {
    group: frozenset(name.strip() for name in names.split(","))
    for group, _, names in (line.partition(":") for line in _TABLE.strip().splitlines())
}


def groups_of(labels: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """One evidence for each group of which there is a kind among `labels`, all of one region; best first."""
    labels = tuple(labels)
    found: list[Evidence] = []
    for group, kinds in GROUPS.items():
        of_group = [e for e in labels if e.label in kinds]
        if of_group:
            found.append(replace(of_group[0], label=group, score=min(1.0, sum(e.score for e in of_group))))
    return tuple(sorted(found, key=lambda e: -e.score))
