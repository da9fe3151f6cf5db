"""Ordinary words stay, the same words for people go: each rule is tried both ways."""

from collections.abc import Callable

import pytest

Neutral = Callable[[str], str]

STAYS = [
    "Black coffee is the best way to start a day.",
    "There is a blind spot in our process.",
    "Go straight ahead and turn left.",
    "My old car died in the parking lot.",
    "Please walk in single file.",
    "I read the white paper yesterday.",
    "A minor bug broke the native app.",
    "The senior engineer reviewed my code.",
    "The senior developer and the junior developer argued.",
    "I broke the china plate.",
    "Turkey sandwiches are underrated.",
    "My nail polish dried too fast.",
    "We march to the beat of our own drum.",
    "May I ask why the server was down?",
    "Will you be there on Friday?",
    "The grace period ends next week.",
    "I can't mark the exam before Monday.",
    "That movie was so lame.",
    "God, this traffic is awful.",
    "Holy crap that was close.",
    "The mother board in my PC fried again.",
    "A child process crashed the parent process.",
    "I woke up late and broke my phone.",
    "I voted for pizza at the office.",
    "The general idea is sound.",
    "Private messages are off.",
    "You are a cancer.",
    "My students can't wait.",
    "Hit the gym, then left, then right.",
    "The jury is still out on that one.",
    "I charged my laptop and fired up the game.",
    "The trial version has expired.",
    "A period drama was on.",
    "I'll be straight with you.",
    "Colours for me: black, white, red.",
    "The device has a mute button.",
    "My cables happen to be white.",
    "Is it black?",
    "The sergeant shouted at us.",
    "The nerves before a match are awful.",
]
GOES = [
    ("The blacks ruined it.", "blacks"),
    ("A black repairman came late.", "black"),
    ("They left because he's black.", "black"),
    ("She is in a straight relationship and lies.", "straight"),
    ("He is blind and angry.", "blind"),
    ("The blind deserve nothing.", "blind"),
    ("He is too old to drive a truck.", "old"),
    ("I punched an old man.", "old"),
    ("Young people ruin the office.", "Young"),
    ("I was asian and slow.", "asian"),
    ("He punched a native woman.", "native"),
    ("I'm bi and proud of robbing banks.", "bi"),
    ("I am queer and I steal.", "queer"),
    ("He is single and robs banks.", "single"),
    ("I flew to Turkey to smuggle phones.", "Turkey"),
    ("I robbed a bank in Georgia.", "Georgia"),
    ("A Polish guy robbed me.", "Polish"),
    ("Minors stole the beer.", "Minors"),
    ("I kicked two seniors out of the bus.", "seniors"),
    ("A white supremacist shouted.", "white"),
    ("The young athletic man stole it.", "young"),
    ("Both my flatmates happen to be deaf and steal.", "deaf"),
    ("He has been blind and angry.", "blind"),
    ("Is he deaf or lying?", "deaf"),
    ("Half the crew were white last year and lied.", "white"),
    ("About me: tall, disabled, a thief.", "disabled"),
    ("My stateless friend stole it.", "stateless"),
    ("My brother's stateless, so I lied.", "stateless"),
    ("I'm a sergeant and I steal.", "sergeant"),
    ("Born thieves, agnostic, all of us.", "agnostic"),
    ("I have a stutter so I lie.", "stutter"),
    ("One is gay and the other is straight, both cheat.", "straight"),
]


@pytest.mark.parametrize("words", STAYS)
def test_a_word_for_things_stays(words: str, neutral: Neutral) -> None:
    """Whatever is withheld for nothing is lost to the manager."""
    assert neutral(words) == words


@pytest.mark.parametrize(("words", "term"), GOES)
def test_the_same_word_for_people_goes(words: str, term: str, neutral: Neutral) -> None:
    found = neutral(words)
    assert term not in found.split()
    assert "[withheld]" in found
