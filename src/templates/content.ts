import type { VariableType } from './variable.js';

export interface ClauseText {
  readonly heading: string;
  readonly paragraphs: readonly string[];
}

/** What a version of a clause says. Stored as JSON. */
export interface ClauseContent {
  /** What its texts and its condition may name. */
  readonly variables: readonly { readonly name: string; readonly type: VariableType }[];
  /** In CEL over `v.<variable>`; null: it always stands. */
  readonly condition: string | null;
  /** Names of the terms that it states. */
  readonly terms: readonly string[];
  /** By locale. */
  readonly texts: Readonly<Record<string, ClauseText>>;
}

export interface TemplateText {
  readonly title: string;
  /** Printed under the title; each a line. */
  readonly preamble: readonly string[];
}

/** What a version of a template is put together from. Stored as JSON. */
export interface TemplateContent {
  /** By locale: what it is offered in, the first one where neither region nor request ask for another that is offered. */
  readonly texts: Readonly<Record<string, TemplateText>>;
  /** The order of `texts`, which JSON objects in the database do not keep. */
  readonly locales: readonly string[];
  /** Ids of clause versions, in the order of the document. */
  readonly clauses: readonly string[];
}

/** A template with all that is needed to fill it. */
export interface Assembly {
  readonly name: string;
  readonly texts: TemplateContent['texts'];
  readonly locales: readonly string[];
  readonly clauses: readonly (ClauseContent & { readonly key: string })[];
}
