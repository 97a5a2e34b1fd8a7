import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Json } from '../../workflows/kernel/index.js';
import { ConnectionOf, DateTime, JsonObject, Node, Reason } from '../schema/index.js';

export enum RequestKind {
  JOIN = 'JOIN',
}
registerEnumType(RequestKind, {
  name: 'RequestKind',
  description: 'What is asked for.',
  valuesConfig: { JOIN: { description: 'To become a member of a guild.' } },
});

export enum Party {
  BROADCASTER = 'BROADCASTER',
  GUILD = 'GUILD',
  GUARDIAN = 'GUARDIAN',
  GAINING_GUILD = 'GAINING_GUILD',
  PLATFORM = 'PLATFORM',
}
registerEnumType(Party, {
  name: 'Party',
  description: 'Who takes part in a request.',
  valuesConfig: {
    BROADCASTER: { description: 'The broadcaster.' },
    GUILD: { description: 'The guild; of a transfer, the one that is left.' },
    GUARDIAN: { description: 'The guardian of a minor.' },
    GAINING_GUILD: { description: 'Of a transfer, the guild that is joined.' },
    PLATFORM: { description: 'The platform, where it has to consent.' },
  },
});

/** One list for all kinds: a state of a kind that is not here fails the test that compares it with the machines. */
export enum RequestState {
  DRAFTING = 'DRAFTING',
  SIGNING = 'SIGNING',
  COOLING_OFF = 'COOLING_OFF',
  SETTLEMENT = 'SETTLEMENT',
  COMPLETED = 'COMPLETED',
  DECLINED = 'DECLINED',
  WITHDRAWN = 'WITHDRAWN',
  EXPIRED = 'EXPIRED',
  REJECTED = 'REJECTED',
  VOIDED = 'VOIDED',
  SUPERSEDED = 'SUPERSEDED',
  UNWOUND = 'UNWOUND',
}
registerEnumType(RequestState, {
  name: 'RequestState',
  description: 'Where a request is. The last eight are final.',
  valuesConfig: {
    DRAFTING: { description: 'The terms are being negotiated.' },
    SIGNING: { description: 'The terms stand; both parties sign, in any order.' },
    COOLING_OFF: { description: 'Signed by all; the protected party may still withdraw without giving a reason.' },
    SETTLEMENT: { description: 'Waiting for the chosen instant of the switch.' },
    COMPLETED: { description: 'Switched, and the right to withdraw has lapsed.' },
    DECLINED: { description: 'The other party said no.' },
    WITHDRAWN: { description: 'Taken back by its initiator, or by the protected party during cooling-off.' },
    EXPIRED: { description: 'Nobody acted in time.' },
    REJECTED: { description: 'Not eligible, when submitted or at the switch.' },
    VOIDED: { description: 'Ended by support, with a reason.' },
    SUPERSEDED: { description: 'Replaced by another request.' },
    UNWOUND: { description: 'Reversed after the switch.' },
  },
});

export const machineState = (state: RequestState): string =>
  state.toLowerCase().replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());

export const apiState = (state: string): string =>
  state
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('.', '_')
    .toUpperCase();

/** A request as it was read: the feature's row and the engine's instance of the same id. */
export interface RequestRow {
  readonly id: string;
  readonly kind: string;
  readonly machine_version: number;
  readonly state: string;
  readonly version: number;
  readonly snapshot: string;
  readonly broadcaster_id: string;
  readonly guild_id: string;
  readonly initiator: Party;
  readonly policy_name: string;
  readonly policy_number: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly ended_at: Date | null;
  /** From the database, so that what may be done is judged by the clock that will judge it. */
  readonly now: Date;
  /** When a rejected broadcaster comes of age; null for a viewer who may not know the birthday. */
  readonly of_age_at: Date | null;
}

@ObjectType('PolicyReference', { description: 'The policy version that a request is run by.', simpleResolvers: true })
export class PolicyReference {
  @Field(() => String, { description: 'Name of the policy.' })
  readonly name!: string;

  @Field(() => Int, { description: 'Number of its version.' })
  readonly number!: number;
}

@ObjectType('Request', {
  description: 'A request between a broadcaster and a guild, from the first draft to its end.',
  implements: Node,
})
export class RequestType implements Node {
  readonly id!: string;

  @Field(() => RequestKind, { description: 'What is asked for.', simple: true })
  readonly kind!: RequestKind;

  @Field(() => RequestState, { description: 'Where the request is.', simple: true })
  readonly state!: RequestState;

  @Field(() => Int, {
    description: 'Counts up with every change: pass it as `expectedVersion`, or as the cursor of `requestUpdated`.',
    simple: true,
  })
  readonly version!: number;

  @Field(() => Party, { description: 'Who opened it: GUILD by invitation, BROADCASTER by application.', simple: true })
  readonly initiator!: Party;

  @Field(() => PolicyReference, { description: 'The policy version pinned when the request was submitted.', simple: true })
  readonly policy!: PolicyReference;

  @Field(() => DateTime, { description: 'When it was submitted.', simple: true })
  readonly createdAt!: Date;

  @Field(() => DateTime, { description: 'When it last changed.', simple: true })
  readonly updatedAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When it ended, null while it runs.', simple: true })
  readonly endedAt!: Date | null;

  @Field(() => [Reason], { description: 'Why it was rejected; empty otherwise.', simple: true })
  readonly rejectedFor!: readonly Reason[];

  /** Not a field: what the others are resolved from. */
  readonly row!: RequestRow;
}

@ObjectType('RequestAction', {
  description: 'Something that the viewer can do with a request, or why not.',
  simpleResolvers: true,
})
export class RequestActionType {
  @Field(() => String, { description: 'The event, e.g. `SIGN_AGREEMENT`; `sendRequestEvent` takes it.' })
  readonly event!: string;

  @Field(() => String, { description: 'What a button would say.' })
  readonly title!: string;

  @Field(() => Boolean, { description: 'Whether it would be accepted now, as far as can be told without its input.' })
  readonly allowed!: boolean;

  @Field(() => [Reason], { description: 'Why it would not; empty when allowed.' })
  readonly reasons!: readonly Reason[];

  @Field(() => JsonObject, { description: 'JSON Schema of the input that it needs.' })
  readonly input!: Json;

  @Field(() => DateTime, { nullable: true, description: 'By when, null when no time runs.' })
  readonly deadline!: string | null;
}

@ObjectType('RequestDeadline', { description: 'A clock that runs.', simpleResolvers: true })
export class RequestDeadlineType {
  @Field(() => String, { description: 'Its stable name, e.g. `signatureWindow`.' })
  readonly name!: string;

  @Field(() => String, { description: 'What it is, for people.' })
  readonly title!: string;

  @Field(() => DateTime, { description: 'When it is over.' })
  readonly dueAt!: string;

  @Field(() => String, { description: 'What happens then if nobody acts.' })
  readonly silence!: string;
}

@ObjectType('RequestExplanation', { description: 'Who acts next, by when, and what silence does.', simpleResolvers: true })
export class RequestExplanationType {
  @Field(() => String, { description: 'All of it in sentences.' })
  readonly text!: string;

  @Field(() => [Party], { description: 'Who is awaited; empty when only time is.' })
  readonly awaits!: readonly Party[];

  @Field(() => DateTime, { nullable: true, description: 'By when, null when no time runs.' })
  readonly by!: string | null;

  @Field(() => String, { nullable: true, description: 'What happens if nobody acts.' })
  readonly silence!: string | null;
}

@ObjectType('HistoryEntry', {
  description: 'One thing that happened to a request. Nothing is ever changed or removed.',
  simpleResolvers: true,
})
export class HistoryEntryType {
  @Field(() => Int, { description: 'Version that the request got by it; dense, from 1.' })
  readonly version!: number;

  @Field(() => DateTime, { description: 'When.' })
  readonly at!: Date;

  @Field(() => String, { description: 'The event, e.g. `SIGN_AGREEMENT`; a timer shows the name of its clock.' })
  readonly event!: string;

  @Field(() => String, { description: '`start`, `outside`, `timer` or `effect`.' })
  readonly source!: string;

  @Field(() => String, { description: 'As what the actor acted, e.g. `GUILD_OWNER`; `SYSTEM` for timers and effects.' })
  readonly authority!: string;

  @Field(() => String, { description: 'State that it led to, which may be one that is passed through at once.' })
  readonly state!: string;

  @Field(() => String, { description: 'SHA-256 over this entry and its predecessor.' })
  readonly hash!: string;
}

export const RequestConnection = ConnectionOf('Request', () => RequestType);
export const HistoryConnection = ConnectionOf('HistoryEntry', () => HistoryEntryType);

@ObjectType('RequestUpdate', { description: 'A change of a request, in order, without gaps.' })
export class RequestUpdateType {
  @Field(() => String, { description: 'Pass it as `after` to go on behind this change.', simple: true })
  readonly cursor!: string;

  @Field(() => HistoryEntryType, { description: 'What happened.', simple: true })
  readonly entry!: HistoryEntryType;

  readonly requestUuid!: string;
}
