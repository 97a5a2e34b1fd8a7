import { daysInMs, eventTime } from '../kernel/index.js';
import type { Check } from '../kernel/index.js';
import { forParty, sideOf, type Party } from './parties.js';

/** The protected party may withdraw without a reason until the period ends, in its region's time zone. */

export interface CoolingOffContext {
  readonly policy: { readonly joinCoolingOffDays: number };
  readonly timeZone: string;
}

export const PROTECTED_PARTY: Party = 'BROADCASTER';

export const coolingOffChecks = {
  isProtectedParty: forParty((party) =>
    sideOf(party) === PROTECTED_PARTY
      ? []
      : [
          {
            code: 'ONLY_PROTECTED_PARTY',
            message: 'Both parties have signed; now only the broadcaster can withdraw, until the cooling-off ends.',
          },
        ],
  ),
} satisfies Record<string, Check<CoolingOffContext>>;

export const coolingOffDelays = {
  coolingOffEnd: {
    title: 'The cooling-off period is over',
    ms: ({ context, event }: { context: CoolingOffContext; event: unknown }) =>
      daysInMs(eventTime(event), context.policy.joinCoolingOffDays, context.timeZone),
  },
};
