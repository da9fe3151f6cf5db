"""Which words are ordinary English, so that an odd one stands out."""

import gzip
from functools import cache
from importlib import resources
from typing import Final

_CHAT: Final = frozenset(
    """
    aa aight ain aint alot amd api app apps asap atm auth aw aww awww bc bday bff bio blah blog blogs
    bot bots brb bro bruh btw bts cant charcuterie cya cuz comms config convo cool cos covid cpu crypto
    css cus dat dem didnt diff dis dms dm doesnt dont dude dunno dw emo emoji emojis esp etc ew faq fav
    fave favs fb ffs fomo fr ftw fyi fwiw fn gif gifs gimme gonna goodnight gotcha gotta gpu gr8 gtg ha
    haha hahaha hahahaha hasnt havent hbu hehe heh hella hmm hmmm hmu html http https icymi idc idek idgaf
    idk ig ikr im imho imma imo inbox info innit insta irl isnt istg ive jk js kinda knda l8r legit lemme
    lil lmao lmfao lmk lol lolol lowkey lvl mb meh mhm mins mixtape mmm mods msg nah nbd ngl nite noob nope
    nvm obv obvs ofc ok okay omg omfg omw online op otp ouch outta pc pdf pfft pic pics pls plz podcast
    podcasts pov ppl prob probs prolly promo ps pt rec recs rn rofl roflmao rt selfie selfies shoulda sike
    smh snark sns sorta sql srsly startup startups sup sus tbd tbf tbh tech techie tfw tfti thats theres
    thx til tl tldr tmi tmrw tho thru thot tix tv txt ty tysm u ugh uh uhh um umm upvote downvote ur urself
    url usb vibe vibes vibing vid vids vlog vs wack wanna wasnt wat webcam webinar wfh whatcha whatevs
    whoa wifi wip wk woah wont woulda wouldnt wow wtf wth wut ya yall yaas yas yay yea yeah yeet yep yo
    yolo youre youtuber yr yrs yup zzz
    arsehole arseholes asshole assholes asshat bollocks bullshit clusterfuck cuck cunt cunts dickhead
    dickheads dipshit douche douchebag douchebags dumbass dumbasses fucker fuckers fuckhead fuckin fuckwit
    jackass jerkoff motherfucker motherfuckers motherfucking numpty piss prick pricks scumbag scumbags
    shite shithead shitheads shitposting shitty tosser twat twats wanker wankers
    accessorize analytics autocorrect backend biodiversity biotech blockchain blogger bloggers bluetooth
    burnout checkbox clickbait codebase cowork coworker coworkers coworking crowdfunding crossfit cyber
    cybersecurity dataset datasets dataviz desktop devops diy download ebook ecommerce edtech email emails
    endgame esports fintech firmware freelancing frontend gamification gaming gentrified geocaching geotag
    glamping googled googling hashtag hashtags homebrew hotspot influencer influencers influx kayaking
    keto laptop livestream mansplain matcha meme memes metaverse microbrew mindfulness misinformation
    multitask multitasking nerdy networking onboarding onboard overthink paywall photobomb playlist
    playlists plotline preorder preprint ramen reboot relatable remastered repo reupload roadmap rollercoaster
    rollercoasters roommate roommates sambal scifi screenshot screenshots smartphone smartphones smartwatch
    spam spreadsheet spreadsheets stargazing startup storytelling streamer streamers sudoku superfood
    synth synths tabletop telehealth texted texting timeline timestamp touchscreen trackpad turmeric
    tweet tweets unboxing unfollow unfriend upcycle upcycled upcycling upskill username usernames voicemail
    walkthrough webpage wellness widescreen workflow workflows workspace workspaces zoomed
    """.split()  # noqa: SIM905 a column of words is easier to check than quoted ones
)


@cache
def ordinary_words() -> frozenset[str]:
    """Return about 65,000 lower-case words of American and British English, and chat words."""
    return _read("words.txt.gz") | _CHAT


@cache
def proper_words() -> frozenset[str]:
    """Return about 10,000 capitalised words: names of people, places, makers, months."""
    return _read("proper.txt.gz")


def _read(name: str) -> frozenset[str]:
    packed = (resources.files("redaction") / "rules" / name).read_bytes()
    return frozenset(gzip.decompress(packed).decode("ascii").split())
