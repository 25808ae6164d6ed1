"""The parts of the page that are plain HTML. Everything that comes from outside is escaped here."""

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from app.downloads import offered
from app.session import Visitor
from app.stages import stage_words

_HEX_COLOR = re.compile(r"#[0-9a-f]{6}")
_PARADE = ("none", "plastic_toy", "watercolour", "superhero", "gold")
_STAGE_TITLES = {"aligned": "Aligned selfie", "primary": "Primary style", "styled": "Second style"}


def header(assets: Path) -> str:
    """Logo, name and one line."""
    logo = (assets / "logo.svg").read_text(encoding="utf-8")
    return (
        f'<div class="sm-header"><span class="sm-logo">{logo}</span><div><h1>Snapmoji</h1>'
        "<p>A selfie becomes an animated 3D avatar, in any style you name.</p></div></div>"
    )


def placeholder() -> str:
    """What stands where the viewer will be."""
    parade = "".join(f'<img src="/styles/{style}.webp" width="96" height="96" alt="">' for style in _PARADE)
    return (
        f'<div class="sm-stage sm-empty"><div class="sm-parade" aria-hidden="true">{parade}</div>'
        "<h2>Your avatar will appear here</h2>"
        "<p>Add a selfie and press <b>Generate</b>.<br>"
        "Then turn it around, move its face, restyle it with words, or edit anything about it.</p></div>"
    )


def viewer(visitor: Visitor) -> str:
    """The visitor's viewer in a frame, or the placeholder."""
    if visitor.viewer is None:
        return placeholder()
    return (
        f'<iframe class="sm-stage" title="3D avatar" allow="fullscreen" '
        f'src="/viewer/{escape(visitor.secret)}/?hideViserLogo"></iframe>'
    )


def note(text: str, kind: str = "info") -> str:
    """One sentence in a box; ``kind`` is info, busy, good or bad."""
    return f'<div class="sm-note sm-{escape(kind)}" role="status">{escape(text)}</div>'


def stages(visitor: Visitor) -> str:
    """The pictures of the steps on the way."""
    if visitor.creation is None:
        return ""
    base = f"/viewer/{escape(visitor.secret)}/stage"
    figures = "".join(
        f'<figure><a href="{base}/{stage}.png?v={visitor.version}" target="_blank" rel="noopener">'
        f'<img src="{base}/{stage}.png?v={visitor.version}" alt="{title}" width="512" height="512"></a>'
        f"<figcaption>{title}</figcaption></figure>"
        for stage, title in _STAGE_TITLES.items()
    )
    return f'<div class="sm-stages">{figures}</div>'


def downloads(visitor: Visitor) -> str:
    """Buttons to take the avatar home."""
    if visitor.creation is None:
        return ""
    base = f"/viewer/{escape(visitor.secret)}/file"
    live = (
        f'<a class="sm-live" href="/ar/{escape(visitor.secret)}/" target="_blank" rel="noopener" '
        'title="Move the avatar with your own face, also over the camera\'s picture">Live, with your face</a>'
    )
    links = "".join(f'<a href="{base}/{d.name}" download="{d.name}" title="{d.hint}">{d.label}</a>' for d in offered())
    return f'<div class="sm-downloads">{live}{links}</div>'


def details(visitor: Visitor) -> str:
    """How the avatar was made: times, engine, traits."""
    if visitor.creation is None:
        return ""
    report: Mapping[str, Any] = visitor.creation.report
    facts = {"Engine": report.get("engine"), "Stylizer": report.get("stylizer"), "Splats": report.get("splats")}
    if facts["Stylizer"] and report.get("stylizer_reason"):
        facts["Stylizer"] = f"{facts['Stylizer']} ({report['stylizer_reason']})"
    rows = "".join(_row(name, _number(value)) for name, value in facts.items() if value not in (None, ""))
    seconds = report.get("seconds", {})
    times = "".join(
        _row(stage_words(str(stage)), f"{float(s):.2f} s") for stage, s in seconds.items() if stage != "total"
    )
    if "total" in seconds:
        times += _row("Total", f"{float(seconds['total']):.2f} s", "sm-total")
    facts_table = f"<div><table>{rows}</table>{_traits(report.get('traits'))}</div>"
    return f'<div class="sm-tables"><table>{times}</table>{facts_table}</div>'


def finished(visitor: Visitor, done: str = "Done") -> str:
    """What there is to say about the new avatar: how long it took, what the prompt meant, warnings."""
    if visitor.creation is None:
        return ""
    report: Mapping[str, Any] = visitor.creation.report
    total = report.get("seconds", {}).get("total")
    sentences = [f"{done}." if total is None else f"{done} in {float(total):.1f} seconds."]
    if report.get("understood"):
        sentences.append(str(report["understood"]))
    notes = [note(" ".join(sentences), "good")] + [note(str(w), "warn") for w in report.get("warnings", ())]
    return "".join(notes)


def _row(name: str, value: str, css: str = "") -> str:
    return f'<tr class="{css}"><th>{escape(name)}</th><td>{escape(value)}</td></tr>'


def _number(value: object) -> str:
    return f"{value:,}".replace(",", "\u202f") if isinstance(value, int) else str(value)


def _traits(traits: object) -> str:
    if not isinstance(traits, Mapping) or not traits:
        return ""
    chips = "".join(_chip(str(name), value) for name, value in _flat(traits).items())
    return f'<ul class="sm-traits">{chips}</ul>'


def _flat(traits: Mapping) -> dict:
    """Nested groups of traits as one level."""
    flat = {}
    for name, value in traits.items():
        flat |= _flat(value) if isinstance(value, Mapping) else {name: value}
    return flat


def _chip(name: str, value: object) -> str:
    text = ("yes" if value else "no") if isinstance(value, bool) else str(value)
    swatch = f'<i style="background:{text}"></i>' if _HEX_COLOR.fullmatch(text) else ""
    return f"<li><span>{escape(name.replace('_', ' '))}</span> {swatch}{escape(text)}</li>"
