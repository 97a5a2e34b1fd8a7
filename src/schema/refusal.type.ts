import 'reflect-metadata';
import type { ClassType } from 'type-graphql';
import { createUnionType, Field, Int, ObjectType } from 'type-graphql';
import type { Reason as KernelReason } from '../../workflows/kernel/index.js';
import { DateTime } from './date-time.scalar.js';

@ObjectType('TextPlace', { description: 'A place in the text of a clause or a template.', simpleResolvers: true })
export class TextPlace {
  @Field(() => String, { nullable: true, description: 'Name of the template; null in a clause by itself.' })
  readonly template!: string | null;

  @Field(() => String, { nullable: true, description: 'Key of the clause; null: the template itself.' })
  readonly clause!: string | null;

  @Field(() => String, { nullable: true, description: 'The language, BCP 47; null: in all of them.' })
  readonly locale!: string | null;

  @Field(() => String, {
    description:
      '`TITLE`, `PREAMBLE`, `HEADING`, `PARAGRAPH`, `CONDITION`, `VARIABLES`, `TERMS`, `CLAUSES` (which they are) or `LOCALES`.',
  })
  readonly part!: string;

  @Field(() => Int, {
    description: 'From 1: of a paragraph or a line of the preamble its number, of a condition the line in it.',
  })
  readonly line!: number;

  @Field(() => Int, { description: 'From 1, in UTF-16 units.' })
  readonly column!: number;
}

@ObjectType({ description: 'One objection. A refusal lists all of them at once.', simpleResolvers: true })
export class Reason implements KernelReason {
  @Field(() => String, { description: 'Stable, UPPER_SNAKE: branch on it.' })
  readonly code!: string;

  @Field(() => String, { description: 'One sentence for a person, in English.' })
  readonly message!: string;

  @Field(() => String, { nullable: true, description: 'Path of the input field it is about, e.g. `terms.guildSharePercent`.' })
  readonly field?: string;

  @Field(() => DateTime, {
    nullable: true,
    description: 'The instant from which it no longer holds; null when time alone does not cure it.',
  })
  readonly until?: string;

  @Field(() => String, {
    nullable: true,
    description: 'Key of the clause of the agreement that it concerns: the one that states the term; null where none does.',
  })
  readonly clause?: string;

  @Field(() => TextPlace, {
    nullable: true,
    description: 'Where it is in a clause or a template that was to be saved; null for everything else.',
  })
  readonly place?: TextPlace;
}

export interface RefusalValue {
  readonly code: string;
  readonly reasons: readonly Reason[];
  /** Defaults to the first reason's. */
  readonly message?: string | undefined;
  /** In the API's spelling (UPPER_SNAKE). */
  readonly currentState?: string | undefined;
  readonly currentVersion?: number | undefined;
}

@ObjectType({
  description: 'A command that was understood and not carried out; nothing has changed. An expected answer, not an error.',
  simpleResolvers: true,
})
export class Refusal {
  @Field(() => String, {
    description:
      'Stable, UPPER_SNAKE: branch on it, e.g. `STALE_VERSION`, `WRONG_STATE`, `NOT_ALLOWED`, `NOT_FOUND`, `KEY_REUSED`.',
  })
  readonly code: string;

  @Field(() => String, { description: 'One sentence for a person, in English.' })
  readonly message: string;

  @Field(() => [Reason], { description: 'Every objection at once, the most telling first.' })
  readonly reasons: readonly Reason[];

  @Field(() => String, {
    nullable: true,
    description: 'State in which the request was found; null when there is no request to see.',
  })
  readonly currentState: string | null;

  @Field(() => Int, { nullable: true, description: 'Version to pass as `expectedVersion` after looking again.' })
  readonly currentVersion: number | null;

  constructor(value: RefusalValue) {
    this.code = value.code;
    this.reasons = value.reasons;
    this.message = value.message ?? value.reasons.at(0)?.message ?? 'This was refused.';
    this.currentState = value.currentState ?? null;
    this.currentVersion = value.currentVersion ?? null;
  }
}

/** For a single reason, which gives the refusal its code and its message. */
export const refuse = (code: string, message: string, field?: string): Refusal =>
  new Refusal({ code, reasons: [{ code, message, ...(field !== undefined && { field }) }] });

/**
 * The result of a mutation: what it made, or the refusal. Every member is told apart by its class, so resolvers return instances.
 * @example `const SignAgreementResult = resultUnion('SignAgreementResult', 'The signed request, or why not.', [RequestType]);`
 */
export const resultUnion = <T extends object>(
  name: string,
  description: string,
  successes: readonly [ClassType<T>, ...ClassType<T>[]],
): Refusal | T =>
  createUnionType({
    name,
    description,
    types: () => [...successes, Refusal] as const,
    resolveType: (value: object) => [...successes, Refusal].find((member) => value instanceof member),
  });
