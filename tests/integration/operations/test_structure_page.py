"""Each example of the page about the structure of work, run as it is written after those of the README."""

import shutil

import pytest

from support.harness.doc_examples import examples_of_page, first_steps, run
from support.harness.program import Served

FIRST_STEPS = first_steps()
PAGE = examples_of_page("docs/structure-of-work.md")


@pytest.mark.parametrize("shell", [shell for shell in ("sh", "bash", "zsh") if shutil.which(shell)])
def test_what_stands_below_an_example_is_what_it_answers(shell: str, served: Served) -> None:
    printed = run(shell, [example.script for example in (*FIRST_STEPS, *PAGE)], served.url)[len(FIRST_STEPS) :]
    for example, output in zip(PAGE, printed, strict=True):
        assert example.differs_from(output) is None, example.script


def test_nearly_every_example_shows_its_answer() -> None:
    assert len([example for example in PAGE if example.answer is not None]) > 20
