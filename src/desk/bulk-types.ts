import type { BulkOperation, BulkType, BulkTypes } from '../bulk/index.js';

/** What the desk does to many requests, and the event that each of them is sent. */
export const DESK_EVENTS = ['VOID_REQUEST', 'HOLD_REQUEST', 'RESUME_REQUEST', 'EXTEND_DEADLINE'] as const;

type Told = Pick<BulkOperation, 'type' | 'reasonCode' | 'params'>;

/** The comment is not in it: it stays on the operation, in one place, where it can be erased. */
export const eventOf = ({
  type,
  reasonCode,
  params: { deadline, until },
}: Told): { readonly type: string } & Record<string, unknown> =>
  type === 'EXTEND_DEADLINE' ? { type, reasonCode, deadline, until } : { type, reasonCode };

const sendToEach: BulkType = ({ targetId }, operation) => ({ send: { instanceId: targetId, event: eventOf(operation) } });

/** What the directory sets off beside these: the platform stands in for a guild that was suspended. */
const CONSEQUENCES = ['STAND_IN'] as const;

export const deskBulkTypes: BulkTypes = Object.fromEntries([...DESK_EVENTS, ...CONSEQUENCES].map((type) => [type, sendToEach]));
