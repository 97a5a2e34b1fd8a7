import type { Reason } from '../../workflows/kernel/index.js';
import { signingPlanOf, type OpeningFacts, type Party, type RequestDefinition } from '../../workflows/phases/index.js';
import type { FoundSubject } from './subject.js';

export interface MachineInput {
  readonly definition: RequestDefinition;
  readonly facts: OpeningFacts;
  readonly subject: FoundSubject;
  readonly initiator: Party;
  readonly said: unknown;
  /** Everything that speaks against the request. */
  readonly failures: readonly Reason[];
}

/** The input of a kind's machine: the same for a request that is opened and for one that somebody only asks about. */
export function machineInput({ definition, facts, subject, initiator, said, failures }: MachineInput): object {
  const { opening, policy } = definition;
  const parties = [...opening.parties(facts)];
  const signing = opening.template === null ? undefined : signingPlanOf(facts.policy, parties);
  const base = {
    requestId: facts.requestId,
    broadcasterId: subject.broadcasterId,
    guildId: subject.guildId,
    gainingGuildId: subject.gainingGuildId,
    membershipId: subject.membershipId,
    parentId: subject.parentId,
    initiator,
    parties,
    timeZone: subject.timeZone,
    currency: subject.currency,
    minor: facts.minor,
    policy: policy?.parse(facts.policy) ?? {},
    ...(signing && { signing }),
    said,
    eligibilityFailures: failures.map(withoutBirthday),
  };
  return opening.input?.(base, facts) ?? base;
}

/** The day on which somebody comes of age is their birthday: it stays out of the chain, and is worked out again for who may know it. */
const withoutBirthday = (reason: Reason): Reason =>
  reason.code === 'UNDER_AGE' ? { code: reason.code, message: reason.message } : reason;
