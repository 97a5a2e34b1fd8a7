import { Field, Int, ObjectType } from 'type-graphql';
import type { Json } from '../../workflows/kernel/index.js';
import { JsonObject } from '../schema/index.js';
import { Party, RequestKind } from './request-enums.js';

/** A machine as the API shows it: all of it is derived from the machine, and none of it changes while the process runs. */

@ObjectType('WorkflowParty', { description: 'Somebody who takes part in requests of a kind.', simpleResolvers: true })
export class WorkflowPartyType {
  @Field(() => Party, { description: 'Which side.' })
  readonly name!: Party;

  @Field(() => String, { description: 'As it stands in a sentence, e.g. `the guild`.' })
  readonly title!: string;

  @Field(() => [String], { description: 'Authorities that act for it, e.g. `GUILD_OWNER`.' })
  readonly authorities!: readonly string[];
}

@ObjectType('WorkflowAct', { description: 'Something that can be sent in a state.', simpleResolvers: true })
export class WorkflowActType {
  @Field(() => String, { description: 'The event, e.g. `SIGN_AGREEMENT`; `WorkflowDefinition.events` says more of it.' })
  readonly event!: string;

  @Field(() => String, { description: 'What a button would say.' })
  readonly title!: string;

  @Field(() => [Party], { description: 'Parties that may send it; empty when only the platform may.' })
  readonly parties!: readonly Party[];

  @Field(() => [String], { description: 'Authorities that may send it, e.g. `GUILD_OWNER`.' })
  readonly authorities!: readonly string[];

  @Field(() => [String], { description: 'States that it may lead to, the state itself when only data change.' })
  readonly leadsTo!: readonly string[];

  @Field(() => Boolean, { description: 'The request waits for it here; the others are only offered.' })
  readonly moves!: boolean;

  @Field(() => Boolean, { description: 'It also passes while the request is on hold.' })
  readonly whileHeld!: boolean;
}

@ObjectType('WorkflowTimer', { description: 'A clock that runs in a state.', simpleResolvers: true })
export class WorkflowTimerType {
  @Field(() => String, { description: 'Its stable name, as in `RequestDeadline.name`.' })
  readonly name!: string;

  @Field(() => String, { description: 'What its end means.' })
  readonly title!: string;

  @Field(() => [String], { description: 'States that silence may lead to.' })
  readonly leadsTo!: readonly string[];
}

@ObjectType('WorkflowState', { description: 'A state of a kind of request.', simpleResolvers: true })
export class WorkflowStateType {
  @Field(() => String, {
    description: 'As in `RequestState`, or in `HistoryEntry.state` where a request only passes through.',
  })
  readonly name!: string;

  @Field(() => String, { description: 'For people, e.g. `Cooling-off`.' })
  readonly title!: string;

  @Field(() => String, { description: 'What it means, one sentence.' })
  readonly description!: string;

  @Field(() => String, { nullable: true, description: 'The phase that it belongs to; null for an end.' })
  readonly phase!: string | null;

  @Field(() => Boolean, { description: 'Nothing follows.' })
  readonly isFinal!: boolean;

  @Field(() => Boolean, { description: 'Left in the step in which it is entered: no request is ever found in it.' })
  readonly isPassedThrough!: boolean;

  @Field(() => [Party], { description: 'Parties that a request may be waiting for here.' })
  readonly awaits!: readonly Party[];

  @Field(() => [WorkflowActType], { description: 'What people can send here.' })
  readonly acts!: readonly WorkflowActType[];

  @Field(() => [WorkflowTimerType], { description: 'The clocks that run here; none: silence changes nothing.' })
  readonly deadlines!: readonly WorkflowTimerType[];
}

@ObjectType('WorkflowEvent', { description: 'Something that happens to requests of a kind.', simpleResolvers: true })
export class WorkflowEventType {
  @Field(() => String, { description: 'Its name, e.g. `SIGN_AGREEMENT`.' })
  readonly name!: string;

  @Field(() => String, { description: 'What a button would say.' })
  readonly title!: string;

  @Field(() => [String], { description: 'Authorities that may send it; empty: it comes from the system, never from a person.' })
  readonly authorities!: readonly string[];

  @Field(() => Boolean, { description: 'It also passes while the request is on hold.' })
  readonly whileHeld!: boolean;

  @Field(() => JsonObject, { description: 'JSON Schema of the input that it needs.', complexity: 5 })
  readonly input!: Json;
}

@ObjectType('WorkflowTransition', { description: 'An arrow between two states.', simpleResolvers: true })
export class WorkflowTransitionType {
  @Field(() => String, { description: 'Name of the state that it leaves.' })
  readonly from!: string;

  @Field(() => String, { description: 'Name of the state that it leads to; the same one when only data change.' })
  readonly to!: string;

  @Field(() => String, { nullable: true, description: 'The event that takes it; null: a clock, or the machine by itself.' })
  readonly event!: string | null;

  @Field(() => String, { nullable: true, description: 'Name of the clock that takes it, null for other arrows.' })
  readonly delay!: string | null;

  @Field(() => [String], { description: 'Names of the rules that must have no objection.' })
  readonly checks!: readonly string[];
}

@ObjectType('WorkflowDefinition', {
  description: 'A kind of request in one version of its machine: enough to draw where a request is and where it can go.',
  simpleResolvers: true,
})
export class WorkflowDefinitionType {
  @Field(() => RequestKind, { description: 'The kind.' })
  readonly kind!: RequestKind;

  @Field(() => Int, {
    description: 'Version of the machine. A request keeps the one that it was opened with, unless it is migrated.',
  })
  readonly version!: number;

  @Field(() => Boolean, { description: 'New requests are opened with this version.' })
  readonly isCurrent!: boolean;

  @Field(() => String, { description: 'What people call it.' })
  readonly title!: string;

  @Field(() => String, { description: 'What it is for; may be empty.' })
  readonly description!: string;

  @Field(() => String, { description: 'Name of the state in which a request begins.' })
  readonly initial!: string;

  @Field(() => [String], { description: 'The phases in their order.' })
  readonly phases!: readonly string[];

  @Field(() => [WorkflowPartyType], { description: 'Who takes part.' })
  readonly parties!: readonly WorkflowPartyType[];

  @Field(() => [WorkflowStateType], { description: 'Every state, in the order of the machine.' })
  readonly states!: readonly WorkflowStateType[];

  @Field(() => [WorkflowEventType], { description: "Every event, with those of the platform's staff." })
  readonly events!: readonly WorkflowEventType[];

  @Field(() => [WorkflowTransitionType], { description: 'Every arrow.' })
  readonly transitions!: readonly WorkflowTransitionType[];

  @Field(() => String, { description: 'The same as a Mermaid state diagram.', complexity: 20 })
  readonly diagram!: string;
}

@ObjectType('RequestProgress', { description: 'How far a request has come.', simpleResolvers: true })
export class RequestProgressType {
  @Field(() => String, { description: 'The state, for people.' })
  readonly title!: string;

  @Field(() => String, { description: 'What it means, one sentence.' })
  readonly description!: string;

  @Field(() => [String], { description: 'The phases of its kind in their order.' })
  readonly phases!: readonly string[];

  @Field(() => Int, {
    nullable: true,
    description: 'Index in `phases` of the phase that it is in; null when it has ended.',
  })
  readonly position!: number | null;

  @Field(() => Boolean, { description: 'It has ended.' })
  readonly isFinal!: boolean;
}
