import { delayOf, type Actor } from '../../workflows/kernel/index.js';
import {
  levelNeeded,
  levelRequirements,
  partiesIn,
  partiesOf,
  signatories,
  signingProgress,
  unsignedParties,
  type Mark,
  type Party,
  type Signed,
  type TransferContext,
} from '../../workflows/phases/index.js';
import { encodeGlobalId } from '../schema/index.js';
import type { ArmedTimer } from './request.loader.js';
import type { RequestSigningType, SignatureMarkType } from './signing.type.js';

/** Which parties sign: of a transfer, those that have a text. */
const signatoriesIn = (context: Signed): readonly Party[] =>
  'release' in context ? signatories(context as unknown as TransferContext) : partiesIn(context);

const personId = (id: string | undefined): string | null => (id === undefined ? null : encodeGlobalId('Principal', id));

function toMark({ by, at, for: name, level, method }: Mark, showsPeople: boolean): SignatureMarkType {
  return {
    at,
    signatoryId: showsPeople ? personId(by) : null,
    onBehalfOfId: showsPeople ? personId(name) : null,
    delegated: name !== undefined,
    level: level ?? null,
    method: method ?? null,
  };
}

/** Who signs when, and who has, as far as this person may see who they are; undefined: nothing is signed in this kind. */
export function signingOf(
  context: Partial<Signed>,
  state: string,
  viewer: Actor,
  timers: readonly ArmedTimer[],
): RequestSigningType | undefined {
  if (!context.signatures) return undefined;
  const signed = context as Signed;
  const parties = signatoriesIn(signed);
  const level = signed.signing?.level ?? null;
  const requirement = levelRequirements[level ?? 'CLICK'];
  const dueAt = (delay: string) => timers.find(({ name }) => delayOf(name) === delay)?.dueAt ?? null;
  const own = partiesOf(viewer, context);
  // Finance does not sign, and sees all the same who of its guild has.
  const isOfParty = (party: Party) => own.includes(party) || viewer.authorities.some((held) => held.startsWith(`${party}_`));
  const seesAll = ['SUPPORT', 'AUDITOR'].some((role) => viewer.authorities.includes(role));
  const progress = signingProgress(signed, parties);
  const isOpen = state === 'signing';
  const current = isOpen ? progress.findIndex(({ complete }) => !complete) : -1;
  return {
    stages: progress.map(({ complete, groups }, index) => ({
      number: index + 1,
      current: index === current,
      complete,
      groups: groups.map(({ party, role, need, by = [], complete: full, marks }) => ({
        party,
        role,
        required: need,
        authorities: by,
        complete: full,
        signatures: marks.map((mark) => toMark(mark, seesAll || isOfParty(party))),
      })),
    })) as unknown as RequestSigningType['stages'],
    next: (isOpen ? unsignedParties(signed, parties) : []) as unknown as RequestSigningType['next'],
    level,
    methods: requirement.methods,
    consentTextNeeded: requirement.consentText,
    needs: level === null || level === 'CLICK' ? [] : [levelNeeded(level)],
    windowClosesAt: dueAt('signatureWindow'),
    reminderAt: dueAt('signatureReminder'),
  };
}
