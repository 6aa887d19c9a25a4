"""Make a new connector's project out of the template."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from connector_sdk.errors import ConfigurationError
from connector_sdk.scaffold.answers import TEMPLATE


@dataclass(frozen=True, slots=True)
class Project:
    """What was made: the folder, and the files in it, as paths from there."""

    folder: Path
    files: tuple[str, ...]


def folder_for(name: str, output: Path) -> Path:
    """Return where the project of a connector goes; raises ConfigurationError where something is there."""
    folder = output / f"connector-{name.replace('_', '-')}"
    if folder.exists() or folder.is_symlink():
        raise ConfigurationError(
            f"there is already something at {folder}",
            code="new-folder-exists",
            hint="move it away, choose another name, or name another folder with --output",
        )
    return folder


def generate(answers: Mapping[str, str], output: Path) -> Project:
    """Make the project in a folder `connector-NAME` of `output`, which is made where it is missing.

    `answers` are to the template's questions, and checked. Nothing is left behind by a failure, and nothing
    is written elsewhere. Raises ConfigurationError (new-extra-missing, new-folder-exists,
    new-folder-unwritable).
    """
    folder = folder_for(answers["name"], output)
    try:
        from cookiecutter.main import cookiecutter  # noqa: PLC0415 - comes with the extra `new` only
    except ImportError:
        raise ConfigurationError(
            "new projects are made by cookiecutter, which is not installed",
            code="new-extra-missing",
            hint="pip install 'connector-sdk[new]'",
        ) from None
    try:
        output.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory() as own:
            # In place of the user's, which may set answers, and where cookiecutter remembers what it made.
            settings = Path(own, "settings.yaml")
            settings.write_text(f"replay_dir: {own!r}\ncookiecutters_dir: {own!r}\n", encoding="utf-8")
            cookiecutter(
                str(TEMPLATE.resolve()),
                no_input=True,
                extra_context=dict(answers),
                output_dir=str(output),
                config_file=str(settings),
            )
    except OSError as error:
        raise ConfigurationError(
            f"the project cannot be written to {output}: {error.strerror or 'no folder can be made there'}",
            code="new-folder-unwritable",
            hint="name with --output a folder that you may write to",
        ) from None
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return Project(folder, tuple(files))
