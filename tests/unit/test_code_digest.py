"""The digest of the code that results depend on: what changes it and what does not."""

import pytest
from normstudy.errors import StudyError
from normstudy.running import code_digest as module
from normstudy.running.code_digest import check_code, code_digest, code_digests, statements

STEP = """def step(x):
    return x + 1
"""
COMMENTED = '''"""Steps."""

# why


def step(x):
    """The next number."""

    return (x +
        1)  # one more
'''


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of two rooms and a module."""
    for name in ("network/step.py", "network/draws/order.py", "report/page.py", "data/idx.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(STEP)
    monkeypatch.setattr(module, "PACKAGE", tmp_path)
    code_digest.cache_clear()
    yield tmp_path
    code_digest.cache_clear()


@pytest.mark.parametrize(
    ("path", "text", "changed"),
    [
        ("network/step.py", STEP.replace("1", "2"), ["network"]),
        ("network/draws/order.py", STEP.replace("1", "2"), ["network"]),
        ("network/new.py", "", ["network"]),
        ("network/step.py", COMMENTED.replace("(x +", "x + 1 #").replace("\n        1)", ""), []),
        ("data/idx.py", STEP.replace("1", "2"), ["data/idx"]),
        ("data/other.py", STEP, []),
        ("report/page.py", COMMENTED, ["report"]),  # it quotes its code
    ],
)
def test_a_rooms_digest_depends_on_what_its_code_means(package, path, text, changed):
    rooms = ("network", "report", "data/idx")
    before = code_digests(*rooms)
    code_digest.cache_clear()
    (package / path).write_text(text)
    after = code_digests(*rooms)
    assert [room for room in rooms if before[room] != after[room]] == changed


def test_code_that_changed_since_the_rules_were_read_is_not_used(package):
    digests = code_digests("network", "data/idx")
    check_code(digests)
    code_digest.cache_clear()
    (package / "network/step.py").write_text(STEP.replace("1", "2"))
    with pytest.raises(StudyError, match="network changed after this command was started"):
        check_code(digests)


def test_a_room_that_does_not_exist_is_an_error(package):
    with pytest.raises(FileNotFoundError):
        code_digest("netwrok")


SYNTAX = '''
"""Words."""
class A(object):
    """Words."""
    x: int = 0
    def f(self, a, /, b=None, *c, d, e=1.5e-3, **g) -> "str":
        match a:
            case None | [1, *_]: return f"{a!r:>{b}} é {a=}" f"{d}" f"""{{
{'x'}"""
        with open(u"x") as h, g: pass
        return lambda *k: [i for i in k if i] or {**g, 1: ...}
try: pass
except* ValueError: pass
async def y(): yield -1, 1_000j, b"\\x00", a[1:2, ::3]
'''


def test_every_python_reads_the_same_statements():
    """With Python 3.11 an f-string is one token, from 3.12 on several."""
    lines = [*statements(SYNTAX)]
    assert lines[:4] == ["class A ( object ) :", "{", "x : int = 0", DEFINITION]
    assert RETURN in lines and "Words" not in "".join(lines)


DEFINITION = 'def f ( self , a , / , b = None , * c , d , e = 1.5e-3 , ** g ) -> "str" :'
RETURN = '''case None | [ 1 , * _ ] : return f"{a!r:>{b}} é {a=}" f"{d}" f"""{{
{'x'}"""'''
