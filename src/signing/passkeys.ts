import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { randomBytes } from 'node:crypto';
import type { SigningSettings } from './settings.js';

/** A passkey as it is kept. */
export interface Passkey {
  readonly credentialId: string;
  /** COSE, base64url. */
  readonly publicKey: string;
  readonly counter: number;
}

const NONCE_BYTES = 16;

/**
 * The hash of the text and something that never comes again. The browser signs it as a whole, so that anybody can read in the kept answer
 * which text was signed, and no answer does twice.
 */
export const challengeOver = (sha256: string): Buffer => Buffer.concat([Buffer.from(sha256, 'hex'), randomBytes(NONCE_BYTES)]);

type Rp = Pick<SigningSettings, 'rpId' | 'origins'>;

/** Asked for are a person before the device (user verification) and no attestation: which make the device is, is none of our business. */
export const registrationOptions = ({ rpId }: Rp, principalId: string, label: string, known: readonly string[]) =>
  generateRegistrationOptions({
    rpName: 'Guildhall',
    rpID: rpId,
    userName: label,
    userID: new Uint8Array(Buffer.from(principalId.replaceAll('-', ''), 'hex')),
    attestationType: 'none',
    excludeCredentials: known.map((id) => ({ id })),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
  });

export const assertionOptions = ({ rpId }: Rp, challenge: Buffer, credentialIds: readonly string[]) =>
  generateAuthenticationOptions({
    rpID: rpId,
    challenge: new Uint8Array(challenge),
    allowCredentials: credentialIds.map((id) => ({ id })),
    userVerification: 'required',
  });

/** Undefined: the answer is not one to this challenge, from this site, by a present person. */
export async function registered({ rpId, origins }: Rp, response: unknown, challenge: string): Promise<Passkey | undefined> {
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: response as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: [...origins],
      expectedRPID: rpId,
      requireUserVerification: true,
    });
    if (!verified) return undefined;
    const { id, publicKey, counter } = registrationInfo.credential;
    return { credentialId: id, publicKey: Buffer.from(publicKey).toString('base64url'), counter };
  } catch {
    // Whatever somebody sends in place of an answer is one that does not hold.
    return undefined;
  }
}

/** The counter after an assertion that holds. */
export async function asserted(
  { rpId, origins }: Rp,
  response: unknown,
  challenge: string,
  passkey: Passkey,
): Promise<number | undefined> {
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: response as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: [...origins],
      expectedRPID: rpId,
      requireUserVerification: true,
      credential: {
        id: passkey.credentialId,
        publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
        counter: passkey.counter,
      },
    });
    return verified ? authenticationInfo.newCounter : undefined;
  } catch {
    return undefined;
  }
}
