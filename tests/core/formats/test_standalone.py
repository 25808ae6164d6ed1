"""The avatar as one page: whole, by itself, and readable again."""

import base64
import hashlib
import re
from pathlib import Path

import numpy as np
import pytest

from core.avatar.model import Avatar
from core.errors import UnreadableAvatar
from core.formats.inline_modules import inline_modules
from core.formats.standalone import load_standalone, save_standalone


@pytest.fixture
def page(tmp_path: Path, tiny_avatar: Avatar) -> Path:
    save_standalone(tiny_avatar, tmp_path / "a.html")
    return tmp_path / "a.html"


def test_the_avatar_comes_back(page: Path, tiny_avatar: Avatar):
    avatar = load_standalone(page)
    np.testing.assert_allclose(avatar.rest, tiny_avatar.rest, atol=0.01)
    assert [len(s.index) for s in avatar.offsets] == [len(s.index) for s in tiny_avatar.offsets]


def test_nothing_is_fetched(page: Path):
    text = page.read_text()
    assert not re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=", text)
    assert not re.search(r"https?://", text)
    assert "connect-src 'none'" in text


def test_only_the_one_script_may_run(page: Path):
    text = page.read_text()
    (script,) = re.findall(r'<script type="module">(.*?)</script>', text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}' blob:;" in text
    assert not re.search(r"^(import|export) ", script, re.MULTILINE)


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda text: text.replace("avatar-inside", "nothing-inside"), "without an avatar"),
        (lambda text: re.sub(r'(id="avatar-inside">.{101})', r"\1=", text), "does not unpack"),
        (lambda text: re.sub(r'(id="avatar-inside">).{400}', r"\1", text), "not a .snapmoji"),
    ],
)
def test_damage_is_told(page: Path, damage, complaint: str):
    page.write_text(damage(page.read_text()))
    with pytest.raises(UnreadableAvatar, match=complaint):
        load_standalone(page)


def test_modules_keep_their_own_names(tmp_path: Path):
    (tmp_path / "a.js").write_text("const hidden = 1;\nexport function one() { return hidden; }\n")
    (tmp_path / "b.js").write_text(
        'import { one } from "./a.js";\nconst hidden = 2;\nexport const two = one() + hidden;\n'
    )
    (tmp_path / "c.js").write_text(
        'import { one } from "./a.js";\nimport {\n  two,\n} from "./b.js";\nshow(one(), two);\n'
    )
    script = inline_modules(tmp_path / "c.js")
    assert script.count("const hidden = 1;") == 1, "a module that two import is there once"
    assert script.index("return { one }") < script.index("return { two }") < script.index("show(")


@pytest.mark.parametrize(
    "line",
    ['import x from "./a.js";', 'import "./a.js";', "export default 3;", "export { x };", 'const s = "</script>";'],
)
def test_other_forms_of_modules_are_refused(tmp_path: Path, line: str):
    (tmp_path / "a.js").write_text("export const x = 1;\n")
    (tmp_path / "b.js").write_text(f"{line}\n")
    with pytest.raises(ValueError, match=r"b\.js"):
        inline_modules(tmp_path / "b.js")
