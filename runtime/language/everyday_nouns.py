"""Things that people ask for and that no model here has a class for: when one is heard, it was said.

"Where are my keys" is about keys, however near they sound to skis. Singular; a plural counts as its singular.
"""

from __future__ import annotations

from runtime.language.plurals import singulars

_NOUNS = """
key wallet door window wall floor ceiling roof stair step staircase stairway escalator elevator lift ramp rail handrail
gate fence hedge corner corridor hall hallway room kitchen bathroom bedroom office garage garden yard balcony attic
cellar basement house home hut shed shop store bank school church station hotel hospital pharmacy library bridge road
street path way lane curb kerb pavement sidewalk crossing junction exit entrance entry platform stop track tunnel
glass glasses sunglasses lens hearing aid cane stick crutch wheelchair walker frame guide lead leash harness collar
medicine pill tablet drug dose plaster bandage cream thermometer inhaler syringe prescription
coat jacket hat cap scarf glove mitten shirt blouse sweater jumper pullover vest trousers pants jeans shorts skirt dress
suit sock stocking shoe boot slipper sandal heel belt button zip zipper pocket sleeve lace ring earring necklace
bracelet watch brooch pin crown mask wig
pen pencil paper page note notebook letter envelope stamp parcel package packet box carton case folder file binder card
ticket receipt bill invoice money cash coin cheque check passport licence document map plan poster photo picture
painting mirror print sign label sticker tag badge flag newspaper magazine leaflet brochure calendar diary
menu list form
lamp light bulb torch candle match lighter switch socket plug cable cord wire charger battery adapter fuse
camera radio speaker headphone earphone microphone printer scanner disk disc drive game controller drone
robot antenna fan heater radiator boiler pump filter meter
shelf shelves cupboard cabinet drawer wardrobe closet rack hook hanger stand basket bin bucket barrel crate
trash rubbish garbage can tin jar jug pitcher pot pan kettle lid cork tray plate dish saucer cutlery napkin straw
tea coffee milk water juice wine beer soup salad rice pasta noodle bread toast roll bun butter cheese ham meat beef pork
chicken egg fish shrimp sauce oil salt pepper sugar flour honey jam cereal snack biscuit cookie cracker chip crisp
chocolate candy sweet ice pie tart fruit grape pear peach plum cherry berry strawberry lemon lime melon mango nut
potato tomato onion garlic cabbage lettuce cucumber pea bean corn mushroom pumpkin herb
soap shampoo towel sponge brush comb razor tissue bath tub shower tap faucet drain mop broom vacuum duster
cloth rag sheet blanket pillow cushion mattress duvet quilt carpet rug mat doormat curtain blind tablecloth iron
needle thread yarn wool rope string tape glue nail screw bolt hammer saw drill wrench spanner pliers ladder tool
toolbox chain lock padlock latch bell alarm handle knob lever pedal wheel tyre tire engine brake trunk
axe spade shovel rake hose wheelbarrow pole post pipe stone rock brick board plank log tree bush leaf flower grass rose
branch root seed soil sand mud puddle pool pond lake river stream sea beach shore hill mountain field park forest wood
sky sun moon star cloud rain snow fire smoke fog wind storm
hand arm leg foot feet head face eye ear nose mouth lip tooth teeth tongue hair beard finger thumb toe knee back neck
queue line
lizard crab beetle antelope ape building instrument dolphin shell feather castle cloak
place force source course range change
rabbit hamster rat pig duck goose hen rooster turkey fox wolf lion tiger monkey deer camel snake frog turtle
spider fly bee wasp ant bug butterfly worm snail whale shark seal penguin owl crow dragon monster ghost unicorn
toy doll block puzzle dice balloon drum guitar piano violin flute trumpet gun tent net goal
cart trolley tractor ambulance helicopter rocket sled wagon pram stroller trailer tank ferry anchor paddle oar
shade shadow hole crack gap spot stain mark edge side top end bottom centre center middle
"""

_PEOPLE = """
baby child children kid boy girl son daughter mother father mum mom dad brother sister uncle aunt husband wife friend
neighbour neighbor doctor nurse teacher driver waiter boss guard police officer crowd group band team king
"""

PEOPLE = frozenset(_PEOPLE.split())
EVERYDAY_NOUNS = frozenset(_NOUNS.split()) | PEOPLE


def is_everyday(word: str) -> bool:
    """Whether `word`, singular or plural, is one of them."""
    return any(one in EVERYDAY_NOUNS for one in singulars(word))


def is_person(word: str) -> bool:
    """Whether `word` is one of those that are people."""
    return any(one in PEOPLE for one in singulars(word))
