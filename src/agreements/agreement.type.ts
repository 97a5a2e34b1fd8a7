import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime, JsonObject, Sha256 } from '../schema/index.js';
import { AgreementClauseType } from '../templates/document.type.js';
import type { FilledWith } from './draw-up.js';
import type { AgreementDocument } from './document.js';

@ObjectType('Terms', { description: 'What the parties agree on.', simpleResolvers: true })
export class TermsType {
  @Field(() => Int, { description: "The guild's share of gross revenue in whole percent." })
  readonly guildSharePercent!: number;

  @Field(() => Int, { description: 'How long the membership runs, in months.' })
  readonly termMonths!: number;

  @Field(() => DateTime, {
    nullable: true,
    description: 'The chosen instant of the switch; null: when the cooling-off period is over.',
  })
  readonly startAt!: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'After the end: for how many months no other guild may be joined; null: not agreed on.',
  })
  readonly nonCompeteMonths!: number | null;
}

@ObjectType('TermChange', { description: 'A term that differs from the version before.', simpleResolvers: true })
export class TermChangeType {
  @Field(() => String, { description: 'Name of the term, e.g. `guildSharePercent`.' })
  readonly term!: string;

  @Field(() => String, { nullable: true, description: 'Its value before, as JSON; null: it was not there.' })
  readonly before!: string | null;

  @Field(() => String, { nullable: true, description: 'Its value now, as JSON; null: it is not there any more.' })
  readonly after!: string | null;
}

export enum AgreementAudience {
  ALL = 'ALL',
  GUILD = 'GUILD',
  GAINING_GUILD = 'GAINING_GUILD',
}
registerEnumType(AgreementAudience, {
  name: 'AgreementAudience',
  description: 'Whom a text is for, beside the broadcaster’s side and the platform.',
  valuesConfig: {
    ALL: { description: 'Everybody who takes part.' },
    GUILD: { description: 'Of a transfer, the guild that is left: a release, without what the broadcaster is offered.' },
    GAINING_GUILD: { description: 'Of a transfer, the gaining guild: the whole, with the offer.' },
  },
});

/** An agreement as it was read. */
export interface AgreementRow {
  readonly id: string;
  readonly request_id: string;
  readonly version: number;
  readonly terms: Readonly<Record<string, unknown>>;
  /** Null: drawn up from a plain text, before there were clauses. */
  readonly document: AgreementDocument | null;
  readonly filled_with: FilledWith | null;
  readonly time_zone: string;
}

@ObjectType('Agreement', {
  description: 'One version of the agreement of a request, exactly as it is shown and signed.',
})
export class AgreementType {
  @Field(() => Int, { description: 'Counts up with every change of terms.', simple: true })
  readonly version!: number;

  @Field(() => AgreementAudience, { description: 'Who reads and signs this text.', simple: true })
  readonly audience!: AgreementAudience;

  @Field(() => String, { description: 'The full text, UTF-8.', simple: true })
  readonly text!: string;

  @Field(() => Sha256, {
    description: 'SHA-256 of the text in UTF-8: pass it to `signAgreement`, so that you sign what you were shown.',
    simple: true,
  })
  readonly sha256!: string;

  @Field(() => TermsType, {
    nullable: true,
    description: 'The terms of a membership that the text states; null in an agreement about something else.',
    simple: true,
  })
  readonly terms!: TermsType | null;

  @Field(() => JsonObject, { description: 'All terms that the text states, by name.', simple: true })
  readonly allTerms!: Record<string, unknown>;

  @Field(() => [TermChangeType], {
    description: 'The terms that differ from the version before; empty in the first one. For clauses see `difference`.',
    simple: true,
  })
  readonly changes!: TermChangeType[];

  @Field(() => DateTime, { description: 'When this version was drawn up.', simple: true })
  readonly createdAt!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When its words were erased, after the time for which they are kept: `text` is empty since, its SHA-256 stays. Null: they are there.',
    simple: true,
  })
  readonly erasedAt!: Date | null;

  @Field(() => String, {
    nullable: true,
    description: 'The language that holds, BCP 47, e.g. `zh-CN`; null: drawn up before this was written down.',
    simple: true,
  })
  readonly locale!: string | null;

  @Field(() => String, { nullable: true, description: 'The title; null like `locale`.', simple: true })
  readonly title!: string | null;

  @Field(() => [AgreementClauseType], {
    description: 'The clauses that the text is made of; empty where it was drawn up before there were clauses.',
    simple: true,
  })
  readonly clauses!: readonly AgreementClauseType[];

  /** Not a field: what the others are resolved from. */
  readonly row!: AgreementRow;

  /** Not a field: the versions before it for the same readers, the newest last. */
  readonly earlier!: readonly AgreementType[];
}
