import { createHash, randomBytes } from 'node:crypto';
import { exportJWK, FlattenedSign, generateKeyPair, type CryptoKey, type JWK } from 'jose';
import { SecretBox } from '../../src/signing/secret-box.js';
import type { CodeToDeliver, SigningSettings } from '../../src/signing/settings.js';
import { codeOf, stepAt } from '../../src/signing/totp.js';
import type { RequestAnswer } from './join-flow.js';
import { SigningFlow } from './signing-flow.js';
import { SoftwareAuthenticator, type Behaviour } from './software-authenticator.js';

export const ORIGIN = 'https://guildhall.example';
/** Everything that was sent, in order. */
export const sent: CodeToDeliver[] = [];
export const signingSettings: SigningSettings = {
  secrets: new SecretBox([randomBytes(32)]),
  rpId: 'guildhall.example',
  origins: [ORIGIN],
  deliverCode: async (code) => void sent.push(code),
};

const reasons = 'code reasons { code message field until }';
const texts = {
  enrolAuthenticator: `mutation ($input: EnrolAuthenticatorInput!) { enrolAuthenticator(input: $input) { __typename
    ... on AuthenticatorEnrolment { authenticator { id confirmedAt } secret uri passkeyOptions challenge expiresAt } ... on Refusal { ${reasons} } } }`,
  confirmAuthenticator: `mutation ($input: ConfirmAuthenticatorInput!) { confirmAuthenticator(input: $input) { __typename
    ... on Authenticator { id confirmedAt lockedAtFirst removedAt } ... on Refusal { ${reasons} } } }`,
  beginSignature: `mutation ($input: BeginSignatureInput!) { beginSignature(input: $input) { __typename
    ... on SignatureChallenge { id expiresAt passkeyOptions } ... on Refusal { ${reasons} } } }`,
  publishConsentText: `mutation ($input: PublishConsentTextInput!) { publishConsentText(input: $input) { __typename
    ... on ConsentText { id version sha256 } ... on Refusal { ${reasons} } } }`,
} as const;
const removeText = `mutation ($id: ID!) { removeAuthenticator(id: $id) { __typename ... on Authenticator { removedAt } ... on Refusal { ${reasons} } } }`;

export interface ProofAnswer {
  readonly __typename: string;
  readonly id: string;
  readonly code?: string;
  readonly reasons?: readonly { readonly code: string; readonly until: string | null }[];
  readonly authenticator: { readonly id: string };
  readonly secret: string;
  readonly uri: string;
  readonly passkeyOptions: never;
  readonly challenge: string;
  readonly confirmedAt: string | null;
  readonly lockedAtFirst: boolean;
  readonly expiresAt: string;
  readonly version: number;
}

export interface ExternalKey {
  readonly id: string;
  readonly jwk: JWK;
  readonly privateKey: CryptoKey;
}

/** What people sign with beside their login, over HTTP. */
export class ProofFlow extends SigningFlow {
  async ask(subject: string, name: keyof typeof texts, input: object): Promise<ProofAnswer> {
    return (await this.api.gql<Record<string, ProofAnswer>>(subject, texts[name], { input }))[name]!;
  }

  async remove(subject: string, id: string): Promise<ProofAnswer> {
    return (await this.api.gql<{ removeAuthenticator: ProofAnswer }>(subject, removeText, { id })).removeAuthenticator;
  }

  /** The consent text as a client agrees to it: by the hash of the words that it shows. */
  async consent(subject: string, locale = 'en'): Promise<{ textId: string; sha256: string }> {
    const { consentTexts } = await this.api.gql<{ consentTexts: { id: string; body: string }[] }>(
      subject,
      'query ($locale: String) { consentTexts(locale: $locale) { id body } }',
      { locale },
    );
    const [text] = consentTexts;
    return { textId: text!.id, sha256: createHash('sha256').update(text!.body).digest('hex') };
  }

  /** The code that an app with this secret shows now, or some steps away. */
  async code(secret: string, steps = 0): Promise<string> {
    return codeOf(unbase32(secret), stepAt((await this.api.clock.now()).getTime()) + steps);
  }

  async app(subject: string): Promise<{ id: string; secret: string }> {
    const { secret, authenticator } = await this.ask(subject, 'enrolAuthenticator', { kind: 'ONE_TIME_CODE', label: 'Phone' });
    // The step before: the current code is left for the test.
    const input = { authenticatorId: authenticator.id, code: await this.code(secret, -1) };
    const confirmed = await this.ask(subject, 'confirmAuthenticator', input);
    if (confirmed.__typename !== 'Authenticator') throw new Error(JSON.stringify(confirmed));
    return { id: authenticator.id, secret };
  }

  async passkey(subject: string): Promise<SoftwareAuthenticator> {
    const device = new SoftwareAuthenticator(ORIGIN);
    const begun = await this.ask(subject, 'enrolAuthenticator', { kind: 'PASSKEY', label: 'Laptop' });
    const input = { authenticatorId: begun.authenticator.id, passkey: device.create(begun.passkeyOptions) };
    const confirmed = await this.ask(subject, 'confirmAuthenticator', input);
    if (confirmed.__typename !== 'Authenticator') throw new Error(JSON.stringify(confirmed));
    return device;
  }

  async key(subject: string, alg = 'EdDSA'): Promise<ExternalKey> {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    const jwk = await exportJWK(publicKey);
    const begun = await this.ask(subject, 'enrolAuthenticator', { kind: 'EXTERNAL_KEY', label: 'Card', publicKey: jwk });
    const jws = await this.jws({ privateKey }, begun.challenge, alg);
    const confirmed = await this.ask(subject, 'confirmAuthenticator', { authenticatorId: begun.authenticator.id, jws });
    if (confirmed.__typename !== 'Authenticator') throw new Error(JSON.stringify(confirmed));
    return { id: begun.authenticator.id, jwk, privateKey };
  }

  async jws({ privateKey }: Pick<ExternalKey, 'privateKey'>, payload: string, alg = 'EdDSA', ageSeconds = 0): Promise<string> {
    const iat = Math.floor((await this.api.clock.now()).getTime() / 1_000) - ageSeconds;
    const { protected: header, signature } = await new FlattenedSign(Buffer.from(payload))
      .setProtectedHeader({ alg, iat })
      .sign(privateKey);
    return `${header!}..${signature}`;
  }

  /** A passkey's answer for an agreement. */
  async assertion(
    subject: string,
    device: SoftwareAuthenticator,
    { id, agreement }: RequestAnswer,
    as: Behaviour = {},
  ): Promise<{ challengeId: string; response: object }> {
    const input = { requestId: id, sha256: agreement!.sha256, method: 'PASSKEY' };
    const asked = await this.ask(subject, 'beginSignature', input);
    if (asked.__typename !== 'SignatureChallenge') throw new Error(JSON.stringify(asked));
    return { challengeId: asked.id, response: device.get(asked.passkeyOptions, as) };
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function unbase32(text: string): Buffer {
  const bits = Array.from(text, (character) => ALPHABET.indexOf(character).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}
