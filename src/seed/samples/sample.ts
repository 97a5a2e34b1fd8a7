import type { ClauseContent } from '../../templates/content.js';
import { readBody } from '../../templates/body.js';
import { TEMPLATE_NAMES, templateCatalogue, type TemplateName } from '../../templates/variable-catalogue.js';
import type { Variable, VariableType } from '../../templates/variable.js';

/** The texts that Guildhall ships are samples: somebody who may advise on the law of a region has to look at them before they are used. */

/** English and Chinese; the first paragraph is the heading. */
type Words = readonly [heading: string, ...paragraphs: string[]];

export interface SampleClause {
  readonly key: string;
  readonly content: ClauseContent;
}

interface About {
  readonly condition?: string;
  readonly terms?: readonly string[];
  readonly en: Words;
  readonly zh: Words;
}

const types = new Map<string, VariableType>(
  TEMPLATE_NAMES.flatMap((name) =>
    Object.entries(templateCatalogue[name].variables as Readonly<Record<string, Variable>>).map(
      ([variable, { type }]) => [variable, type] as const,
    ),
  ),
);

/** A clause of the library; what it declares is what its words and its condition name. */
export function clause(key: string, { condition, terms = [], en, zh }: About): SampleClause {
  const printed = [...en, ...zh].flatMap((body) =>
    readBody(body).pieces.flatMap(({ kind, text }) => (kind === 'variable' ? [text] : [])),
  );
  const asked = [...(condition ?? '').matchAll(/v\.([a-zA-Z]+)/g)].map((match) => match[1]!);
  return {
    key,
    content: {
      variables: [...new Set([...printed, ...asked])].sort().map((name) => ({ name, type: types.get(name)! })),
      condition: condition ?? null,
      terms,
      texts: { en: textOf(en), 'zh-CN': textOf(zh) },
    },
  };
}

const textOf = ([heading, ...paragraphs]: Words) => ({ heading, paragraphs });

export interface SampleTemplate {
  readonly name: TemplateName;
  readonly en: string;
  readonly zh: string;
  readonly clauses: readonly SampleClause[];
}

const isAgreement = (name: TemplateName): boolean => Object.hasOwn(templateCatalogue[name].variables, 'version');

/** Title and preamble of a sample, in both languages. */
export const frameOf = ({ name, en, zh }: SampleTemplate) => {
  const version = isAgreement(name);
  return {
    en: {
      title: `${en} (SAMPLE)`,
      preamble: [
        'Sample text. It is no legal advice; have it reviewed before it is used.',
        `Reference {{agreementId}}${version ? ', version {{version}}' : ''}, drawn up on {{date}}.`,
      ],
    },
    'zh-CN': {
      title: `${zh}（样本）`,
      preamble: [
        '本文本为样本，不构成法律意见，使用前须经专业审核。',
        `编号：{{agreementId}}${version ? '，第 {{version}} 版' : ''}，拟定日期：{{date}}。`,
      ],
    },
  };
};
