"""The little grammar that makes neutral text read well: agreement, openings, empty sentences."""

from typing import Final

from redaction.wordlists import word_set
from redaction.words import ordinary_words

TO_PLURAL: Final = {
    "is": "are",
    "isn't": "aren't",
    "isnt": "aren't",
    "was": "were",
    "wasn't": "weren't",
    "wasnt": "weren't",
    "has": "have",
    "hasn't": "haven't",
    "hasnt": "haven't",
    "does": "do",
    "doesn't": "don't",
    "doesnt": "don't",
    "goes": "go",
    "am": "are",
}
ADVERBS: Final = word_set(
    """also always never just really only often still probably definitely actually usually
    sometimes currently simply clearly obviously honestly literally basically certainly hardly
    barely rarely finally already both all ever even then now not ever surely merely mostly
    apparently eventually suddenly immediately typically generally constantly rather quite soon
    later quickly slowly quietly secretly frequently regularly quietly happily sadly almost
    nearly totally completely absolutely truly deeply fully too once kindly"""
)
SUBJECT_ENDERS: Final = word_set("being be been is are was were am 'm 're")
"""After these a withheld word is a predicate, not the subject of what follows."""
_THIRD_PERSON: Final = word_set(
    """wants makes gets takes says thinks knows comes seems becomes brings keeps gives tells
    belongs deserves tries steals eats believes understands learns teaches speaks writes reads
    sits stands sees feels finds leaves loses wins sends pays meets runs includes continues sets
    changes leads follows stops creates allows adds spends grows opens walks offers remembers
    considers appears buys serves dies expects builds stays falls cuts reaches kills remains
    suggests raises passes sells requires reports decides pulls thanks hates loves likes prefers
    enjoys wears carries drives earns hides lies cheats complains refuses expects acts behaves
    complains argues screams cries laughs smiles smells owns needs asks calls turns starts helps
    talks moves lives works plays looks shows hears lets begins holds puts means uses gives
    contributes"""
)
_AMBIGUOUS_THIRD: Final = word_set(
    """lives works plays looks shows needs calls turns starts helps talks moves runs walks cuts
    changes reports offers acts smiles laughs cries lies smells stops likes loves hates stands
    leads feels finds kills wins sets thanks drives means uses raises passes cheats holds
    complains wears"""
)
_NOT_VERBS: Final = word_set(
    """always perhaps sometimes thus besides unless this his as us yes plus less across its towards
    afterwards nowadays upstairs downstairs indoors outdoors whereas regardless nonetheless
    nevertheless ours hers theirs yours ourselves themselves guys is was has does"""
)
_ES_STEMS: Final = ("ss", "sh", "ch", "x", "zz", "o")


def plural_verb(verb: str, *, certain: bool) -> str | None:
    """Return the verb as after "they", or None if it needs no change or may be no verb.

    `certain` says that the word before can only be a subject, as "he" is.
    """
    if verb in TO_PLURAL:
        return TO_PLURAL[verb]
    if verb[-1:] != "s" or verb in _NOT_VERBS:
        return None
    if not certain and (verb not in _THIRD_PERSON or verb in _AMBIGUOUS_THIRD):
        return None
    return _base(verb)


def _base(verb: str) -> str | None:
    known = ordinary_words()
    if verb.endswith("ies") and verb[:-3] + "y" in known and len(verb) > 4:
        return verb[:-3] + "y"
    if verb.endswith("es") and verb[:-2].endswith(_ES_STEMS) and verb[:-2] in known:
        return verb[:-2]
    if not verb.endswith("ss") and verb[:-1] in known:
        return verb[:-1]
    return None


FUNCTION_WORDS: Final = word_set(
    """a an the and or but nor so if then than to of in on at by for from with without into onto
    about after before as because while when where who whom whose which that this these those
    what why how is are was were be been being am isn't aren't wasn't weren't i'm you're we're
    they're it's that's he's she's there's 's 're 'm 've 'd 'll do does did don't doesn't didn't
    have has had haven't hasn't hadn't will would shall should can could may might must won't
    wouldn't can't cannot couldn't shouldn't not n't never always ever also too very really just
    only even still yet already again now there here i you he she it we they me him her us them
    my your his its our their mine yours ours theirs myself yourself themselves ourselves some
    any all both each every no none one two three another person other people relative relatives
    like such more most much many well yes yeah no nope ok okay oh hey hi hello lol haha omg btw
    imo tbh though up down out off over been got get gets proud happy"""
)
