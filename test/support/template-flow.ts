import type { TestApi } from './api.js';
import type { RefusalAnswer } from './join-flow.js';

export interface VersionAnswer {
  readonly __typename: 'ClauseVersion' | 'TemplateVersion';
  readonly id: string;
  readonly key?: string;
  readonly name?: string;
  readonly number: number;
  readonly status: string;
  readonly revision: number;
  readonly summary: string | null;
  readonly effectiveFrom?: string | null;
  readonly effectiveTo?: string | null;
  readonly authorId: string | null;
  readonly reviewerId: string | null;
  readonly region?: { readonly code: string } | null;
  readonly texts: readonly { readonly locale: string; readonly heading?: string; readonly title?: string }[];
  readonly clauses?: readonly { readonly id: string; readonly key: string }[];
  readonly events: readonly { readonly action: string; readonly actorId: string; readonly remark: string | null }[];
}

export interface PlacedReason {
  readonly code: string;
  readonly message: string;
  readonly field: string | null;
  readonly place: {
    readonly template: string | null;
    readonly clause: string | null;
    readonly locale: string | null;
    readonly part: string;
    readonly line: number;
    readonly column: number;
  } | null;
}
export type TemplateRefusal = Omit<RefusalAnswer, 'reasons'> & { readonly reasons: readonly PlacedReason[] };

const common = '__typename id number status revision summary authorId reviewerId events { action actorId remark }';
export const clauseFields = `${common} key texts { locale heading }`;
export const templateFields = `${common} name region { code } effectiveFrom effectiveTo texts { locale title } clauses { id key }`;
const inputTypes = {
  saveClauseDraft: 'SaveClauseDraftInput',
  submitClauseForReview: 'SubmitDraftInput',
  reviewClause: 'ReviewClauseInput',
  retireClause: 'RetireVersionInput',
  saveTemplateDraft: 'SaveTemplateDraftInput',
  submitTemplateForReview: 'SubmitDraftInput',
  reviewTemplate: 'ReviewTemplateInput',
  retireTemplate: 'RetireVersionInput',
} as const;
export type TemplateMutation = keyof typeof inputTypes;

/** Clauses and templates as policy staff write them, over HTTP. Pia writes, Pol reviews. */
export class TemplateFlow {
  private count = 0;

  constructor(readonly api: TestApi) {}

  async send(subject: string, name: TemplateMutation, input: object): Promise<VersionAnswer | TemplateRefusal> {
    const query = `mutation ($input: ${inputTypes[name]}!) { ${name}(input: $input) {
      ... on ${name.includes('Clause') ? `ClauseVersion { ${clauseFields} }` : `TemplateVersion { ${templateFields} }`}
      ... on Refusal { __typename code message currentState currentVersion
        reasons { code message field place { template clause locale part line column } } } } }`;
    return (await this.api.gql<Record<string, VersionAnswer | TemplateRefusal>>(subject, query, { input }))[name]!;
  }

  async do(subject: string, name: TemplateMutation, input: object): Promise<VersionAnswer> {
    const answer = await this.send(subject, name, input);
    if (answer.__typename === 'Refusal') throw new Error(`${name} was refused: ${JSON.stringify(answer)}`);
    return answer;
  }

  async refused(subject: string, name: TemplateMutation, input: object): Promise<TemplateRefusal> {
    const answer = await this.send(subject, name, input);
    if (answer.__typename !== 'Refusal') throw new Error(`${name} was carried out: ${JSON.stringify(answer)}`);
    return answer;
  }

  content(paragraph: string, more: object = {}): object {
    const text = { heading: 'Heading', paragraphs: [paragraph] };
    return { variables: [], condition: null, terms: [], texts: [{ locale: 'en', ...text }], ...more };
  }

  draftClause(content: object, more: object = {}): Promise<VersionAnswer> {
    return this.do('pia', 'saveClauseDraft', { key: `clause-${String((this.count += 1))}`, content, ...more });
  }

  async clause(content: object, more: object = {}): Promise<VersionAnswer> {
    const draft = await this.draftClause(content, more);
    const submitted = await this.do('pia', 'submitClauseForReview', step(draft));
    return this.do('pol', 'reviewClause', step(submitted, { decision: 'APPROVE' }));
  }

  draftTemplate(clauses: readonly VersionAnswer[], more: object = {}): Promise<VersionAnswer> {
    return this.do('pia', 'saveTemplateDraft', { name: 'LEAVE_MUTUAL', content: this.assembly(clauses), ...more });
  }

  assembly(clauses: readonly { readonly id: string }[], locales: readonly string[] = ['en']): object {
    return {
      texts: locales.map((locale) => ({ locale, title: `Title ${locale}`, preamble: ['{{agreementId}}, {{version}}'] })),
      clauses: clauses.map(({ id }) => id),
    };
  }

  async template(clauses: readonly VersionAnswer[], more: object = {}, effectiveFrom?: string): Promise<VersionAnswer> {
    const submitted = await this.do('pia', 'submitTemplateForReview', step(await this.draftTemplate(clauses, more)));
    return this.do('pol', 'reviewTemplate', step(submitted, { decision: 'APPROVE', effectiveFrom }));
  }

  async inForce(name: string, region: string, at?: string): Promise<VersionAnswer | null> {
    const query = `query ($name: String!, $region: ID!, $at: DateTime) { templateInForce(name: $name, region: $region, at: $at) { ${templateFields} } }`;
    return (await this.api.gql<{ templateInForce: VersionAnswer | null }>('pia', query, { name, region, at })).templateInForce;
  }
}

export const step = ({ id, revision }: VersionAnswer, more: object = {}) => ({ id, expectedRevision: revision, ...more });
