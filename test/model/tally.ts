/** What a run has come by: a run that reaches nothing would find nothing, and would look well. */
export class Tally {
  sequences = 0;
  private readonly states = new Map<string, number>();
  private readonly answers = new Map<string, number>();
  private history = 0;

  reached(state: string): void {
    this.states.set(state, (this.states.get(state) ?? 0) + 1);
  }

  answered(command: string, answer: string): void {
    const key = `${command}: ${answer}`;
    this.answers.set(key, (this.answers.get(key) ?? 0) + 1);
  }

  events(count: number): void {
    this.history += count;
  }

  get stateNames(): string[] {
    return [...this.states.keys()].sort();
  }

  toString(): string {
    const answers = [...this.answers].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, count]) => `  ${key} ${String(count)}`);
    const states = `${String(this.states.size)} states: ${this.stateNames.join(', ')}`;
    return [`${String(this.sequences)} sequences, ${String(this.history)} rows of history, ${states}`, ...answers].join('\n');
  }
}
