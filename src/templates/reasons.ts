import type { Reason } from '../schema/index.js';
import type { TemplateProblem } from './problem.js';

/** A problem as a reason of a refusal: readable by itself, and with the place as data. */
export function toReason({ code, message, ...place }: TemplateProblem, template: string | null): Reason {
  const { clause, locale, part, line, column } = place;
  const where = [clause, locale, part.toLowerCase(), `line ${String(line)}`, `column ${String(column)}`].filter(
    (each) => each !== null,
  );
  return { code, message: `${message.replace(/\.$/, '')} (${where.join(', ')}).`, place: { template, ...place } };
}
