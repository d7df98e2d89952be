"""The things that can be asked for: the detector's 80 COCO classes as people call them.

Heights are typical ones of the whole thing in metres, for near and far only. Person: the mean of adult women's and
men's means (1.59 m and 1.71 m, NCD Risk Factor Collaboration, eLife 2016). Buses and lorries: below the 4.0 m that EU
Directive 96/53/EC allows. The rest are our estimates of everyday sizes, good to about a third; the others have none.
"""

from __future__ import annotations

from dataclasses import dataclass

# label | plural | other words, comma separated | height in metres
_TABLE = """
person | people | persons, somebody, someone, anybody, anyone, man, men, woman, women, human, humans, guy, guys, pedestrian, pedestrians | 1.65
bicycle | bicycles | bike, bikes, cycle, cycles | 1.05
car | cars | automobile, automobiles, taxi, taxis, cab, cabs, van, vans | 1.5
motorcycle | motorcycles | motorbike, motorbikes, moped, mopeds, scooter, scooters | 1.15
airplane | airplanes | aeroplane, aeroplanes, plane, planes, aircraft, jet, jets |
bus | buses | coach, coaches, busses | 3.1
train | trains | tram, trams, streetcar | 3.8
truck | trucks | lorry, lorries, pickup, pickups | 3.2
boat | boats | ship, ships, canoe, sailboat |
traffic light | traffic lights | stop light, stoplight, traffic signal, traffic signals | 0.9
fire hydrant | fire hydrants | hydrant, hydrants | 0.75
stop sign | stop signs | |
parking meter | parking meters | | 1.3
bench | benches | | 0.85
bird | birds | |
cat | cats | kitten, kittens, kitty, kitties | 0.3
dog | dogs | puppy, puppies, doggy |
horse | horses | pony, ponies | 1.6
sheep | sheep | lamb, lambs, goat, goats | 0.8
cow | cows | cattle, bull, bulls, ox, oxen | 1.45
elephant | elephants | | 2.9
bear | bears | |
zebra | zebras | | 1.4
giraffe | giraffes | | 4.8
backpack | backpacks | rucksack, rucksacks, back pack | 0.48
umbrella | umbrellas | parasol, parasols |
handbag | handbags | hand bag, purse, purses, bag, bags | 0.3
tie | ties | necktie, neckties, bow tie |
suitcase | suitcases | suit case, luggage, baggage | 0.65
frisbee | frisbees | frisby |
skis | skis | ski |
snowboard | snowboards | snow board |
sports ball | balls | ball, football, footballs, basketball, basketballs, soccer ball, tennis ball |
kite | kites | |
baseball bat | baseball bats | bat, bats |
baseball glove | baseball gloves | |
skateboard | skateboards | skate board |
surfboard | surfboards | surf board |
tennis racket | tennis rackets | racket, rackets, tennis racquet |
bottle | bottles | | 0.26
wine glass | wine glasses | wineglass, wineglasses | 0.21
cup | cups | mug, mugs, teacup, coffee cup | 0.1
fork | forks | |
knife | knives | |
spoon | spoons | |
bowl | bowls | | 0.08
banana | bananas | |
apple | apples | |
sandwich | sandwiches | |
orange | oranges | |
broccoli | broccoli | |
carrot | carrots | |
hot dog | hot dogs | hotdog, hotdogs |
pizza | pizzas | |
donut | donuts | doughnut, doughnuts |
cake | cakes | |
chair | chairs | seat, seats, stool, stools, armchair, armchairs | 0.85
couch | couches | sofa, sofas, settee | 0.85
potted plant | potted plants | plant, plants, houseplant, flowerpot |
bed | beds | | 0.6
dining table | tables | table, desk, desks, dining tables | 0.75
toilet | toilets | loo, lavatory | 0.75
tv | televisions | television, tvs, t v, monitor, monitors, screen, screens, telly |
laptop | laptops | laptop computer, notebook computer, computer, computers | 0.24
mouse | computer mice | computer mouse, mice |
remote | remotes | remote control, remote controls |
keyboard | keyboards | key board |
cell phone | phones | phone, mobile phone, mobile, cellphone, cell phones, mobiles, telephone, smartphone, smart phone | 0.15
microwave | microwaves | microwave oven | 0.28
oven | ovens | stove, stoves, cooker |
toaster | toasters | | 0.2
sink | sinks | washbasin, basin |
refrigerator | refrigerators | fridge, fridges, freezer | 1.7
book | books | |
clock | clocks | wall clock |
vase | vases | |
scissors | scissors | pair of scissors |
teddy bear | teddy bears | teddy, teddies, stuffed animal |
hair drier | hair driers | hair dryer, hair dryers, hairdryer, hairdryers |
toothbrush | toothbrushes | tooth brush |
"""  # noqa: E501 - a table: one row, one line


@dataclass(frozen=True)
class Thing:
    """A class of things: `label` is the detector's, `height_m` None where it varies too much."""

    label: str
    plural: str
    other_words: tuple[str, ...]
    height_m: float | None


def _row(line: str) -> Thing:
    label, plural, others, height = (cell.strip() for cell in line.split("|"))
    words = tuple(word.strip() for word in others.split(",") if word.strip())
    return Thing(label, plural, words, float(height) if height else None)


THINGS: dict[str, Thing] = {thing.label: thing for thing in map(_row, _TABLE.strip().splitlines())}

THING_OF_WORD: dict[str, str] = {
    word: thing.label for thing in THINGS.values() for word in (thing.label, thing.plural, *thing.other_words)
}
"""Any word for a thing, singular or plural → the detector's label."""

LIVING = frozenset({"person", "bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe"})
