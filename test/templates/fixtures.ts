import type { Assembly, ClauseContent } from '../../src/templates/content.js';
import type { TemplateDefinition } from '../../src/templates/variable-catalogue.js';

/** A small kind of its own, so that these tests do not change with the catalogue. */
export const definition: TemplateDefinition = {
  description: 'For tests.',
  terms: ['share', 'startAt'],
  variables: {
    guild: { type: 'PARTY', description: 'A name.' },
    share: { type: 'PERCENTAGE', description: 'A share.' },
    term: { type: 'DURATION', unit: 'month', description: 'A term.' },
    fee: { type: 'MONEY', description: 'A fee.' },
    date: { type: 'DATE', description: 'A day.' },
    minor: { type: 'BOOLEAN', description: 'A minor.' },
    startAt: { type: 'INSTANT', optional: true, description: 'A start.' },
    bonus: { type: 'MONEY', optional: true, description: 'A bonus.' },
    reason: {
      type: 'ENUM',
      options: { GOOD: { en: 'good', zh: '好' }, BAD: { en: 'bad', zh: '坏' } },
      description: 'A reason.',
    },
  },
};

export const values = {
  guild: 'Lantern House',
  share: 15,
  term: 6,
  fee: { amountMinor: 123_456, currency: 'EUR' },
  date: '2026-11-25',
  minor: false,
  reason: 'GOOD',
};

/** A clause whose declarations fit what its words name, where the definition knows it. */
export function clause(body: string, more: Partial<ClauseContent> = {}): ClauseContent {
  const { condition = null } = more;
  const named = [...`${body} ${(condition ?? '').replaceAll(/v\.(\w+)/g, '{{$1}}')}`.matchAll(/\{\{ ?(\w+) ?\}\}/g)].map(
    (match) => match[1]!,
  );
  return {
    variables: [...new Set(named)].flatMap((name) => {
      const known = definition.variables[name];
      return known ? [{ name, type: known.type }] : [];
    }),
    condition,
    terms: [],
    texts: { en: { heading: 'Heading', paragraphs: [body] } },
    ...more,
  };
}

export const template = (...clauses: readonly ClauseContent[]): Assembly => ({
  name: 'TEST',
  locales: ['en'],
  texts: { en: { title: 'Title', preamble: ['With {{guild}}'] } },
  clauses: clauses.map((content, index) => ({ ...content, key: `clause-${String(index + 1)}` })),
});
