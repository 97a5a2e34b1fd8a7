import { z } from 'zod';
import { daysInMs, eventTime, NEVER } from '../kernel/index.js';
import type { Actor, Check, CheckArgs, EventSpec, Reason, WorkflowEvent } from '../kernel/index.js';
import type { DraftingContext, ProposalContext } from './drafting.js';
import type { NotifyParams } from './notify.js';
import { actingAs, EVERY_PARTY, forParty, parties, partiesIn, partiesOf, type Party } from './parties.js';
import { DELEGATES, isDelegate, isSigner, isTakenBy, signerOf, signingPartiesOf, type Signer } from './signatories.js';
import {
  levelNeeded,
  PROOF_METHODS,
  reaches,
  SIGNATURE_LEVELS,
  type ProofMethod,
  type SignatureLevel,
} from './signature-levels.js';
import { stagesFor, type SigningGroup, type SigningPlan } from './signing-plan.js';

/** All parties sign the same text, by the plan of the request or in any order, within a window. */

/** One person's signature. */
export interface Mark {
  /** The person who signed. */
  readonly by: string;
  readonly at: string;
  /** In whose name, where that is somebody else. */
  readonly for?: string;
  /** The group of the plan that it was given for, where that has not its party's name. */
  readonly group?: string;
  /** What it rests on, where a proof was given; found by the server, never said by a client. */
  readonly level?: SignatureLevel;
  readonly method?: ProofMethod;
  readonly proofId?: string;
}

/** A party's signature: that of one person, and of more where the plan asks for several. */
export interface Signature extends Mark {
  readonly also?: readonly Mark[];
}

/** Every signature here is on `agreement.sha256`: another text empties the table. */
export type Signatures = Readonly<Partial<Record<Party, Signature | null>>>;

export interface Signed {
  readonly signatures: Signatures;
  /** Pinned when the request was opened; absent: every party signs, one person each, in any order. */
  readonly signing?: SigningPlan;
}

/** Signatures on the proposal on the table. */
export interface SignedProposal extends ProposalContext, Signed {}

export type SigningContext = DraftingContext & SignedProposal;

/** Of the two parties of old; a context that names its parties begins with an empty table. */
export const NO_SIGNATURES: Signatures = { BROADCASTER: null, GUILD: null };

const inNameOf = { for: z.uuid().exactOptional() };
const SEALED = ['level', 'method', 'proofId'] as const;

export const signingEvents = {
  SIGN_AGREEMENT: {
    title: 'Sign the agreement',
    by: [...EVERY_PARTY, 'SUPPORT', ...DELEGATES],
    input: z.strictObject({
      sha256: z.hash('sha256'),
      version: z.int().min(1).max(1000),
      ...actingAs,
      ...inNameOf,
      level: z.enum(SIGNATURE_LEVELS).exactOptional(),
      method: z.enum(PROOF_METHODS).exactOptional(),
      proofId: z.uuid().exactOptional(),
    }),
    sealed: SEALED,
    needs: ({ signing }: Signed) => (signing?.level && signing.level !== 'CLICK' ? [levelNeeded(signing.level)] : []),
  },
  REVOKE_SIGNATURE: {
    title: 'Revoke the signature',
    by: [...EVERY_PARTY, 'SUPPORT', ...DELEGATES],
    input: z.strictObject(actingAs),
    whileHeld: true,
  },
} satisfies Record<string, EventSpec>;

export const marksOf = (signature: Signature | null | undefined): readonly Mark[] => {
  if (!signature) return [];
  const { also = [], ...first } = signature;
  return [first, ...also];
};

export interface GroupProgress extends SigningGroup {
  readonly marks: readonly Mark[];
  readonly complete: boolean;
}
export interface StageProgress {
  readonly groups: readonly GroupProgress[];
  readonly complete: boolean;
}

/** Who has signed, by stage and group. `signatories`: the parties that sign, where that is not everybody. */
export function signingProgress(context: Signed, signatories: readonly Party[] = partiesIn(context)): StageProgress[] {
  return stagesFor(context.signing, signatories).map((stage) => {
    const groups = stage.groups.map((group): GroupProgress => {
      const marks = marksOf(context.signatures[group.party]).filter(({ group: key = group.party }) => key === group.key);
      return { ...group, marks, complete: marks.length >= group.need };
    });
    return { groups, complete: groups.every(({ complete }) => complete) };
  });
}

const currentOf = (stages: readonly StageProgress[]): StageProgress | undefined => stages.find(({ complete }) => !complete);

/** The parties whose turn it is; none: all have signed. */
export function unsignedParties(context: Signed, signatories: readonly Party[] = partiesIn(context)): Party[] {
  if (!context.signing) return signatories.filter((party) => !context.signatures[party]);
  const current = currentOf(signingProgress(context, signatories));
  return [...new Set(current?.groups.filter(({ complete }) => !complete).map(({ party }) => party))];
}

const ALREADY_SIGNED: Reason = { code: 'ALREADY_SIGNED', message: 'Your party has signed already.' };
const NOT_TWICE: Reason = { code: 'ALREADY_SIGNED', message: 'You have signed already; now somebody else has to sign as well.' };

/** The group for which somebody can sign now, or why there is none. */
function placeOf(stages: readonly StageProgress[], party: Party, signer: Signer): GroupProgress | Reason {
  const open = stages.flatMap(({ groups }) => groups).filter((group) => group.party === party && !group.complete);
  if (open.length === 0) return ALREADY_SIGNED;
  const theirs = open.filter((group) => isTakenBy(group, signer));
  if (theirs.length === 0) {
    const message = `Of ${parties[party].title} somebody else has to sign (${open.flatMap(({ by = [] }) => by).join(', ')}).`;
    return { code: 'NOT_A_SIGNATORY', message };
  }
  // Two signatures in two names by one hand are still one person's.
  const has = ({ by, for: name = by }: Mark) => [by, name].some((id) => id === signer.hand || id === signer.person);
  const first = theirs.filter(({ marks }) => !marks.some(has));
  if (first.length === 0) return NOT_TWICE;
  const current = currentOf(stages)!;
  const now = first.find((group) => current.groups.includes(group));
  if (now) return now;
  const before = current.groups.filter(({ complete }) => !complete);
  const approvers = before.filter(({ role }) => role === 'APPROVER');
  const names = [...new Set((approvers.length > 0 ? approvers : before).map((group) => parties[group.party].title))].join(', ');
  return approvers.length > 0
    ? { code: 'APPROVAL_MISSING', message: `Before you sign, there has to be an approval by: ${names}.` }
    : { code: 'NOT_YOUR_TURN', message: `Before you, somebody else has to sign: ${names}.` };
}

const isGroup = (place: GroupProgress | Reason): place is GroupProgress => 'key' in place;

const marksLeft = (signature: Signature | null | undefined, actor: Actor, wholeParty: boolean): readonly Mark[] => {
  const marks = marksOf(signature);
  const others = marks.filter(({ by, for: name }) => by !== actor.id && name !== actor.id);
  return others.length < marks.length || !wholeParty ? others : [];
};

type Whose<Context> = (context: Context) => readonly Party[];

/** `signatories`: the parties that sign. */
export const signingChecksFor = <Context extends Signed>(signatories: Whose<Context>) => {
  const signers = (rule: (party: Party, signer: Signer, args: CheckArgs<Context>) => readonly Reason[]) =>
    forParty<Context>((party, args) => {
      const signer = signerOf(args.actor, party, args.context, args.payload);
      return isSigner(signer) ? rule(party, signer, args) : [];
    }, signingPartiesOf);
  const place = (wanted: (code: string) => boolean) =>
    signers((party, signer, { context }) => {
      const stages = signingProgress(context, signatories(context));
      // Whether a party signs at all is another question.
      if (!stages.some(({ groups }) => groups.some((group) => group.party === party))) return [];
      const found = placeOf(stages, party, signer);
      return isGroup(found) || !wanted(found.code) ? [] : [found];
    });
  const planned = { signed: place((code) => code === ALREADY_SIGNED.code), turn: place((code) => code !== ALREADY_SIGNED.code) };
  const once = forParty<Context>((party, { context }) => (context.signatures[party] ? [ALREADY_SIGNED] : []), signingPartiesOf);
  const mayStandFor = forParty<Context>((party, { actor, context, payload }) => {
    const signer = signerOf(actor, party, context, payload);
    return isSigner(signer) ? [] : [signer];
  }, signingPartiesOf);
  // Without a plan, and for who signs in person, the short way: it is what nearly every signature goes.
  return {
    mayStandFor: (args) => (isDelegate(args.actor) || args.payload?.['for'] !== undefined ? mayStandFor(args) : []),
    hasNotSigned: (args) => (args.context.signing ? planned.signed(args) : once(args)),
    isTheirTurn: (args) => (args.context.signing ? planned.turn(args) : []),
    hasSigned: forParty<Context>((party, { actor, context }) => {
      const signature = context.signatures[party];
      const left = marksLeft(signature, actor, partiesOf(actor, context).includes(party));
      return left.length < marksOf(signature).length
        ? []
        : [{ code: 'NOT_SIGNED', message: 'Your party has not signed, so there is nothing to revoke.' }];
    }, signingPartiesOf),
    isSignedByAll: ({ context }) =>
      unsignedParties(context, signatories(context)).length === 0
        ? []
        : [{ code: 'SIGNATURE_MISSING', message: 'Not every party has signed.' }],
    /** Of an event that says nothing of a proof there was none: a click. */
    isOfLevel: ({ context: { signing }, payload }) => {
      const needed = signing?.level;
      if (!needed || !payload || reaches((payload['level'] as SignatureLevel | undefined) ?? 'CLICK', needed)) return [];
      return [levelNeeded(needed)];
    },
  } satisfies Record<string, Check<Context>>;
};

export const signingChecks = {
  /** The hash must be that of the text as it stands: signing binds what was shown, never what it has become since. */
  isShownAgreement: ({ context, payload }) =>
    !payload || payload['sha256'] === context.agreement?.sha256
      ? []
      : [
          {
            code: 'DIFFERENT_AGREEMENT',
            message: 'The agreement is no longer the one that you were shown; read it again.',
            field: 'sha256',
          },
        ],
  ...signingChecksFor<SignedProposal>(partiesIn),
} satisfies Record<string, Check<SignedProposal>>;

type PartyAct = Pick<WorkflowEvent, 'at' | 'actor'> & { readonly as?: Party };
type SigningAct = PartyAct & Pick<Mark, 'level' | 'method' | 'proofId'> & { readonly for?: string };

const partyOf = ({ actor, as }: PartyAct, context: unknown): Party => {
  const party = as ?? signingPartiesOf(actor, context)[0];
  if (!party) throw new Error('A signature of nobody passed its guard.');
  return party;
};

const signatureOf = ([first, ...also]: readonly Mark[]): Signature | null =>
  first ? { ...first, ...(also.length > 0 && { also }) } : null;

export const signedAmong =
  <Context extends Signed>(signatories: Whose<Context>) =>
  (context: Context, event: SigningAct): Signed => {
    const party = partyOf(event, context);
    const signer = signerOf(event.actor, party, context, event);
    if (!isSigner(signer)) throw new Error('A signature in nobody’s name passed its guard.');
    const group = context.signing && placeOf(signingProgress(context, signatories(context)), party, signer);
    const { level, method, proofId } = event;
    const mark: Mark = {
      by: event.actor.id,
      at: event.at,
      ...(signer.person !== event.actor.id && { for: signer.person }),
      ...(group && isGroup(group) && group.key !== party && { group: group.key }),
      ...(level && { level }),
      ...(method && { method }),
      ...(proofId !== undefined && { proofId }),
    };
    const { signatures } = context;
    return { signatures: { ...signatures, [party]: signatureOf([...marksOf(signatures[party]), mark]) } };
  };

export const signed = signedAmong<Signed>(partiesIn);

/** One's own signature, or else the party's: whoever acts for it can take back what a colleague has signed. */
export const revoked = (context: Signed, event: PartyAct): Signed => {
  const party = partyOf(event, context);
  const { signatures } = context;
  const left = marksLeft(signatures[party], event.actor, partiesOf(event.actor, context).includes(party));
  return { signatures: { ...signatures, [party]: signatureOf(left) } };
};

const windowMs = ({ policy, timeZone }: SignedProposal, event: unknown): number =>
  daysInMs(eventTime(event), policy.signatureWindowDays, timeZone);

export const signingDelays = {
  signatureWindow: {
    title: 'The time to sign is over',
    ms: ({ context, event }: { context: SignedProposal; event: unknown }) => windowMs(context, event),
  },
  signatureReminder: {
    title: 'Whoever has not signed is reminded',
    ms: ({ context, event }: { context: SignedProposal; event: unknown }) => {
      const days = context.signing?.reminderDays ?? 0;
      return days === 0 ? NEVER : Math.max(0, windowMs(context, event) - days * 86_400_000);
    },
  },
};

/** Whose turn it is and who of them has not signed yet; the platform has its queue. */
export const reminder = <Context extends Signed>(signatories: Whose<Context>) => ({
  type: 'notifyParties' as const,
  params: ({ context }: { context: Context }): NotifyParams => {
    const audience = unsignedParties(context, signatories(context)).filter((party) => party !== 'PLATFORM');
    const except = audience.flatMap((party) =>
      marksOf(context.signatures[party]).flatMap(({ by, for: name = by }) => [by, name]),
    );
    return { audience, template: 'SIGNATURE_DUE', ...(except.length > 0 && { except: [...new Set(except)] }) };
  },
});
