import type { Reason } from '../kernel/index.js';

/** What a signature rests on, as data: which proofs do for which level of a policy. */

/** How far a click is trusted as a signature, the weakest first. */
export const SIGNATURE_LEVELS = ['CLICK', 'CONSENT_AND_CLICK', 'IDENTITY_AND_CLICK', 'ADVANCED'] as const;
export type SignatureLevel = (typeof SIGNATURE_LEVELS)[number];

/**
 * What the signer has shown beside a valid login. `DELIVERED_CODE`: a code that was sent to them. `ONE_TIME_CODE`: one of an
 * authenticator app. `PASSKEY` and `EXTERNAL_KEY`: a signature by a key of their own, over the hash of what is signed.
 */
export const PROOF_METHODS = ['CLICK', 'DELIVERED_CODE', 'ONE_TIME_CODE', 'PASSKEY', 'EXTERNAL_KEY'] as const;
export type ProofMethod = (typeof PROOF_METHODS)[number];

export interface LevelRequirement {
  /** Any of these. */
  readonly methods: readonly ProofMethod[];
  /** The signer has agreed to a consent text, whose hash is kept with the signature. */
  readonly consentText: boolean;
  /** In a sentence for the signer. */
  readonly needed: string;
}

/**
 * The one table. `ADVANCED` is what article 26 of eIDAS asks for: a key that is the signer's alone, and that is bound to the text, so that any
 * later change of it shows. A code proves who clicks and binds nothing, whatever it was delivered by.
 */
export const levelRequirements: Readonly<Record<SignatureLevel, LevelRequirement>> = {
  CLICK: { methods: PROOF_METHODS, consentText: false, needed: 'a click' },
  CONSENT_AND_CLICK: { methods: PROOF_METHODS, consentText: true, needed: 'agreement to the consent text' },
  IDENTITY_AND_CLICK: {
    methods: ['DELIVERED_CODE', 'ONE_TIME_CODE', 'PASSKEY', 'EXTERNAL_KEY'],
    consentText: true,
    needed: 'agreement to the consent text and a one-time code, a passkey or a key of your own',
  },
  ADVANCED: {
    methods: ['PASSKEY', 'EXTERNAL_KEY'],
    consentText: true,
    needed: 'agreement to the consent text and a passkey or a key of your own',
  },
};

/** The highest level that a proof does for. */
export function levelOf(method: ProofMethod, consented: boolean): SignatureLevel {
  const does = SIGNATURE_LEVELS.filter((level) => {
    const { methods, consentText } = levelRequirements[level];
    return methods.includes(method) && (consented || !consentText);
  });
  return does.at(-1)!;
}

/** What is missing of a level; also what is said beforehand. */
export const levelNeeded = (level: SignatureLevel): Reason => ({
  code: 'SIGNATURE_LEVEL',
  message: `A signature on this agreement (${level}) needs ${levelRequirements[level].needed}.`,
  field: 'proof',
});

export const reaches = (level: SignatureLevel, needed: SignatureLevel): boolean =>
  SIGNATURE_LEVELS.indexOf(level) >= SIGNATURE_LEVELS.indexOf(needed);
