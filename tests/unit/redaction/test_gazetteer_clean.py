"""Everyday sentences hold nothing that is always withheld."""

import pytest

from redaction.gazetteer import load_gazetteer

_SENTENCES = """
The quarterly report is due on Friday afternoon.
Can you push the meeting to half past three?
We shipped the new release last night and nothing broke.
The build failed because a test timed out.
I spilled coffee on my keyboard again.
Traffic on the bridge was terrible this morning.
It rained all weekend, so we stayed in and watched films.
The goalkeeper saved two penalties in extra time.
Our striker scored twice before half time.
The quarterback threw an interception in the fourth quarter.
I ran ten kilometres before breakfast.
My new bike needs a different saddle.
The printer on the second floor is out of toner.
Please send the invoice to the accounts team.
We need three more chairs for the workshop.
The bakery on the corner sells great sourdough.
I made pancakes with maple syrup and blueberries.
This soup needs more salt and a little lemon.
We ordered french fries and a milkshake.
The french fries were cold by the time we got home.
The german shepherd next door barked all night.
It felt like an indian summer, warm and golden.
That game was pure russian roulette for the defenders.
I carry a swiss army knife when I hike.
By the end the story had become a game of chinese whispers.
The white paper explains how the protocol works.
There is a black market for concert tickets.
The mirror has a blind spot on the left side.
Go straight ahead and take the second exit.
We rewrote it as a native app for tablets.
We bought a dutch oven and made a stew.
Brazil nuts are my favourite in the mix.
The cuban sandwich at that truck is excellent.
Turkey sandwiches again for lunch today.
The danish pastry was still warm.
I had a greek salad and an iced tea.
Paint the fence white and the door green.
The red car is parked behind the blue van.
He's out of the office until Monday.
The server ran out of memory at midnight.
Restart the router and try again.
The parent directory must exist before you copy the files.
Kill the child process and check the logs.
The parser skips comments and blank lines.
Merge the branch when the review is done.
The database migration took six minutes.
I can't log in because the password expired.
The update broke the search box on my phone.
Turn the volume down, the neighbours can hear it.
The concert starts at eight and the doors open at seven.
That guitar solo gave me goosebumps.
The drummer was the best part of the show.
We binge-watched the whole season in two days.
The ending of that film made no sense.
I love how the sequel ties up the story.
The book is much better than the series.
I finished the crossword in ten minutes.
The museum is free on the first Sunday of the month.
We hiked up to the ridge and saw an eagle.
The tide was out, so we walked along the beach.
There is fresh snow on the mountain pass.
The forecast says wind and heavy rain.
The tomatoes in the garden are finally ripe.
I planted beans, carrots and a row of lettuce.
The lawn mower will not start.
The kitchen tap has been dripping for days.
We painted the living room a pale grey.
The sofa arrived with a torn cushion.
I found a great deal on running shoes.
The jacket is too small in the shoulders.
Our flight was delayed by four hours.
The hotel breakfast was better than expected.
The train was packed all the way downtown.
I left my umbrella on the bus.
The taxi driver knew a shortcut.
The exam was harder than I thought.
The lecture on statistics was surprisingly fun.
My essay is two pages too long.
The library closes early in winter.
The professor posted the slides online.
Practice starts at six on the upper field.
The coach wants us to stretch more.
We lost the match but played well.
The referee missed an obvious foul.
I pulled a muscle lifting boxes.
The gym was crowded after work.
I am training for a half marathon in spring.
The cyclist in front of me had no lights.
Somebody keyed my car in the parking garage.
The police closed the road after the accident.
Firefighters put out the blaze within an hour.
The officer wrote a clear and fair report.
He threatened to punch the cashier.
They stole a laptop from the break room.
I am sick of these stupid meetings.
What a dumb idea, honestly.
That boss of mine is a jerk.
I will break his windows if he parks there again.
He brags about selling stolen phones.
They posted the customer's card number online.
They were throwing bottles at the stage.
He lied on his timesheet for months.
I took cash out of the till and nobody noticed.
Cocaine was found in the locker.
He sold fentanyl behind the store.
The package was tampered with before delivery.
The contract has a clause about overtime.
The budget was cut by ten percent.
Sales are up compared with last spring.
The supplier raised prices again.
We are hiring two engineers and a designer.
The interview went well, I think.
The onboarding checklist needs an update.
My manager approved the request.
The customer asked for a refund.
The warehouse is short of staff this week.
The shift starts at five in the morning.
The forklift needs new brakes.
The crane operator signalled to stop.
Wear a helmet on the site at all times.
The safety briefing lasts ten minutes.
The pump is leaking oil.
We replaced the filter and the belt.
The truck would not pass inspection.
The battery lasts about nine hours.
The screen cracked when I dropped it.
The camera takes sharp pictures at night.
I backed up my photos to the cloud.
The podcast about bridges is worth a listen.
The article explains how vaccines are shipped.
The stock market fell sharply on Tuesday.
Interest rates stayed the same.
The council approved the new bike lane.
The mayor opened the market hall.
The dog chewed through the cable.
Our cat sleeps on the keyboard.
The puppy learned to sit in a week.
A fox crossed the road in front of us.
The chess club meets on Wednesdays.
I finally beat the last level of the game.
My team won the trivia night.
We built a shelf from old pallets.
The recipe calls for basil, garlic and olive oil.
Mark the date in your calendar.
I will call you back in a minute.
May I borrow your stapler?
Frank feedback is always welcome.
The bill came to forty dollars.
Hope the weekend goes well.
Grace under pressure is a useful skill.
Rose petals covered the path.
The chase scene was filmed in one take.
He hit the jack with a hammer.
That is a rich and creamy sauce.
The dean of the school gave a speech.
Prices rose, so we bought less.
The long road back took an hour.
Cash or card, either works.
We polished the silver before the dinner.
The chain on the gate is rusty.
Turn left at the second light, then right.
The vote on the logo is still open.
The party starts at nine, bring snacks.
The union of the two sets is empty.
He served an ace to win the set.
The strike zone was tiny today.
The base of the statue is granite.
Deploy the fix to staging first.
The trial version expires tomorrow.
The jury of the film festival picked a comedy.
The witness statement form is on the shared drive.
Sit in the front row if you want to hear.
""".strip().splitlines()


@pytest.mark.parametrize("sentence", _SENTENCES)
def test_everyday_sentence_holds_nothing_always_withheld(sentence: str) -> None:
    """Blindness counts only together with usefulness: ordinary talk must get through."""
    hits = [hit for hit in load_gazetteer().find(sentence) if not hit.entry.ambiguous]
    assert [(hit.entry.term, hit.entry.rule) for hit in hits] == []


def test_there_are_enough_everyday_sentences() -> None:
    assert len(set(_SENTENCES)) >= 150
