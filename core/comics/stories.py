"""Ready stories, for one or two people; each is a script like anybody's."""

from collections.abc import Mapping

from core.comics.model import Script
from core.comics.script import read_script
from core.errors import InvalidRequest

STORIES: Mapping[str, str] = {
    "first selfie": """
title = "The first selfie"
layout = "strip-3"
lettering = "capitals"
cast = ["A"]
[[panel]]
scene = "room"
actors = { A = { feeling = "smirk", turn = 12 } }
lines = ["A: One quick selfie. How hard can it be?"]
[[panel]]
scene = "pink"
shot = "close-up"
effect = "burst"
actors = { A = { feeling = "smile", tilt = -6, weights = { eyeBlinkLeft = 1, eyeBlinkRight = 1 } } }
lines = ["Sound: Click!", "A (whispers): My eyes were closed."]
[[panel]]
scene = "room"
actors = { A = "party" }
lines = ["Caption: 214 tries later", "A (shouts): Nailed it!"]
""",
    "one small step": """
title = "One small step"
layout = "wide-2"
lettering = "capitals"
cast = ["A"]
[[panel]]
scene = "space"
shot = "wide"
actors = { A = { feeling = "angel", turn = 14 } }
lines = ["Caption: The far side of the moon", "A (thinks): Nobody for a quarter of a million miles."]
[[panel]]
scene = "space"
shot = "close-up"
actors = { A = "surprised" }
lines = ["Sound: Ring!", "A (thinks): ..."]
[[panel]]
scene = "space"
actors = { A = { feeling = "smirk", turn = -10 } }
lines = ["A: Yes, Mum. I am wearing a scarf."]
""",
    "stage fright": """
title = "Stage fright"
layout = "2x2"
lettering = "capitals"
cast = ["A"]
[[panel]]
scene = "stage"
shot = "wide"
actors = { A = "nervous" }
lines = ["Caption: Opening night", "A (thinks): Just remember the first word."]
[[panel]]
scene = "stage"
shot = "close-up"
actors = { A = "think" }
lines = ["A (thinks): What was the first word?"]
[[panel]]
scene = "yellow"
shot = "close-up"
effect = "burst"
actors = { A = "idea" }
lines = ["A (shouts): Hello!"]
[[panel]]
scene = "stage"
actors = { A = "star-struck" }
lines = ["Sound: Clap clap!", "A: I nailed it."]
""",
    "monday": """
title = "A very good morning"
layout = "strip-3"
lettering = "capitals"
cast = ["A"]
[[panel]]
scene = "gloom"
actors = { A = "gloomy" }
lines = ["Caption: Monday, 6 a.m.", "A (whispers): No."]
[[panel]]
scene = "cafe"
actors = { A = { feeling = "love", turn = -8 } }
lines = ["A: One coffee. The bucket size."]
[[panel]]
scene = "office"
effect = "speed"
actors = { A = "shock" }
lines = ["A (shouts): I can hear colours!"]
""",
    "knock knock": """
title = "Knock, knock"
layout = "strip-3"
lettering = "capitals"
cast = ["A", "B"]
[[panel]]
scene = "mint"
actors = { A = "smirk", B = "neutral" }
lines = ["A: Knock, knock.", "B: Who's there?"]
[[panel]]
scene = "mint"
actors = { A = "happy", B = "confused" }
lines = ["A: Interrupting cow.", "B: Interru..."]
[[panel]]
scene = "mint"
effect = "burst"
actors = { A = "laugh", B = "shock" }
lines = ["A (shouts): Moo!"]
""",
    "beach day": """
title = "Beach day"
layout = "2x2"
lettering = "capitals"
cast = ["A", "B"]
[[panel]]
scene = "beach"
shot = "wide"
actors = { A = "cool", B = "happy" }
lines = ["Caption: At last, summer", "A: I packed everything."]
[[panel]]
scene = "beach"
actors = { A = "smile", B = "think" }
lines = ["A: Towels, snacks, ball.", "B: Sunscreen?"]
[[panel]]
scene = "gloom"
shot = "close-up"
actors = { A = "nervous" }
lines = ["A (thinks): Sunscreen ..."]
[[panel]]
scene = "beach"
actors = { A = { feeling = "angry", turn = 10 }, B = "laugh" }
lines = ["Caption: Three hours later", "B: At least you match the parasol!"]
""",
    "birthday": """
title = "The forgotten birthday"
layout = "2x2"
lettering = "capitals"
cast = ["A", "B"]
[[panel]]
scene = "city"
actors = { A = "hello", B = "smile" }
lines = ["A: Nice day, isn't it?", "B: Just a normal day."]
[[panel]]
scene = "blue"
shot = "close-up"
actors = { A = "sad" }
lines = ["A (thinks): Nobody remembered."]
[[panel]]
scene = "room"
actors = { A = "surprised" }
lines = ["Sound: Poof!", "B (shouts): Surprise!"]
[[panel]]
scene = "pink"
effect = "dots"
actors = { A = "cry", B = "party" }
lines = ["A: You remembered!", "B: The cake reminded me."]
""",
    "city lights": """
title = "City lights"
layout = "2-wide"
lettering = "capitals"
cast = ["A", "B"]
[[panel]]
scene = "city night"
actors = { A = "shy", B = "smile" }
lines = ["A: There's something I must tell you."]
[[panel]]
scene = "city night"
shot = "close-up"
actors = { B = { feeling = "star-struck", tilt = -6 } }
lines = ["B (thinks): This is it!"]
[[panel]]
scene = "city night"
actors = { A = "kiss", B = "eye-roll" }
lines = ["A: I ate your last slice of pizza.", "B: You monster."]
""",
    "the summit": """
title = "The summit"
layout = "2-wide"
lettering = "capitals"
cast = ["A", "B"]
[[panel]]
scene = "mountains"
actors = { A = "phew", B = "cold" }
lines = ["A: Almost there!", "B (whispers): You said that at noon."]
[[panel]]
scene = "mountains"
shot = "close-up"
actors = { A = "royal" }
lines = ["A (shouts): Top of the world!"]
[[panel]]
scene = "mountains"
shot = "wide"
actors = { B = "smirk", A = "shock" }
lines = ["B: Lovely. Did you bring the sandwiches?", "A (thinks): The sandwiches!"]
""",
}
"""Scripts by name."""


def story_text(name: str) -> str:
    """The script of the story of that name.

    Raises:
        InvalidRequest: if there is none.
    """
    if name not in STORIES:
        raise InvalidRequest(f"There is no story called {name!r}; there are {', '.join(STORIES)}.")
    return STORIES[name].lstrip()


def story(name: str) -> Script:
    """The story of that name.

    Raises:
        InvalidRequest: if there is none.
    """
    return read_script(story_text(name))


def cast_of(name: str) -> int:
    """How many people a story needs.

    Raises:
        InvalidRequest: if there is no such story.
    """
    return len(story(name).cast)


def stories_for(people: int) -> list[str]:
    """Names of the stories that so many people can play, the fullest casts first."""
    casts = {name: len(read_script(text).cast) for name, text in STORIES.items()}
    return sorted((name for name, cast in casts.items() if cast <= people), key=lambda name: -casts[name])
