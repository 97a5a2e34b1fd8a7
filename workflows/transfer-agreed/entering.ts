import { z } from 'zod';
import { annexFields, INTERVENTION_CODES, permits, set } from '../kernel/index.js';
import type { Check, EventSpec, Reason, StateConfig, States, WorkflowEvent } from '../kernel/index.js';
import {
  about,
  actingAs,
  actingParty,
  daysOf,
  forParty,
  GAINING_SIGNATORIES,
  GUILD_SIGNATORIES,
  interruptible,
  newText,
  offerSchema,
  STAND_IN,
  standingIn,
  tell,
  type Offer,
  type Party,
} from '../phases/index.js';
import {
  differingFields,
  entryViolations,
  standingTerms,
  transferTermsSchema,
  type EntryContext,
  type TransferGuild,
  type TransferTerms,
} from './terms.js';

/** The part in which the guilds come to the same terms, each for itself. */

export const enteringEvents = {
  ENTER_TRANSFER_TERMS: {
    title: 'Enter the terms of the transfer',
    by: [...GUILD_SIGNATORIES, ...GAINING_SIGNATORIES, STAND_IN],
    input: z.strictObject({ terms: transferTermsSchema, offer: offerSchema.exactOptional(), ...actingAs }),
  },
  CORRECT_REQUEST: {
    title: 'Correct the terms',
    by: ['SUPPORT'],
    input: z.strictObject({
      terms: transferTermsSchema,
      offer: offerSchema.exactOptional(),
      reasonCode: z.enum(INTERVENTION_CODES),
      ...annexFields,
    }),
  },
} satisfies Record<string, EventSpec>;

interface Entry {
  readonly terms: TransferTerms;
  readonly offer?: Offer;
}
const entryOf = (payload: Readonly<Record<string, unknown>>): Entry => payload as unknown as Entry;
const isGuild = (party: Party): party is TransferGuild => party === 'GUILD' || party === 'GAINING_GUILD';
/** Of parsed payloads, whose fields are always in the schema's order. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export const enteringChecks = {
  isOneOfTheGuilds: forParty((party) =>
    isGuild(party) ? [] : [{ code: 'ONLY_GUILDS', message: 'The terms of the transfer are entered by the two guilds.' }],
  ),
  isBelowEntryLimit: forParty((party, { context }) =>
    !isGuild(party) || context.rounds[party] < context.policy.maxDraftRounds
      ? []
      : [
          {
            code: 'ROUND_LIMIT',
            message: `Terms may be entered at most ${String(context.policy.maxDraftRounds)} times by each guild.`,
          },
        ],
  ),
  isInTime: forParty((party, { context }) =>
    party === 'GUILD' && context.deemed
      ? [{ code: 'CONSENT_DEEMED', message: 'The time to answer is over; the silence counts as consent.' }]
      : [],
  ),
  hasOfferOfItsOwn: forParty((party, { context, payload }): Reason[] => {
    if (!payload) return [];
    const given = entryOf(payload).offer !== undefined;
    if (party === 'GUILD' && given)
      return [{ code: 'NOT_YOUR_OFFER', message: 'Only the gaining guild makes an offer to the broadcaster.', field: 'offer' }];
    return party === 'GAINING_GUILD' && !given && context.offer === null
      ? [{ code: 'OFFER_MISSING', message: 'The gaining guild says what it offers to the broadcaster.', field: 'offer' }]
      : [];
  }),
  isWithinPolicy: ({ context, payload, at }) => (payload ? entryViolations(entryOf(payload), context, at) : []),
  changesEntry: forParty((party, { context, payload }): Reason[] => {
    if (!payload || !isGuild(party)) return [];
    const { terms, offer } = entryOf(payload);
    const before = context.entries[party];
    return before !== null && differingFields(before, terms).length === 0 && (offer === undefined || same(offer, context.offer))
      ? [{ code: 'TERMS_UNCHANGED', message: 'This is what your guild has entered already.', field: 'terms' }]
      : [];
  }),
  isMatch: ({ context }) =>
    standingTerms(context) === null ? [{ code: 'NO_MATCH', message: 'The two guilds’ terms do not match.' }] : [],
  isEnteredByBoth: ({ context: { entries } }) =>
    entries.GUILD === null || entries.GAINING_GUILD === null
      ? [{ code: 'ENTRY_MISSING', message: 'Not both guilds have entered their terms.' }]
      : [],
  isEnteredByGaining: ({ context: { entries } }) =>
    entries.GAINING_GUILD === null ? [{ code: 'ENTRY_MISSING', message: 'The gaining guild has not entered its terms.' }] : [],
} satisfies Record<string, Check<EntryContext>>;

export const enteringDelays = {
  entry: daysOf('The time to come to the same terms is over', 'proposalTtlDays'),
  losingGuildResponse: daysOf(
    'The time of the losing guild to answer is over, and its silence counts as consent',
    'losingGuildResponseDays',
  ),
};

type Entered = WorkflowEvent & Entry & { readonly as?: Party };

/** What was made of other terms no longer counts, the consent by silence to them included. */
const NOTHING_MADE = { agreement: null, release: null, signatures: {}, deemed: false } as const;

const entered = (context: EntryContext, event: Entered): Partial<EntryContext> => {
  const party = actingParty(event, context) as TransferGuild;
  return {
    ...NOTHING_MADE,
    entries: { ...context.entries, [party]: event.terms },
    rounds: { ...context.rounds, [party]: context.rounds[party] + 1 },
    offer: event.offer ?? context.offer,
  };
};

/** A correction is nobody's entry: it stands for those that there are, and everybody looks at the new text. */
const corrected = ({ entries, offer, deemed }: EntryContext, event: Entered): Partial<EntryContext> => ({
  ...NOTHING_MADE,
  deemed,
  entries: { GUILD: entries.GUILD && event.terms, GAINING_GUILD: event.terms },
  offer: event.offer ?? offer,
});

/** Also after a match: the signatures are void then. */
export const enterAnew: StateConfig = {
  ENTER_TRANSFER_TERMS: {
    guard: permits('isOneOfTheGuilds', 'isInTime', 'isBelowEntryLimit', 'hasOfferOfItsOwn', 'isWithinPolicy', 'changesEntry'),
    target: 'comparing',
    actions: set(entered),
  },
};
export const correct: StateConfig = {
  CORRECT_REQUEST: { guard: permits('isWithinPolicy'), target: 'comparing', actions: set(corrected) },
};

const on: StateConfig = {
  ...enterAnew,
  DECLINE_REQUEST: { guard: permits('isAskedParty'), target: 'declined' },
  WITHDRAW_REQUEST: { guard: permits('isInitiator'), target: 'withdrawn' },
  ...standingIn,
  ...interruptible,
};

const settled = (context: EntryContext): Partial<EntryContext> => ({
  ...newText(context),
  transferAt: standingTerms(context)!.transferAt,
});

const GUILDS: readonly Party[] = ['GUILD', 'GAINING_GUILD'];

export const entering = (): States => ({
  announcing: {
    ...about({ title: 'Announcing', description: 'Everybody who takes part hears of the transfer.', phase: 'drafting' }),
    entry: [set<EntryContext>(() => ({ told: true })), tell('TRANSFER_ANNOUNCED')],
    always: 'comparing',
  },
  comparing: {
    ...about({ title: 'Comparing', description: 'What the guilds have entered is compared.', phase: 'drafting' }),
    always: [
      { guard: permits('isMatch'), target: 'rendering', actions: set(settled) },
      { guard: permits('isEnteredByBoth'), target: 'differing' },
      { guard: permits('isEnteredByGaining'), target: 'answering' },
      { target: 'entering' },
    ],
  },
  entering: {
    ...about({
      title: 'Entering the terms',
      description: 'Each guild enters its terms without seeing the other’s; the gaining guild has not done so yet.',
      phase: 'drafting',
      awaits: ({ entries }: EntryContext) => GUILDS.filter((party) => entries[party as TransferGuild] === null),
      acts: ['ENTER_TRANSFER_TERMS'],
    }),
    on,
    after: { entry: 'expired' },
  },
  answering: {
    ...about({
      title: 'Waiting for the losing guild',
      description: 'The gaining guild has entered its terms; the losing guild’s silence counts as consent.',
      phase: 'drafting',
      awaits: () => ['GUILD'],
      acts: ['ENTER_TRANSFER_TERMS'],
    }),
    entry: tell('TRANSFER_TERMS_ENTERED', () => ['GUILD']),
    on,
    after: {
      losingGuildResponse: {
        target: 'rendering',
        actions: set<EntryContext>((context) => ({ ...settled({ ...context, deemed: true }), deemed: true })),
      },
    },
  },
  differing: {
    ...about({
      title: 'Terms differ',
      description: 'Both guilds have entered their terms and these do not match; either may enter anew.',
      phase: 'drafting',
      awaits: () => GUILDS,
      acts: ['ENTER_TRANSFER_TERMS'],
    }),
    entry: tell('TRANSFER_TERMS_DIFFER'),
    on: { ...on, ...correct },
    after: { entry: 'expired' },
  },
});
