declare module 'linebreak' {
  /** UAX 14: finds the places where a line may end. */
  class LineBreaker {
    constructor(text: string);
    nextBreak(): { readonly position: number; readonly required: boolean } | null;
  }
  export = LineBreaker;
}
