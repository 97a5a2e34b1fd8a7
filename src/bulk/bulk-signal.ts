/** What this process tells itself about bulk work. It never decides: whoever misses a call looks again after its poll. */
export class BulkSignal {
  private readonly workers = new Set<() => void>();
  private readonly watchers = new Map<string, Set<() => void>>();

  /** There may be something to do: an operation was committed, resumed or is to be retried. */
  work(): void {
    for (const listener of this.workers) listener();
  }

  onWork(listener: () => void): () => void {
    this.workers.add(listener);
    return () => this.workers.delete(listener);
  }

  /** An operation has changed. */
  progress(operationId: string): void {
    for (const listener of this.watchers.get(operationId) ?? []) listener();
  }

  onProgress(operationId: string, listener: () => void): () => void {
    let set = this.watchers.get(operationId);
    if (!set) this.watchers.set(operationId, (set = new Set()));
    set.add(listener);
    return () => {
      set.delete(listener);
      if (set.size === 0 && this.watchers.get(operationId) === set) this.watchers.delete(operationId);
    };
  }
}
