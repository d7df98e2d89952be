"""The documents: links lead somewhere, commands exist, examples work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tomllib
import yaml

from edgemm.cli import COMMANDS
from export.settings.recipe_config import Recipe
from runtime.skills import SKILLS, Skill

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(page: str, language: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_in_a_page_exists(page):
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|[`/ (])edgemm ([a-z]+)(?=[ `])", text, flags=re.MULTILINE))
    code = "\n".join(re.findall(r"^    .*$|`[^`]*`", text, flags=re.MULTILINE))
    named &= set(re.findall(r"edgemm ([a-z]+)", code))
    assert named <= set(COMMANDS), named - set(COMMANDS)
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    made = set(re.findall(r"(?:^    |`)make ([a-z-]+)", text, flags=re.MULTILINE))
    assert made <= targets, made - targets


def test_the_floors_of_the_rooms_are_those_that_are_checked():
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").replace("\\|", "or")
    lines = re.findall(r"^\| (?:floor|\d) \|(.*)\|$", page, flags=re.MULTILINE)
    packages, *floors = [[cell.strip().replace(" or ", " | ") for cell in line.split("|")] for line in lines]
    written = {package: [floor[at] for floor in floors if floor[at]] for at, package in enumerate(packages)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    assert written == {c["containers"][0]: c["layers"] for c in contracts if "containers" in c}


def test_the_example_of_a_skill_is_a_skill():
    (code,) = blocks("docs/write-a-skill.md", "python")
    module: dict[str, object] = {}
    exec(compile(code, "docs/write-a-skill.md", "exec"), module)
    skill = module["SKILL"]
    assert isinstance(skill, Skill) and skill.name not in SKILLS


def test_the_example_of_a_recipe_is_a_recipe():
    (text,) = blocks("docs/bring-your-own-checkpoint.md", "yaml")
    recipe = Recipe.model_validate(yaml.safe_load(text))
    assert recipe.checkpoint[0].kind == "folder"


def test_the_notice_names_every_package_that_weights_come_from():
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for path in sorted((ROOT / "configs" / "export").glob("*.yaml")):
        first = yaml.safe_load(path.read_text(encoding="utf-8"))["checkpoint"][0]
        name = re.split(r"==|(?<!^)@", next(first[kind] for kind in ("package", "npm", "sdist") if kind in first))[0]
        assert name in notice, f"{path.name}: {name}"


def test_the_readme_says_what_it_is_not():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "replaces neither cane, dog nor attention" in readme
    assert "microphone is ignored while it speaks" in readme
