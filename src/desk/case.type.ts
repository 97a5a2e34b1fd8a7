import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { ConnectionOf, DateTime, Node } from '../schema/index.js';

/** In the order of their urgency: the place in this list is what is stored. */
export enum CasePriority {
  LOW = 'LOW',
  NORMAL = 'NORMAL',
  HIGH = 'HIGH',
  URGENT = 'URGENT',
}
registerEnumType(CasePriority, {
  name: 'CasePriority',
  description: 'How urgent an agent finds a case, the least urgent first.',
});
export const priorities = Object.values(CasePriority);

export enum CaseAssignee {
  ME = 'ME',
  NOBODY = 'NOBODY',
  AGENT = 'AGENT',
}
registerEnumType(CaseAssignee, {
  name: 'CaseAssignee',
  description: 'Whose a case is or is to be.',
  valuesConfig: {
    ME: { description: 'The viewer’s.' },
    NOBODY: { description: 'Nobody’s.' },
    AGENT: { description: 'The one’s whom `agentId` names.' },
  },
});

export interface CaseRow {
  readonly id: string;
  readonly created_at: Date;
  readonly assignee_id: string | null;
  readonly priority: number | null;
  readonly follow_up_at: Date | null;
  readonly revision: number;
  readonly held_since: Date | null;
  readonly overdue: boolean;
}

@ObjectType('Case', {
  description: 'A request as the support desk sees it: every request is one, whether or not anybody has opened its file.',
  implements: Node,
})
export class CaseType implements Node {
  readonly id!: string;

  @Field(() => CasePriority, { nullable: true, description: 'Null: nobody has said; it counts as `NORMAL`.', simple: true })
  readonly priority!: CasePriority | null;

  @Field(() => DateTime, { nullable: true, description: 'When an agent wants to look at it again.', simple: true })
  readonly followUpAt!: Date | null;

  @Field(() => Int, {
    description: 'Counts the changes of assignee, priority and follow-up: pass it as `expectedRevision`.',
    simple: true,
  })
  readonly revision!: number;

  @Field(() => Boolean, { description: 'A clock of the request, or the follow-up, is past due.', simple: true })
  readonly overdue!: boolean;

  @Field(() => DateTime, { nullable: true, description: 'Since when the request is on hold, null when it is not.', simple: true })
  readonly heldSince!: Date | null;

  readonly row!: CaseRow;
}

export interface CaseNoteRow {
  readonly id: string;
  readonly request_id: string;
  readonly author_id: string;
  readonly body: string | null;
  readonly created_at: Date;
  readonly erased_at: Date | null;
}

@ObjectType('CaseNote', { description: 'What an agent has written about a case, for colleagues only.' })
export class CaseNoteType {
  @Field(() => ID, { description: 'Global id.', simple: true })
  readonly id!: string;

  @Field(() => String, { nullable: true, description: 'The words; null when they were erased.', simple: true })
  readonly body!: string | null;

  @Field(() => DateTime, { description: 'When it was written.', simple: true })
  readonly createdAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When its words were erased.', simple: true })
  readonly erasedAt!: Date | null;

  readonly row!: CaseNoteRow;
}

export const CaseConnection = ConnectionOf('Case', () => CaseType);
export const CaseNoteConnection = ConnectionOf('CaseNote', () => CaseNoteType);
