/** Something that does not hold, and where. */
export interface Problem {
  /** The record, e.g. `requests/0199…: entry 5 of the history`. */
  readonly record: string;
  readonly why: string;
}

/** What was looked at, and what came of it. Good when there is no problem. */
export class Report {
  readonly problems: Problem[] = [];
  /** What was checked, with how many of it. */
  readonly checked = new Map<string, number>();
  /** What could not be checked, and on what the rest relies. */
  readonly notes: string[] = [];

  get ok(): boolean {
    return this.problems.length === 0;
  }

  count(what: string, n = 1): void {
    this.checked.set(what, (this.checked.get(what) ?? 0) + n);
  }

  problem(record: string, why: string): void {
    this.problems.push({ record, why });
  }

  note(text: string): void {
    if (!this.notes.includes(text)) this.notes.push(text);
  }

  /** For people, a line each. */
  lines(): string[] {
    return [
      ...[...this.checked].map(([what, n]) => `checked  ${String(n)} ${what}`),
      ...this.notes.map((note) => `note     ${note}`),
      ...this.problems.map(({ record, why }) => `FAILED   ${record}: ${why}`),
      this.ok ? 'The records are whole.' : `The records are NOT whole: ${String(this.problems.length)} problems.`,
    ];
  }
}
