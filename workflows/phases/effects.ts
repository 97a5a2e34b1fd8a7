/**
 * Effects for `setup({actions})` as types only: an action without an implementation comes out of a step as data, which is
 * what an effect is. With an implementation XState would call it.
 */
export const declared = <Effects extends Record<string, object>>() =>
  ({}) as { [Name in keyof Effects]: (args: unknown, params: Effects[Name]) => void };
