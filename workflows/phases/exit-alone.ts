import { z } from 'zod';
import { defineMachine, permits, type Check } from '../kernel/index.js';
import { commonChecks, eligibility, endStates } from './common.js';
import {
  type ExitContext,
  exitCorrection,
  exitCorrectionEvents,
  exitDelays,
  exitEffects,
  exitEnds,
  exitEvents,
  exitReasons,
  exitSaid,
  leaving,
} from './exit.js';
import type { Opening, OpeningFacts, RequestDefinition } from './opening.js';
import { memberParties, parties } from './parties.js';
import { pinned, type ParameterName } from './parameters.js';
import { saidReasons } from './reasons.js';
import { requestContext, requestInput } from './request.js';
import { later, scheduledSwitch } from './switching.js';
import type { Reason } from '../kernel/index.js';

/** Exits that need nobody's consent and no notice: the guild is only told. */

export interface ExitAlone {
  readonly kind: string;
  readonly title: string;
  readonly description: string;
  /** What the membership's row says of how it ended; the reasons that were given stand elsewhere. */
  readonly endCause: string;
  readonly pins: readonly ParameterName[];
  /** There is no instant to choose and nothing to take back: it is done in the step in which it is asked for. */
  readonly atOnce?: boolean;
  readonly rules?: Opening['rules'];
  readonly objections?: (facts: OpeningFacts, said: { readonly leaveAt?: string }) => readonly Reason[];
  readonly eligibility: (facts: OpeningFacts) => readonly Reason[];
  readonly supersedes: readonly string[];
}

const checks = {
  ...commonChecks,
  isDue: ({ context, at }) =>
    context.switchAt === null || Date.parse(context.switchAt) <= Date.parse(at)
      ? []
      : [{ code: 'NOT_YET', message: 'The chosen instant lies ahead.', until: context.switchAt }],
} satisfies Record<string, Check<ExitContext>>;

const dated = z.strictObject(exitSaid);
/** Without a date; strict, so that one that is given is refused rather than forgotten. */
const undated = z.strictObject(saidReasons);

export function exitAlone(kind: ExitAlone): RequestDefinition {
  const { atOnce = false, objections, rules } = kind;
  const said = atOnce ? undated : dated;
  const policy = pinned(...kind.pins);
  const input = requestInput(policy, said);
  const { SWITCHED, SWITCH_REFUSED, STATEMENT_OPENED } = exitEvents;
  const machine = defineMachine<ExitContext, z.infer<typeof input>>({
    id: kind.kind,
    checks,
    delays: exitDelays,
    context: ({ at, ...given }) => {
      const { leaveAt, ...reasons } = given.said as z.infer<typeof dated>;
      return { ...requestContext(given), ...exitReasons(reasons), switchAt: later(at, leaveAt) };
    },
    initial: 'eligibility',
    states: {
      ...eligibility(
        atOnce
          ? 'switching'
          : [
              { guard: permits('isEligible', 'isDue'), target: 'switching' },
              { guard: permits('isEligible'), target: 'settlement' },
            ],
      ),
      ...(atOnce
        ? {}
        : scheduledSwitch({
            description: 'The membership ends at the chosen time, whatever the guild says; until then it can be taken back.',
            on: { WITHDRAW_REQUEST: 'withdrawn', ...exitCorrection },
          })),
      ...leaving<ExitContext>(() => ({ endKind: 'VOLUNTARY', endCause: kind.endCause })),
      ...(atOnce ? endStates({ completed: 'The membership has ended.', rejected: true }) : exitEnds()),
    },
  });
  return {
    kind: kind.kind,
    version: 1,
    title: kind.title,
    description: kind.description,
    machine,
    input,
    parties,
    events: atOnce ? { SWITCHED, SWITCH_REFUSED, STATEMENT_OPENED } : { ...exitEvents, ...exitCorrectionEvents },
    checks,
    effects: exitEffects,
    delays: exitDelays,
    policy,
    supervision: { by: ['SUPPORT'], forcible: atOnce ? [] : ['settlement', 'withdrawn'] },
    timeZone: (context: ExitContext) => context.timeZone,
    opening: {
      subject: 'MEMBERSHIP',
      said,
      by: { BROADCASTER: ['BROADCASTER'], GUARDIAN: ['GUARDIAN'] },
      parties: ({ minor }) => memberParties(minor),
      template: null,
      eligibility: kind.eligibility,
      supersedes: kind.supersedes,
      ...(rules && { rules }),
      ...(objections && { objections: (given: { readonly leaveAt?: string }, facts: OpeningFacts) => objections(facts, given) }),
    },
  };
}
