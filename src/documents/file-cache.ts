/** Files that were made lately, by what they say; asked for twice at once, a file is made once. */
export class FileCache {
  readonly #files = new Map<string, Promise<Buffer>>();
  #bytes = 0;

  constructor(readonly maxBytes = 32 * 1024 * 1024) {}

  async get(key: string, make: () => Promise<Buffer>): Promise<Buffer> {
    const known = this.#files.get(key);
    if (known) {
      this.#files.delete(key);
      this.#files.set(key, known);
      return known;
    }
    const made = make();
    this.#files.set(key, made);
    try {
      this.#bytes += (await made).length;
    } catch (error) {
      this.#files.delete(key);
      throw error;
    }
    await this.#forget();
    return made;
  }

  /** The longest unused first, until the rest fits. */
  async #forget(): Promise<void> {
    for (const [key, file] of this.#files) {
      if (this.#bytes <= this.maxBytes) return;
      this.#files.delete(key);
      this.#bytes -= (await file.catch(() => Buffer.alloc(0))).length;
    }
  }
}
