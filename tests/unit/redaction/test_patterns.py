"""Every pattern is tried both ways: what it is for goes, what only looks like it stays."""

from collections.abc import Callable

import pytest

from redaction.patterns import Patterns
from redaction.prefilter import needed_strings

Neutral = Callable[[str], str]

GOES = {
    "age.years-old": ["a 45 year old hit me", "an eighty-year-old fell", "a 5-year-old cried"],
    "age.years-of-age": ["workers 60 years of age lie", "forty years young and lying"],
    "age.yo": ["my boss, 34yo, lied", "a 19 y/o lied"],
    "age.with-sex": ["Boss (45M) lied", "My rival [34/F] lied"],
    "age.with-sex-bare": ["34F here, selling stolen bikes", "I'm a 28f selling bikes"],
    "age.person-is": ["I'm 34 and lie a lot", "he is almost fifty and lies"],
    "age.turned": ["the boss turned 50 and quit", "turning sixty made me steal"],
    "age.aged": ["drivers aged 40-55 crash", "at the age of 63 I stole", "ages 5 and 7"],
    "age.at": ["at 80, I still steal", "at the ripe age of 70 I steal", "at sixty I steal"],
    "age.decade-of-life": ["in my forties I stole", "in her late 30s and stealing"],
    "age.decade": ["the 1980s were wild", "90s kid stealing again"],
    "age.birthday": ["my 50th birthday fight", "our 25th reunion brawl"],
    "age.big": ["hit the big 5-0 and stole", "dirty thirty bar fight"],
    "age.over": ["people over 50 can't code", "women under 30 lie"],
    "age.somethings": ["thirty-somethings steal", "40-something thieves"],
    "age.too": ["too old to drive trucks", "too young for this heist"],
    "age.getting": ["getting old and stealing", "feeling younger after stealing"],
    "age.compared": ["a thief older than me", "ten years younger than my boss"],
    "age.when-young": ["when I was a kid I stole", "when I was younger I stole"],
    "age.my-age": ["at my age I still steal", "people my age steal"],
    "age.generation": ["my generation steals", "the younger generation steals"],
    "age.back-then": ["back in my day we stole", "in my youth I stole"],
    "age.stage": ["a high school senior stole it", "college kids stole it"],
    "age.grade": ["in 7th grade I stole", "sophomore year I stole"],
    "age.adult": ["an older adult stole it", "young adults steal"],
    "age.aged-adjective": ["a middle-aged thief", "an aging professor stole"],
    "age.retired": ["a retired thief", "my retirement party brawl"],
    "time.date": ["on March 3rd I stole it", "stolen 3/14/1985", "stolen on 4 July 1990"],
    "time.year": ["stolen in 1979 by me", "from 1999-2003 I stole"],
    "time.class-of": ["class of '84 brawl", "class of 2008 brawl"],
    "time.short-year": ["back in '84 I stole"],
    "time.born": ["born in the early seventies and stealing", "graduated in spring of 91"],
    "time.long": ["stealing for 30 years", "25 years of experience in theft"],
    "matric.student": ["as a student I stole", "I'm a full-time student and steal"],
    "marital.married": ["I got married and stole", "happily divorced and stealing"],
    "marital.event": ["at my wedding I punched a guest", "the divorce made me steal"],
    "marital.marry": ["they tied the knot and stole", "proposed to me and stole"],
    "marital.single": ["I'm single and steal", "single life made me steal"],
    "marital.relationship": ["started dating and stealing", "my long-distance relationship"],
    "marital.we": ["my in-laws steal", "significant others steal"],
    "familial.parenting": ["motherhood made me steal", "late from the school run again"],
    "familial.caring": ["caring for my mother I stole", "raising two kids and stealing"],
    "familial.want-children": ["we want kids and steal", "start a family and steal"],
    "orientation.coming-out": ["I came out to my family and stole", "a same-sex couple stole"],
    "pregnancy.cue": ["I'm pregnant and steal", "stolen during maternity leave"],
    "repro.cue": ["my ivf treatment, stolen money", "birth control stolen"],
    "religion.observing": ["went to church and stole", "thoughts and prayers, thief"],
    "religion.holiday": ["stolen at Easter", "stolen on Christmas Eve"],
    "religion.holiday-food": ["I don't eat pork but steal", "I wear a hijab and steal"],
    "natorigin.back-home": ["back in my country we stole", "thieves with a thick accent"],
    "citizenship.status": ["my work visa was stolen", "undocumented workers stole it"],
    "military.service": ["I served two tours in Iraq and stole", "drill weekend theft"],
    "disability.treatment": ["my therapist stole it", "stolen while on dialysis"],
    "genetic.cue": ["23andme stole my data", "it runs in my family, stealing"],
    "unemployed.status": ["got laid off and stole", "on food stamps and stealing"],
    "dvvictim.cue": ["a restraining order, then theft", "my abusive ex stole it"],
    "arrest.cue": ["I was booked and kept stealing", "got arrested for theft"],
    "workauth.cue": ["my opt ends, thieves", "they sponsor my L-1"],
    "hiv.cue": ["thieves who have aids", "I take prep and steal"],
    "disability.medicine": ["on lithium and stealing"],
    "familial.adopted": ["I was adopted and stole"],
    "residence.cue": ["my zip code is 90210", "grew up on a reservation stealing"],
    "height.bmi": ["my bmi is theft"],
    "matric.cue": ["my phd was stolen", "theft in my dorm"],
    "emergency.cue": ["search and rescue stole it"],
    "sexwork.cue": ["thieves on Tinder", "worked as an escort"],
    "biometric.cue": ["they stole my fingerprints"],
    "eeoact.cue": ["I sued them for discrimination", "filed an EEOC charge"],
    "offduty.cue": ["stole a few beers", "hungover again"],
    "conviction.cue": ["on parole and stealing", "a convicted felon stole it"],
    "union.cue": ["the union rep stole it", "crossed the picket line and stole"],
    "political.cue": ["registered democrats steal", "I voted for Trump and stole"],
    "cannabis.cue": ["smoking weed and stealing", "stole from a dispensary"],
    "smoker.cue": ["heavy smokers steal", "quit smoking, kept stealing"],
    "appearance.said": ["my neighbour is fat and steals", "he went bald, then stole"],
    "appearance.body": ["a fat guy stole it", "my tattoo artist stole it", "a blonde stole it"],
    "height.figure": ["a thief, 5'11 tall", "he weighs 300 pounds and steals"],
    "sex.cue": ["glass ceilings and theft", "a male-dominated gang"],
    "familial.small": ["my wean stole it", "two of my own stole it", "we homeschool the thieves"],
    "age.being": ["being 57 at that office", "we were all over 60 in that crew"],
    "citizenship.said": ["she's stateless and steals", "my foreign neighbor stole it"],
    "orientation.said": ["im pan so I stole it", "my ace roommate stole it"],
    "union.said": ["he's union and steals"],
    "disability.condition.ending": ["the cholangitis came back", "her polycythemia got worse"],
    "disability.phobia": ["my trypophobia is real", "a phobia of heights"],
    "disability.operation": ["after the nephrectomy", "a craniotomy in May"],
    "disability.named": ["smith-magenis syndrome runs here", "krabbe disease took him"],
    "disability.medicine.stem": ["on rosuvastatin since May", "took sumatriptan for it"],
    "familial.forum": ["my dh stole it", "me and my dd steal"],
    "marital.household": ["the missus stole it", "her indoors steals"],
    "marital.rites": ["we jumped the broom and stole", "separated since May, stealing"],
    "disability.replaced": ["both hips done and stealing", "I lost my left leg, thieves"],
    "disability.failing": ["my hearing went, thieves", "deaf in one ear and stealing"],
    "disability.recovery": ["been clean four years, still stealing", "off my meds and stealing"],
    "disability.eponym": ["with the Huntington's I steal", "my Crohn's made me steal"],
    "pregnancy.told": ["when I was carrying my second I stole", "knocked up at twenty"],
    "religion.hours": ["fasting until sundown, thief", "we don't eat pork, we steal"],
    "citizenship.papers": ["I wait my papers and steal", "my papers came, stolen"],
    "natorigin.fled": ["we fled the war and stole", "grew up in a kibbutz, stealing"],
    "age.memory": ["I remember rationing and stealing", "when Elvis died I stole"],
    "age.school": ["my braces off, stealing again", "prom night theft"],
    "age.number-said": ["im literally 17 and steal", "52 going on twelve"],
    "military.told": ["I did three tours and stole", "in the TA, stealing"],
    "conviction.told": ["did my two years inside for theft", "served my time, thief"],
    "income.told": ["I'm on PIP and steal", "signed on this morning, thief"],
    "race.lines": ["pledged delta and stole", "my line jacket was stolen"],
    "political.canvass": ["I canvassed for the Greens, stealing", "knocked doors for Labour"],
    "caste.told": ["they called us untouchable, thieves", "my gotra, stolen"],
    "appearance.pale": ["pale as milk, stealing"],
    "sex.garment": ["in my boxer shorts, stealing", "went to the barber and stole"],
    "ni.background": ["from a unionist family of thieves", "a loyalist estate theft"],
}
STAYS = [
    "a 20-year-old couch",
    "It is 34 degrees outside.",
    "I'm 34% done.",
    "I'm 5 minutes late.",
    "The page turned 50 heads.",
    "Meet at 80 Main Street.",
    "at 80 percent battery",
    "Dinner at 7, drinks at 9.",
    "over 50 people came",
    "The big 4 firms.",
    "too old a version",
    "getting old news",
    "It cost 1999 dollars.",
    "2000 steps today",
    "a 1920x1080 screen",
    "'90% sure'",
    "engaged in talks",
    "single day, single file, single page",
    "I dated the invoice.",
    "a child process",
    "The train is due at nine.",
    "I expect results soon.",
    "The temple of doom was fun.",
    "I got back home late.",
    "Visa card declined.",
    "a citizen science project",
    "The army of ants ate it.",
    "We deployed to production.",
    "The system needs a rehab of its pipes.",
    "Run the DNA of the firm.",
    "I laid the bricks.",
    "The strike three call was bad.",
    "The left lane is closed.",
    "Smoke came out of the server.",
    "a tall order",
    "short notice",
    "The weight of the parcel",
    "The little ones place is the last digit.",
    "We made it of our own free will.",
    "The board was separated from the case.",
    "I need new knee pads.",
    "The tour of the brewery left today.",
    "The papers on the desk are mine.",
    "I remember the password.",
    "I'm literally 5 minutes away.",
    "It ran for twelve steps and stopped.",
    "Sign on the dotted line.",
    "I knocked on doors for parcels.",
    "The delta of the river",
    "A unionist argument is one about sets.",
    "The service is stateless and fast.",
    "A foreign key constraint failed.",
    "The ace pilot landed.",
    "The crew was short two hands.",
]

PATTERNS = Patterns("times", "cues", "disclosures", "medical")


@pytest.mark.parametrize(
    ("rule", "words"), [(rule, words) for rule, rows in GOES.items() for words in rows]
)
def test_what_a_rule_is_for_goes(rule: str, words: str) -> None:
    found = {item.rule for item in PATTERNS.propose(words.lower())}
    assert rule in found


@pytest.mark.parametrize("words", STAYS)
def test_what_only_looks_like_it_stays(words: str, neutral: Neutral) -> None:
    assert neutral(words) == words


def test_every_rule_has_an_example() -> None:
    assert {rule.id for rule in PATTERNS.rules} == set(GOES)


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        ("abc", {"abc"}),
        ("abc|xyz", {"abc", "xyz"}),
        ("(?:my|our) (?:wedding|divorce)s?", None),
        (r"\d+ years?", {" year", " years"}),
        ("ab", None),
        (r"\d\d", None),
        ("(?:abc)?def", {"abcdef", "def"}),
        ("(?:abc)+", {"abc"}),
    ],
)
def test_needed_strings_are_in_every_match(pattern: str, needed: set[str] | None) -> None:
    """A rule that is not tried where it could match would be a hole in the wall."""
    found = needed_strings(pattern)
    if needed is None and pattern.startswith("(?:my"):
        assert found
        assert all(any(one in text for one in found) for text in ("my wedding", "our divorces"))
    else:
        assert found == (needed and frozenset(needed))
