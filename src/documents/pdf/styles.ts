import type { TextStyle } from './canvas.js';

const INK = '#1c1c1e';
/** 7:1 on white. */
const QUIET = '#54565b';

/** Chinese characters fill their square, and need more air between lines than letters do. */
const isDense = (locale: string): boolean => /^(zh|ja|ko)\b/i.test(locale);

export interface Styles {
  readonly title: TextStyle;
  readonly preamble: TextStyle;
  readonly heading: TextStyle;
  readonly body: TextStyle;
  /** A value beside its name. */
  readonly fact: TextStyle;
  /** A hash or an id, which has to fit on one line. */
  readonly exact: TextStyle;
  readonly small: TextStyle;
  readonly smallBold: TextStyle;
  readonly running: TextStyle;
}

export function stylesFor(locale: string): Styles {
  const air = isDense(locale) ? 1.1 : 1;
  const style = (size: number, leading: number, weight: TextStyle['weight'] = 'regular', color = INK): TextStyle => ({
    size,
    leading: leading * air,
    weight,
    color,
  });
  return {
    title: style(19, 25, 'bold'),
    preamble: style(9.5, 14, 'regular', QUIET),
    heading: style(11.5, 17, 'bold'),
    body: style(10.5, 15.5),
    fact: style(9.5, 14),
    exact: style(8.5, 14),
    small: style(8.5, 12),
    smallBold: style(8.5, 12, 'bold'),
    running: style(8, 11, 'regular', QUIET),
  };
}
