import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { Json } from '../../workflows/kernel/index.js';
import { ConnectionOf, DateTime, JsonObject, Node, Reason } from '../schema/index.js';
import { apiState, Party, RequestKind, RequestState } from './request-enums.js';

export { apiState, Party, RequestKind, RequestState };

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
  readonly gaining_guild_id: string | null;
  /** Support may then stand in for it, where a kind says so. */
  readonly guild_suspended: boolean;
  readonly membership_id: string | null;
  readonly parent_id: string | null;
  readonly relation: string | null;
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

  @Field(() => [Reason], { description: 'What has to come with it beside its input, e.g. a proof of who signs; empty: nothing.' })
  readonly needs!: readonly Reason[];

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

  @Field(() => Boolean, { description: 'Whether the request moves on by it; false: it only reminds.' })
  readonly moves!: boolean;
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

  @Field(() => ID, {
    nullable: true,
    description: 'Global id of the person in whose name the actor signed; shown to the platform’s staff and the guild’s own.',
  })
  readonly onBehalfOfId!: string | null;

  @Field(() => String, { description: 'State that it led to, which may be one that is passed through at once.' })
  readonly state!: string;

  @Field(() => String, { description: 'SHA-256 over this entry and its predecessor.' })
  readonly hash!: string;

  /** Not a field: what the act is found by. */
  readonly instanceId!: string;
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
