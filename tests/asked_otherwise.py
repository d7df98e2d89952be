"""Sentences near the skills' phrases: which ask for something else, and which for the same in other words."""

from __future__ import annotations


def rows(table: str) -> list[tuple[str, str]]:
    return [(name, text) for name, _, text in (row.partition(": ") for row in table.strip().splitlines())]


# Before each the skill whose phrases the starter pack's embedder finds nearest.
ASKS_MORE = """
is_there: is that my cup
is_there: is anyone looking at me
is_there: is the seat taken
where_is: where can I sit
volume: turn the tv up
colour: what is the man wearing
describe: what is behind me
describe: what is this for
describe: describe the man
describe: describe the dog
how_many: how many people are wearing hats
how_many: how many cups are full
how_many: how many red cars are there
is_there: what does the dog do
is_there: what is the dog doing
is_there: what is the man holding
is_there: what is on the table
is_there: is the person a man
is_there: is the person a man or a woman
is_there: is it a man or a woman
is_there: is the driver asleep
is_there: is the cup full
is_there: is the cup empty
is_there: is the cup on the table
is_there: is the dog behind the car
is_there: is the tv on
is_there: is the man smiling
is_there: is the man tall
is_there: is the car parked
is_there: is the chair free
is_there: is the bottle open
is_there: is the phone ringing
is_there: is the cat asleep
is_there: is he a man
is_there: is she old
is_there: is there a red car
is_there: is there an empty chair
is_there: is there a big dog
is_there: is there a sleeping cat
is_there: is there a man with a dog
is_there: is there a car behind me
is_there: is there someone behind us
is_there: is there a cup and is it full
is_there: does the dog bite
is_there: does he see me
is_there: has the man a hat
is_there: can the dog see me
is_there: did the dog eat
is_there: who is there
is_there: which bus is that
is_there: is the bus late
is_there: do you see what he does
is_there: do you see if the cup is full
is_there: is my dog hungry
is_there: is the milk sour
is_there: is the person near the car
light: switch off the lights
light: is the oven hot
light: is it cold
light: how heavy is the bag
light: why is it dark
light: is the light in the car broken
rate: slow down the car
rate: drive faster
rate: how fast is the car
read_text: read me the news
read_text: read my email
read_text: what does the man say
repeat: repeat the song
repeat: who is that
status: can you hear the music
stop: stop the car
stop: cancel my order
time_date: what time does the bus leave
time_date: what time is it in Tokyo
volume: turn off the radio
volume: turn on the radio
volume: turn the radio off
volume: turn off the light
volume: turn the music down
volume: turn up the heating
volume: stop the music
volume: lower the window
warn: is the car moving
warn: when does the bus come
warn: when is the train coming
where_is: close the door
where_is: what is the dog's name
where_is: what is in the cup
where_is: what is under the bed
where_is: what is the man's name
where_is: is the door open
where_is: how far away is the car
where_is: how close is the dog
where_is: how big is the dog
where_is: how old is the man
where_is: how much is the banana
where_is: where am I
where_is: where are we
where_is: where is the man going
where_is: where is the dog looking
where_is: who is the man
where_is: whose bag is this
where_is: whose dog is it
where_is: are the dog and the cat fighting
where_is: where is the blue cup
where_is: find the clean cup
"""

NEAR_NOTHING = """
open the window
play some music
navigate home
take me to the station
call my mother
send a message to Anna
set an alarm for seven
increase the temperature
make it warmer
what is it made of
is the dog friendly
is the bus full
is it raining
is this milk fresh
are there people who wave
how far is it
how tall is the person
how many men have beards
how do I get home
why is the dog barking
are you a robot
are you hungry
is the banana ripe
are the children happy
"""

ASKS_FOR_IT = """
is_there: is there a cup or not
is_there: do we have a chair here
where_is: where can I find a chair
colour: what colour is this
colour: is the cup green
colour: is my shirt green
colour: is the bottle green
how_many: how many dogs are in front of me
read_text: can you read that sign
status: is the view clear
stop: can you stop please
stop: quiet
time_date: which day is it
volume: can you turn it up
volume: make it louder
where_is: on which side is the car
where_is: can you find a chair
warn: is anything getting closer
colour: what color is the cup
colour: is the car red or blue
colour: is this red or blue
colour: tell me the colour of this cup
describe: what do you see
describe: what's in front of me
describe: what can you see here
describe: what is in this room
describe: describe the scene please
describe: describe the room for me
describe: what am I looking at
describe: what else is there
describe: what is that
help: help me
help: what can I ask you
how_many: are there more than two people
how_many: how many people are there
how_many: how many cats and dogs
how_many: how many cups are on the table
how_many: how many chairs can you see in the kitchen
how_many: count the bottles
how_many: tell me how many dogs you see
is_there: Is there a cup?
is_there: is there a cup on the table
is_there: is there a traffic light
is_there: is there anything in front of me
is_there: are there any people here
is_there: are there two cups
is_there: isn't there a cup
is_there: is there a horse and a cat
is_there: is that a cat or a dog
is_there: is this a cup
is_there: is it a dog
is_there: is the dog in front of me
is_there: is anybody there
is_there: is somebody in front of me
is_there: do you see any bicycles
is_there: do you see a dog or a cat
is_there: do you see a stethoscope on the shelf
is_there: can you see my keys
is_there: can you see a chair please
is_there: hey, is there a bottle of water near me?
is_there: tell me if there is a person in front of me
is_there: is there a chair to my left
is_there: is a bus here
is_there: any cups?
light: is the light on
light: is it dark in here
light: is it light
light: are the lights on in the kitchen
rate: slower
rate: speak a bit faster
rate: slow down please
rate: you talk too fast
read_code: scan the code
read_code: what does the barcode say
read_text: read this please
read_text: read the sign aloud
read_text: what does the sign say
read_text: what is written on this page
read_text: can you read this letter to me
repeat: say that again please
repeat: what did you just say
repeat: I didn't hear you
status: are you okay
status: is everything working
status: is the camera working
status: can you hear me
stop: stop
stop: stop it
stop: stop talking please
stop: be quiet
stop: that's enough
time_date: what time is it now
time_date: what's the date today
time_date: what day is it
volume: louder please
volume: a bit louder
volume: speak up
volume: turn it down
volume: turn the volume up a little
volume: not so loud
volume: your voice is too loud
warn: is a car coming
warn: is anything coming closer
warn: is a bus coming towards me
warn: is the car coming closer
warn: are there any cars coming
warn: warn me of traffic
where_is: is my phone here
where_is: where is the bottle
where_is: where's my phone
where_is: where are the dog and the cat
where_is: where are the nearest chairs
where_is: find the cup please
where_is: find my keys
where_is: which way is the car
where_is: in which direction is the door
where_is: do you know where my phone is
where_is: tell me where the cup is
where_is: locate the laptop
where_is: I'm looking for my bag
"""
