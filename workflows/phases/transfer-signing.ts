import { z } from 'zod';
import { daysInMs, effect, permits, reasonsSchema, set } from '../kernel/index.js';
import type { Check, EffectSpec, EventSpec, Reason, StateConfig, States, WorkflowEvent } from '../kernel/index.js';
import { about, interruptible, refusedFor, tell } from './common.js';
import { drawnUp, type Agreement } from './drafting.js';
import { endingChecks, endingEvents } from './ending.js';
import { forParty, partiesIn, sideOf, type Party } from './parties.js';
import { signingPartiesOf } from './signatories.js';
import { reminder, revoked, signedAmong, signingChecksFor, signingDelays, signingEvents, unsignedParties } from './signing.js';
import { alsoByStandIn, standingIn } from './stand-in.js';
import { flatTerms } from './request.js';
import type { TransferContext } from './transfer-terms.js';

/**
 * Two texts of one version: broadcaster and gaining guild sign the whole, the losing guild a release that leaves out what the
 * broadcaster is offered. Each signature binds the text that its party was shown.
 */

export const textFor = (party: Party, { agreement, release }: TransferContext): Agreement | null =>
  party === 'GUILD' ? release : agreement;

/** Who signs this version. */
export const signatories = (context: TransferContext): Party[] =>
  partiesIn(context).filter((party) => party !== 'PLATFORM' && textFor(party, context) !== null);

const unsigned = (context: TransferContext): Party[] => unsignedParties(context, signatories(context));

const text = z.strictObject(drawnUp);

export const transferSigningEvents = {
  TRANSFER_RENDERED: {
    title: 'The texts were rendered',
    by: [],
    input: z.strictObject({ version: z.int().min(1).max(1000), agreement: text, release: text.nullable() }),
  },
  RENDERING_REFUSED: { title: 'The texts could not be rendered', by: [], input: z.strictObject({ reasons: reasonsSchema }) },
  SIGN_AGREEMENT: alsoByStandIn(signingEvents.SIGN_AGREEMENT),
  REVOKE_SIGNATURE: alsoByStandIn(signingEvents.REVOKE_SIGNATURE),
  DECLINE_REQUEST: alsoByStandIn(endingEvents.DECLINE_REQUEST),
  WITHDRAW_REQUEST: endingEvents.WITHDRAW_REQUEST,
} satisfies Record<string, EventSpec>;

/** What the two texts say. `agreement`: for broadcaster and gaining guild. `release`: for the losing guild; null: it does not sign. */
const texts = <Agreement extends z.ZodType, Release extends z.ZodType>(agreement: Agreement, release: Release) =>
  z.strictObject({
    version: z.int().min(1).max(1000),
    agreement,
    release: release.nullable(),
    coolingOffDays: z.int().min(0).max(3650),
  });

/** What the effect that draws up the texts reads; each kind's own terms are bounded by its schemas. */
export const renderTransferParams = texts(flatTerms, flatTerms);

export const transferSigningEffects = (agreement: z.ZodType, release: z.ZodType) =>
  ({
    renderTransfer: { mode: 'transaction', params: texts(agreement, release), refused: 'RENDERING_REFUSED' },
  }) satisfies Record<string, EffectSpec>;

const NO_SIGNATURE_NEEDED: Reason = {
  code: 'NO_SIGNATURE_NEEDED',
  message: 'The guild that is left does not sign; it may object while the cooling-off runs.',
};

export const transferSigningChecks = {
  isInitiator: endingChecks.isInitiator,
  isAskedParty: endingChecks.isAskedParty,
  ...signingChecksFor<TransferContext>(signatories),
  isCurrentText: ({ context, payload }) =>
    !payload || payload['version'] === context.version
      ? []
      : [
          {
            code: 'OUTDATED_VERSION',
            message: `The current version is ${String(context.version)}; read it first.`,
            field: 'version',
          },
        ],
  isSignatory: forParty(
    (party, { context }) => (textFor(party, context) === null ? [NO_SIGNATURE_NEEDED] : []),
    signingPartiesOf,
  ),
  /** The hash must be that of the party's own text as it stands. */
  isShownText: forParty(
    (party, { context, payload }) =>
      !payload || payload['sha256'] === textFor(party, context)?.sha256
        ? []
        : [
            {
              code: 'DIFFERENT_AGREEMENT',
              message: 'The text is no longer the one that you were shown; read it again.',
              field: 'sha256',
            },
          ],
    signingPartiesOf,
  ),
  /** From the last signature on only the protected party can take it back. */
  isBroadcasterSide: forParty((party) =>
    sideOf(party) === 'BROADCASTER'
      ? []
      : [{ code: 'ONLY_PROTECTED_PARTY', message: 'Everybody has signed; now only the broadcaster can withdraw.' }],
  ),
} satisfies Record<string, Check<TransferContext>>;

export const transferSigningDelays = signingDelays;

interface Rendered extends WorkflowEvent {
  readonly agreement: Agreement;
  readonly release: Agreement | null;
}

export interface TransferSigning {
  /** What the texts say, from the context; the version is counted here. */
  readonly texts: (context: never) => { readonly agreement: object; readonly release: object | null };
  /** Where all signatures lead, as an arrow. */
  readonly signed: { readonly target: string; readonly actions?: unknown };
  /** More checks for declining. */
  readonly declines?: readonly string[];
  readonly on?: StateConfig;
}

/** What a new text does, whoever has caused it: the old one and all signatures on it no longer count. */
export const newText = ({ version }: Pick<TransferContext, 'version'>) => ({
  version: version + 1,
  agreement: null,
  release: null,
  signatures: {},
});

export const transferSigning = ({ texts, signed: all, declines = [], on = {} }: TransferSigning): States => ({
  rendering: {
    ...about({ title: 'Rendering', description: 'The texts to sign are made from the terms.', phase: 'drafting' }),
    entry: effect<TransferContext>('renderTransfer', (context) => ({
      ...texts(context as never),
      version: context.version,
      coolingOffDays: context.policy.transferCoolingOffDays,
    })),
    on: {
      TRANSFER_RENDERED: {
        guard: permits('isCurrentText'),
        target: 'signing',
        actions: set<TransferContext, Rendered>((_context, { agreement, release }) => ({ agreement, release, told: true })),
      },
      RENDERING_REFUSED: { target: 'rejected', actions: set(refusedFor) },
    },
  },
  signing: {
    ...about({
      title: 'Signing',
      description: 'The terms stand; everybody whose consent is needed signs, the broadcaster accepts the offer by it.',
      phase: 'signing',
      awaits: (context: TransferContext) => unsigned(context),
      acts: ['SIGN_AGREEMENT'],
    }),
    entry: tell('AGREEMENT_READY', (context) => signatories(context as TransferContext)),
    always: { guard: permits('isSignedByAll'), ...all },
    on: {
      // Without a target: a signature does not restart the window.
      SIGN_AGREEMENT: {
        guard: permits('mayStandFor', 'isSignatory', 'hasNotSigned', 'isTheirTurn', 'isShownText', 'isCurrentText', 'isOfLevel'),
        actions: [
          set(signedAmong<TransferContext>(signatories)),
          tell('SIGNATURE_ADDED', (context) => signatories(context as TransferContext)),
        ],
      },
      REVOKE_SIGNATURE: {
        guard: permits('isSignatory', 'hasSigned'),
        actions: [set(revoked), tell('SIGNATURE_REVOKED', (context) => signatories(context as TransferContext))],
      },
      DECLINE_REQUEST: { guard: permits('isAskedParty', ...declines), target: 'declined' },
      WITHDRAW_REQUEST: { guard: permits('isInitiator'), target: 'withdrawn' },
      ...standingIn,
      ...interruptible,
      ...on,
    },
    after: { signatureWindow: 'expired', signatureReminder: { actions: reminder<TransferContext>(signatories) } },
  },
});

/** The right to withdraw and to object runs from the last signature, or the certificate, to a day that is fixed then. */
export const coolingOffFrom = ({ policy, timeZone }: TransferContext, { at }: WorkflowEvent): Partial<TransferContext> => ({
  coolingOffEndsAt: new Date(Date.parse(at) + daysInMs(at, policy.transferCoolingOffDays, timeZone)).toISOString(),
});
