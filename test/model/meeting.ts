/** Lets two servers go on only when both have read: a race in which one is through before the other has begun would be none. */
export class Meeting {
  private waiting: (() => void)[] = [];
  private awaited = 0;

  /** For both servers' engines. */
  readonly arrive = async (step: string): Promise<void> => {
    if (step !== 'read' || this.awaited === 0) return;
    if (this.waiting.length + 1 < this.awaited) await new Promise<void>((go) => this.waiting.push(go));
    else this.over();
  };

  /** Runs these at once. One that is answered before it has read anything keeps nobody waiting. */
  async of<T>(works: readonly (() => Promise<T>)[]): Promise<T[]> {
    this.awaited = works.length;
    try {
      return await Promise.all(works.map((work) => work().finally(() => this.over())));
    } finally {
      this.over();
    }
  }

  private over(): void {
    this.awaited = 0;
    for (const go of this.waiting.splice(0)) go();
  }
}
