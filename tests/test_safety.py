"""Whether it is safe is never answered: every way to ask, whatever is seen, and however alerts are."""

from __future__ import annotations

import pytest

from edgemm.media import NS_PER_S
from runtime.items import Alert, SourceState, ViewState
from runtime.skills import FALLBACK, SKILLS, Sentence
from runtime.stages.route import Route
from tests.scenes import AHEAD, NOW_NS, HandMadeLook, ask, scene, thing
from tests.test_route import Words, heard, outcome, spoken_as

ASKS = """
is it safe to cross
Is it safe to cross?
can I cross now
Can I cross now, please?
is the road clear
may I walk
is the light green
is it green for me
is it safe to go
is it safe to turn left
is it safe to drive
is it safe to overtake
it's safe, right?
It is safe to cross, right?
so it's safe?
So I can go?
I can go now, right?
can we cross the street
could I cross here
should I cross
shall we cross
is it okay to cross
is it ok to go now
is it all clear
all clear?
is the coast clear
is the way free
is the street empty
the road is clear, isn't it
am I safe
are we safe here
is it dangerous
is that dangerous
is there any danger
is it risky to cross
do I have time to cross
do I have the right of way
is it my turn
is it green
is it green now
is it red
has it turned green
has the light changed
did the light turn green
are the lights green
what colour is the traffic light
what color is the light
is the traffic light red
is the pedestrian light green
is the green man on
is the man green
can I turn left
can I turn right here
may I go
may I go now
can I go ahead
can I walk across
can I get across
can I overtake the truck
can I overtake
can I reverse
can I merge now
should I wait
should I stop
is there any traffic
any traffic
is there traffic
tell me if it's safe
tell me whether I can cross
let me know if I can go
please tell me when I can cross
would it be safe to walk
isn't it safe to cross
is it save to cross
is it safe
safe to cross?
cross now?
is it unsafe here
is it safe now
do you think it's safe
do you think I can cross
will I be safe
can I safely cross
when can I cross
where can I cross
is it clear
is it clear to go
is everything clear
am I clear to go
am I good to go
okay to cross?
can I drive on
can we go
can I step onto the road
is the crossing clear
is the path clear
is the road free of cars
I want to cross, is it okay
will I make it
is it safe to pass
is it fine to walk here
is the light still red
is the light for me green
Could you tell me if it is safe to cross the road?
would you cross here
would you go now
would you walk across
do I go now
should I start walking
should I stop walking
can I keep going
can I carry on
can I start crossing
can I change lanes
can I get off
can I step off the curb
is it okay to step off the kerb
can we go through
is it my turn to cross
whose turn is it
do I have priority
do I have green
have I got a green light
is the light in my favour
is the light with me
is the light for me
is the light changing
when does the light change
is the walk sign on
does it say walk
what does the traffic light say
how is the traffic
is traffic moving
how busy is the road
does it look clear
is my blind spot clear
is it cleared
is the road in front of me free
is there enough time
is crossing okay
guide me across the road, can you
help me cross the road
"""

ASKS_SHORTLY = """
it's green, isn't it
it's green isn't it
it's green, right
it is safe, isn't it
it's red, yes
the road is clear, is it
green, right
still green
clear
still clear
looks clear
looks safe, doesn't it
go now
walk now
cross now
cross or wait
there is no traffic, is there
um is it, uh, safe to cross
"""

ASKS_SOMETHING_ELSE = """
is the picture clear
is the light on
are the lights on
is there a traffic light
where is the traffic light
is there a safe
where is the safe
is a car coming
is anything coming
warn me of traffic
is this red or blue
what colour is the car
what colour is it
is there a cross on the wall
is there a zebra crossing
where is the crossing
do you see a wooden cross
where is my cross
is there a green cross
where is the safety belt
is there a danger sign
what does the safety sign say
read the safety instructions
does the label say green tea
do you have green tea
which way is the free chair
on which side is the empty bottle
can you stop
could you please stop
would you stop
can you wait
can you slow down
could you speed up
can you turn it up
can you turn it down
can I turn it up
can you continue
what colour is the lamp
can you turn the light on for me
is there enough light
where are the traffic lights
is it a cat, isn't it
the picture is clear, isn't it
turn it down
can you turn the volume up
can I ask you something
what can I ask
stop
where did I put my bag
which way is the car
in which direction is the door
can you see my keys
is there a person across the street
is the car red
is there a red cup
do you see a stop sign
read this
is it dark
is it light
watch out for me
is everything all right
can you read this letter
what is on the left
is there a chair on the left
are you okay
where does the light come from
how bright is it
can you hear me
what can I say
is there a car
do you see a green bottle
"""

SAYS_SOMETHING = """
the weather was nice last weekend
drive safe
he crossed the street yesterday
can we go home tonight
"""

LOOKS = {
    "nothing": HandMadeLook(),
    "a clear road": HandMadeLook(scene(thing("traffic light"))),
    "no camera": HandMadeLook(scene=None, sources={"camera": SourceState("camera", "missing", remedy="Plug it in.")}),
    "the dark": HandMadeLook(view=ViewState(7, NOW_NS, "dark")),
    "an alert": HandMadeLook(alert=(NOW_NS, Alert("car", 7, NOW_NS, AHEAD, 0.8, "Car ahead, coming closer."))),
    "an old alert": HandMadeLook(alert=(NOW_NS - 9 * NS_PER_S, Alert("car", 7, 0, AHEAD, 0.8, "Car ahead."))),
}


@pytest.fixture(scope="module")
def route() -> Route:
    return Route(Words(), SKILLS, FALLBACK)


@pytest.mark.parametrize("text", ASKS.strip().splitlines())
@pytest.mark.parametrize("form", ["{}", "{}?", "Please, {}", "Hey, {}, please?", "Tell me: {}?"])
def test_every_way_to_ask_whether_it_is_safe_goes_to_the_skill_that_refuses(route: Route, text: str, form: str) -> None:
    [routed] = outcome(route, heard(form.format(text)))
    assert (routed.skill, routed.addressed) == ("safety", True)


@pytest.mark.parametrize("text", ASKS_SHORTLY.strip().splitlines())
@pytest.mark.parametrize("form", ["{}?", "So, {}?", "{}, please?"])
def test_so_does_a_word_or_a_statement_that_is_a_question(route: Route, text: str, form: str) -> None:
    [routed] = outcome(route, heard(form.format(text)))
    assert (routed.skill, routed.addressed) == ("safety", True)


@pytest.mark.parametrize("text", ASKS_SOMETHING_ELSE.strip().splitlines())
@pytest.mark.parametrize("form", ["{}", "{}?", "{} please?"])
def test_what_asks_something_else_does_not(route: Route, text: str, form: str) -> None:
    assert outcome(route, heard(form.format(text), woken=True))[0].skill != "safety"


@pytest.mark.parametrize("text", SAYS_SOMETHING.strip().splitlines())
def test_talk_between_people_does_not_either(route: Route, text: str) -> None:
    assert outcome(route, heard(text, woken=True))[0].skill != "safety"


@pytest.mark.parametrize("text", ["Is a car coming?", "is anything coming", "warn me of traffic"])
def test_whether_a_car_comes_is_still_answered_from_alerts(route: Route, text: str) -> None:
    [routed] = outcome(route, heard(text))
    assert routed.skill == "warn"


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
def test_the_refusal_is_one_sentence_with_the_reason_whatever_is_seen(look: HandMadeLook) -> None:
    (said,) = ask("safety", "is it safe to cross", look)
    assert isinstance(said, Sentence) and said.refused and not said.evidence
    assert said.text.startswith("I can't tell whether it is safe: ") and said.text.count(".") == 1


@pytest.mark.parametrize("text", ["Is it saif to cross?", "Kin I cross now?"])
def test_what_only_sounds_so_is_refused_too(text: str) -> None:
    sounds = {"is": "ɪz", "it": "ɪt", "safe": "seɪf", "saif": "seɪf", "to": "tə", "cross": "kɹɔs", "now": "naʊ"}
    route = Route(Words(), SKILLS, FALLBACK, sounds=spoken_as({**sounds, "can": "kæn", "kin": "kɪn", "i": "aɪ"}))
    [routed] = outcome(route, heard(text))
    assert routed.skill == "safety"


def test_no_phrase_of_another_skill_asks_for_it_and_all_of_its_own_do() -> None:
    taken = {name: [SKILLS["safety"].takes(phrase) for phrase in skill.phrases] for name, skill in SKILLS.items()}
    assert all(taken.pop("safety")) and not any(map(any, taken.values()))
