import { registerEnumType } from 'type-graphql';
import { LEAVE_REASONS, REASON_SOURCES } from '../../workflows/phases/index.js';
import { enumOf } from './command-inputs.js';

export const LeaveReason = enumOf(LEAVE_REASONS);
registerEnumType(LeaveReason, {
  name: 'LeaveReason',
  description: 'Why somebody leaves: the group, and what it is in particular.',
});

export const ReasonSource = enumOf(REASON_SOURCES);
registerEnumType(ReasonSource, {
  name: 'ReasonSource',
  description: 'Whose view of a reason it is.',
  valuesConfig: {
    BROADCASTER: { description: "The broadcaster's own; not shown to guilds." },
    GUILD: { description: 'What the guild says.' },
    PLATFORM: { description: 'What support has verified.' },
  },
});

/** The ways out of a guild that a broadcaster has, and the kind of request that each is. */
export const ROUTES = {
  MUTUAL: 'LEAVE_MUTUAL',
  PROBATION: 'LEAVE_PROBATION',
  LOW_ACTIVITY: 'LEAVE_LOW_ACTIVITY',
  NOTICE: 'LEAVE_NOTICE',
  MINOR: 'LEAVE_MINOR',
  CAUSE: 'LEAVE_CAUSE',
} as const;
export type Route = keyof typeof ROUTES;
export const ExitRoute = enumOf(Object.keys(ROUTES) as Route[]);
registerEnumType(ExitRoute, {
  name: 'ExitRoute',
  description: 'A way out of a guild.',
  valuesConfig: {
    MUTUAL: { description: 'Both agree; the guild may propose it as well.' },
    PROBATION: { description: 'In the first days of the membership, by the broadcaster alone.' },
    LOW_ACTIVITY: { description: "By the policy's rule for broadcasters who are hardly active any more." },
    NOTICE: { description: 'With notice, when the term is over or the capped exit fee is accepted.' },
    MINOR: { description: 'For minors and their guardians, at once.' },
    CAUSE: { description: 'Because of what the guild has done; the platform rules on it.' },
  },
});
