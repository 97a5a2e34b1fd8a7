import { describe, expect, test } from '@jest/globals';
import { registry } from '../../workflows/registry.js';
import { textOf } from '../../src/agreements/document.js';
import { frameOf, sampleTemplates } from '../../src/seed/samples/index.js';
import { templateProblems } from '../../src/templates/check-template.js';
import { fill } from '../../src/templates/fill.js';
import { generatedValues } from '../../src/templates/generated-values.js';
import { assemble } from '../../src/templates/template.service.js';
import { TEMPLATE_NAMES, templateCatalogue } from '../../src/templates/variable-catalogue.js';

const assembled = (sample: (typeof sampleTemplates)[number]) =>
  assemble(sample.name, { locales: ['en', 'zh-CN'], texts: frameOf(sample) }, sample.clauses);

describe('the texts that are shipped', () => {
  test('there is one for every name, and every name that a kind asks for is known', () => {
    expect(sampleTemplates.map(({ name }) => name)).toEqual(TEMPLATE_NAMES);
    for (const { opening } of registry) if (opening.template !== null) expect(TEMPLATE_NAMES).toContain(opening.template);
  });

  test.each(sampleTemplates.map((sample) => [sample.name, sample] as const))(
    '%s can be filled for every request, in both languages, and says that it is a sample',
    (name, sample) => {
      const { variables } = templateCatalogue[name];
      expect(templateProblems(assembled(sample), templateCatalogue[name])).toEqual([]);
      for (const values of generatedValues(variables)) {
        for (const locale of ['en', 'zh-CN']) {
          const document = fill(assembled(sample), variables, values, { locale, timeZone: 'Asia/Shanghai' });
          const text = textOf(document);
          expect(text).toMatch(locale === 'en' ? /SAMPLE/ : /样本/);
          expect(text.replaceAll('{{guild}} <b>', '')).not.toMatch(/\{\{|undefined|NaN/);
          expect(document.clauses.length).toBeGreaterThanOrEqual(3);
          expect(document.clauses.map(({ number }) => number)).toEqual(
            document.clauses.map((_clause, index) => String(index + 1)),
          );
        }
      }
    },
  );

  test('a clause has one content, whatever templates it stands in', () => {
    const known = new Map<string, string>();
    for (const { key, content } of sampleTemplates.flatMap(({ clauses }) => clauses)) {
      expect(known.get(key) ?? JSON.stringify(content)).toBe(JSON.stringify(content));
      known.set(key, JSON.stringify(content));
    }
  });
});
