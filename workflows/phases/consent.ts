import { z } from 'zod';
import { set } from '../kernel/index.js';
import type { EventSpec, StateConfig, WorkflowEvent } from '../kernel/index.js';
import { tell } from './common.js';
import { partySchema, sideOf, type Party } from './parties.js';
import type { Signatures } from './signing.js';

/**
 * Who consented is looked at again at the switch: a minor may have come of age since, and a guardian may be one no longer. Of every
 * kind that a guardian signs; an exit that nobody has to sign has no consent that could lapse.
 */

/** Whose consent the switch rests on. The guardian is the one who signed. */
export const consentParams = z.strictObject({ minor: z.boolean(), guardianId: z.uuid().nullable() });
export type Consent = z.infer<typeof consentParams>;

interface Consenting {
  readonly minor: boolean;
  readonly signatures: Signatures;
}

export const consentOf = ({ minor, signatures }: Consenting): Consent => ({
  minor,
  guardianId: signatures.GUARDIAN?.by ?? null,
});

export const consentEvents = {
  CONSENT_NEEDED: {
    title: 'Somebody has to consent again',
    by: [],
    input: z.strictObject({
      minor: z.boolean(),
      /** In histories from before a kind said by itself who takes part; it says the same. */
      parties: z.array(partySchema).min(1).max(5).exactOptional(),
    }),
  },
} satisfies Record<string, EventSpec>;

type ConsentNeeded = WorkflowEvent & { readonly minor: boolean };

/**
 * Part of `on` of the switch. Whoever has come of age, or has a guardian again, looks at the same text anew; the other signatures
 * stand. Nothing is switched meanwhile, and silence ends the request as it does at the first signing.
 */
export const consentAgain = (
  partiesFor: (minor: boolean) => readonly Party[],
  /** What a kind knows only after all have signed, as it was before. */
  forgotten: Readonly<Record<string, unknown>> = {},
): StateConfig => ({
  CONSENT_NEEDED: {
    target: 'signing',
    actions: [
      set<Consenting, ConsentNeeded>(({ signatures }, { minor }) => {
        const parties = partiesFor(minor);
        const kept = Object.entries(signatures).filter(
          ([party]) => parties.includes(party as Party) && sideOf(party as Party) !== 'BROADCASTER',
        );
        return { parties, minor, signatures: Object.fromEntries(kept), switchAt: null, ...forgotten };
      }),
      tell('CONSENT_NEEDED'),
    ],
  },
});
