"""Which ImageNet classes are which of COCO's: how the classifier may confirm or contest a detection.

COCO's class → WordNet 3.0 synset numbers (nouns) of the ImageNet-1k classes that are a kind of it, after
Lin et al. 2014 (COCO's 80 classes) and Russakovsky et al. 2015 (the 1000 synsets). Matched by hand on the synsets'
lemmas. Where COCO's class has no counterpart the classifier says nothing about it.
"""

from __future__ import annotations

_ROWS: dict[str, str] = {
    "person": "09835506 10148035 10565667",  # ballplayer, groom, scuba diver
    "bicycle": "02835271 03792782",  # bicycle-built-for-two, mountain bike
    # ambulance, beach wagon, cab, convertible, jeep, limousine, minivan, Model T, racer, sports car
    "car": "02701002 02814533 02930766 03100240 03594945 03670208 03770679 03777568 04037443 04285008",
    "motorcycle": "03785016 03791053",  # moped, motor scooter
    "airplane": "02690373 04552348",  # airliner, warplane
    "bus": "03769881 04146614 04487081",  # minibus, school bus, trolleybus
    # bullet train, electric locomotive, freight car, passenger car, steam locomotive, streetcar
    "train": "02917067 03272562 03393912 03895866 04310018 04335435",
    "truck": "03345487 03417042 03796401 03930630 03977966 04461696 04467665 04065272",
    "boat": (
        "02951358 02981792 03344393 03447447 03662601 03673027 04147183 04273569 04483307 04612504 03095699 03947888 "
    ),
    "traffic light": "06874185",  # traffic light
    "parking meter": "03891332",  # parking meter
    "bench": "03891251",  # park bench
    "bird": (
        "01514668 01514859 01518878 01530575 01531178 01532829 01534433 01537544 01558993 01560419 01580077 "
        "01582220 01592084 01601694 01608432 01614925 01616318 01622779 01795545 01796340 01797886 01798484 "
        "01806143 01806567 01807496 01817953 01818515 01819313 01820546 01824575 01828970 01829413 01833805 "
        "01843065 01843383 01847000 01855032 01855672 01860187 02002556 02002724 02006656 02007558 02009229 "
        "02009912 02011460 02012849 02013706 02017213 02018207 02018795 02025239 02027492 02028035 02033041 "
        "02037110 02051845 02056570 02058221 "
    ),
    "cat": "02123045 02123159 02123394 02123597 02124075",  # tabby, tiger cat, Persian cat, Siamese cat, Egyptian cat
    "dog": (
        "02085620 02085782 02085936 02086079 02086240 02086646 02086910 02087046 02087394 02088094 02088238 "
        "02088364 02088466 02088632 02089078 02089867 02089973 02090379 02090622 02090721 02091032 02091134 "
        "02091244 02091467 02091635 02091831 02092002 02092339 02093256 02093428 02093647 02093754 02093859 "
        "02093991 02094114 02094258 02094433 02095314 02095570 02095889 02096051 02096177 02096294 02096437 "
        "02096585 02097047 02097130 02097209 02097298 02097474 02097658 02098105 02098286 02098413 02099267 "
        "02099429 02099601 02099712 02099849 02100236 02100583 02100735 02100877 02101006 02101388 02101556 "
        "02102040 02102177 02102318 02102480 02102973 02104029 02104365 02105056 02105162 02105251 02105412 "
        "02105505 02105641 02105855 02106030 02106166 02106382 02106550 02106662 02107142 02107312 02107574 "
        "02107683 02107908 02108000 02108089 02108422 02108551 02108915 02109047 02109525 02109961 02110063 "
        "02110185 02110341 02110627 02110806 02110958 02111129 02111277 02111500 02111889 02112018 02112137 "
        "02112350 02112706 02113023 02113186 02113624 02113712 02113799 02113978 "
    ),
    "horse": "02389026",  # sorrel
    "sheep": "02412080 02415577",  # ram, bighorn
    "cow": "02403003 02408429 02410509",  # ox, water buffalo, bison
    "elephant": "01871265 02504013 02504458",  # tusker, Indian elephant, African elephant
    "bear": "02132136 02133161 02134084 02134418",  # brown bear, American black bear, ice bear, sloth bear
    "zebra": "02391049",  # zebra
    "backpack": "02769748",  # backpack
    "umbrella": "04507155",  # umbrella
    "handbag": "04026417",  # purse
    "tie": "04591157 02883205",  # Windsor tie, bow tie
    "skis": "04228054",  # ski
    "sports ball": "02802426 04254680 04409515 04540053 04118538 03445777 02799071 03942813 03134739",
    "tennis racket": "04039381",  # racket
    # beer bottle, pop bottle, water bottle, wine bottle, pill bottle
    "bottle": "02823428 03983396 04557648 04591713 03937543",
    "wine glass": "03443371 07892512",  # goblet, red wine
    "cup": "07930864 03063599 07920052 02823750 07932039",  # cup, coffee mug, espresso, beer glass, eggnog
    "knife": "03658185 03041632",  # letter opener, cleaver
    "bowl": "03775546 04263257",  # mixing bowl, soup bowl
    "banana": "07753592",  # banana
    "apple": "07742313",  # Granny Smith
    "orange": "07747607",  # orange
    "broccoli": "07714990",  # broccoli
    "hot dog": "07697537",  # hotdog
    "pizza": "07873807",  # pizza
    "chair": "02791124 03376595 04099969 04429376",  # barber chair, folding chair, rocking chair, throne
    "couch": "04344873",  # studio couch
    "potted plant": "03991062",  # pot
    "bed": "03388549",  # four-poster
    "dining table": "03201208",  # dining table
    "toilet": "04447861",  # toilet seat
    "tv": "04404412 03782006 04152593 03529860",  # television, monitor, screen, home theater
    "laptop": "03642806 03832673",  # laptop, notebook
    "mouse": "03793489",  # mouse
    "remote": "04074963",  # remote control
    "keyboard": "03085013 04505470",  # computer keyboard, typewriter keyboard
    "cell phone": "02992529",  # cellular telephone
    "microwave": "03761084",  # microwave
    "oven": "04330267 04111531",  # stove, rotisserie
    "toaster": "04442312",  # toaster
    "sink": "04553703",  # washbasin
    "refrigerator": "04070727",  # refrigerator
    "book": "06596364 07248320",  # comic book, book jacket
    "clock": "02708093 03196217 04548280",  # analog clock, digital clock, wall clock
    "vase": "04522168",  # vase
    "teddy bear": "04399382",  # teddy
    "hair drier": "03483316",  # hand blower
}

COCO_OF_SYNSET: dict[str, str] = {f"n{number}": coco for coco, row in _ROWS.items() for number in row.split()}
"""ImageNet synset ("n02123045") → COCO class ("cat")."""

COCO_WITH_SYNSETS = frozenset(_ROWS)
"""COCO classes that the classifier can say something about."""

_ANIMALS = range(1440764, 2655021)
"""WordNet 3.0 noun offsets, tench to puffer: the first 398 of ImageNet's 1000 classes, and no others of them."""


def is_animal(synset: str) -> bool:
    """ "n02481823" (chimpanzee) → True."""
    return int(synset[1:]) in _ANIMALS


LIKE: dict[str, frozenset[str]] = {
    "spoon": frozenset({"ladle", "wooden spoon", "spatula"}),
    "fork": frozenset({"ladle", "wooden spoon", "spatula"}),
    "knife": frozenset({"ladle", "wooden spoon", "spatula"}),
    "kite": frozenset({"parachute", "balloon"}),
    "suitcase": frozenset({"chest", "mailbag"}),
    "handbag": frozenset({"mailbag"}),
    "toothbrush": frozenset({"paintbrush"}),
    "surfboard": frozenset({"paddle"}),
    "scissors": frozenset({"can opener", "corkscrew"}),
}
"""COCO classes of which ImageNet has no or few kinds → its classes that look like them: a reason not to be sure."""

COARSE = {
    "arabian camel": "camel",
    "african chameleon": "chameleon",
    "african crocodile": "crocodile",
    "giant panda": "panda",
    "lesser panda": "red panda",
    "llama": "llama or alpaca",
    "madagascar cat": "lemur",
    "hog": "pig",
    "killer whale": "orca",
    "anemone fish": "clownfish",
    "rock beauty": "fish",
    "solar dish": "solar panel",
}
"""ImageNet's name → the one to say, where it has only one kind and so cannot tell kinds, or where it misleads: its
solar dishes are solar collectors of any form, and its rock beauty is whatever has the shape of an angelfish."""


def name_of(synset: str, label: str) -> str:
    """COCO's name of an ImageNet class where it has one, else its own in lower case."""
    return COCO_OF_SYNSET.get(synset) or COARSE.get(label.lower(), label.lower())


_IN_PART = """
person horse cow chair couch bed dining-table tv book potted-plant bottle knife apple bicycle car truck boat train bench
tie handbag skis sink oven sheep
"""
"""Classes of which ImageNet has only some kinds, or which it rarely shows as they stand in a room or street."""

WELL_KNOWN = COCO_WITH_SYNSETS - {name.replace("-", " ") for name in _IN_PART.split()}
"""COCO classes that the classifier would name if they filled the crop: its silence is a doubt."""
