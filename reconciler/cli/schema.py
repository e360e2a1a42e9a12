"""`reconciler schema`: the JSON Schemas of workspace files and of JSON reports, generated from the program itself."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.console import Console
from reconciler.cli.trouble import told
from reconciler.engine.result import Exit


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="schemas")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a file is not what would be written.")
def command(folder: Path, check: bool) -> None:
    """Write the schemas to FOLDER (schemas by default).

    reconciler.schema.json and campanha.schema.json describe a workspace's files, for editors; saved-plan.schema.json
    what plan --save writes; the others what --format json prints, or --report FILE.json gets.
    """
    console = Console()
    with told(console):
        from reconciler.config.schema import schemas as of_files  # noqa: PLC0415  (pydantic)
        from reconciler.report import json_text  # noqa: PLC0415
        from reconciler.report import schemas as of_reports  # noqa: PLC0415

        texts = {name: json_text(schema) for name, schema in {**of_files(), **of_reports()}.items()}
        differing = [name for name, text in texts.items() if _text(folder / name) != text]
        if check and differing:
            console.tell(f"not as generated: {', '.join(differing)}; run: reconciler schema {folder}")
            raise click.exceptions.Exit(Exit.ERROR)
        if not check:
            folder.mkdir(parents=True, exist_ok=True)
            for name in differing:
                (folder / name).write_text(texts[name], encoding="utf-8")
        console.data("\n".join(str(folder / name) for name in sorted(texts)))


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return None
