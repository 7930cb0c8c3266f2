"""Rows that tell what was done leave a trace of what they say, from which `verify_history` knows them again.

The trace is written by the database itself in the transaction of the row: a digest of every column, the role that
wrote, the clock of the server. Writers wait for nobody: what binds the traces to each other is sealed later.
"""

from dataclasses import dataclass

import pgtrigger


@dataclass(frozen=True)
class Traced:
    """Of one table: what its rows say, and which of them tell something."""

    table: str
    columns: tuple[str, ...]  # all but moments
    moments: tuple[str, ...]  # columns of date and time, told to the microsecond whatever the session's time zone
    told_at: tuple[str, ...]  # when the act was: the first of these that is there
    only: str = ""  # rows tell once this is there; without it all do, from the start

    def digest(self, row: str) -> str:
        """Return the SQL of the digest of a row: its columns by name, sorted, without those that are empty.

        A column that is added later is empty in older rows and leaves their digests as they are.
        """
        pairs = [f"'{name}', {row}.{name}" for name in self.columns]
        pairs += [f"'{name}', extract(epoch FROM {row}.{name})" for name in self.moments]
        told = f"jsonb_strip_nulls(jsonb_build_object({', '.join(pairs)}))"
        return f"encode(sha256(convert_to({told}::text, 'UTF8')), 'hex')"

    def moment(self, row: str) -> str:
        """Return the SQL of when the act was that a row tells of."""
        return f"coalesce({', '.join(f'{row}.{name}' for name in self.told_at)})"

    def tells(self, row: str) -> str:
        """Return the SQL of whether a row tells something yet."""
        return f"{row}.{self.only} IS NOT NULL" if self.only else "true"

    def triggers(self, *, changes: bool = False) -> list[pgtrigger.Trigger]:
        """Return the triggers that write traces; rows that change are traced anew at each change."""
        triggers = [self._trigger("traced", pgtrigger.Insert)]
        if changes:
            triggers.append(self._trigger("traced_anew", pgtrigger.Update))
        return triggers

    def _trigger(self, name: str, operation: pgtrigger.Operation) -> pgtrigger.Trigger:
        return pgtrigger.Trigger(
            name=name,
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=pgtrigger.Referencing(new="written"),
            func=f"""
INSERT INTO records_trace (place, row_id, digest, role, at)
SELECT '{self.table}', w.id, {self.digest("w")}, current_user, clock_timestamp()
FROM written AS w WHERE {self.tells("w")} ORDER BY w.id;
RETURN NULL;
""",  # noqa: S608  (names of our own tables)
        )
