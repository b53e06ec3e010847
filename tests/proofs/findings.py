"""What a proof found: a row for each promise, printed as it comes and as a table at the end."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Findings:
    """Promises with what was seen; a broken one ends the proof with exit code 1."""

    rows: list[tuple[bool, str, str]] = field(default_factory=list)

    def add(self, promise: str, *, seen: object, kept: bool) -> None:
        """One promise."""
        self.rows.append((kept, promise, str(seen)))
        print(f"{'kept  ' if kept else 'BROKEN'}  {promise}: {seen}", flush=True)  # noqa: T201 (a proof is read)

    def end(self) -> None:
        """The table, and the verdict."""
        print("\n| promise | seen |\n|---|---|")  # noqa: T201
        for kept, promise, seen in self.rows:
            print(f"| {promise} | {seen}{'' if kept else ' **(broken)**'} |")  # noqa: T201
        broken = [promise for kept, promise, _ in self.rows if not kept]
        if broken:
            raise SystemExit(f"{len(broken)} promises are broken")
