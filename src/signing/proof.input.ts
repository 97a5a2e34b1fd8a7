import { Field, ID, InputType } from 'type-graphql';
import { decodeGlobalId, JsonObject, Sha256 } from '../schema/index.js';
import type { SaidProof } from './said-proof.js';

@InputType({ description: 'Agreement to a consent text: its newest version, as it was shown.' })
class SignatureConsentInput {
  @Field(() => ID, { description: 'Id of the `ConsentText`.' })
  readonly textId!: string;

  @Field(() => Sha256, { description: 'SHA-256 of the words that were shown: others are refused.' })
  readonly sha256!: string;
}

@InputType({ description: 'A code of an authenticator app.' })
class OneTimeCodeInput {
  @Field(() => ID, { nullable: true, description: 'Which one; needed by nobody who has one.' })
  readonly authenticatorId?: string | null;

  @Field(() => String, { description: 'Six digits. A code counts once.' })
  readonly code!: string;
}

@InputType({ description: 'A code that was sent after `beginSignature`.' })
class DeliveredCodeInput {
  @Field(() => ID, { description: 'Id of the challenge.' })
  readonly challengeId!: string;

  @Field(() => String, { description: 'The code.' })
  readonly code!: string;
}

@InputType({ description: 'The answer of a passkey after `beginSignature`.' })
class PasskeyInput {
  @Field(() => ID, { description: 'Id of the challenge.' })
  readonly challengeId!: string;

  @Field(() => JsonObject, { description: 'The answer of `navigator.credentials.get`, as JSON.' })
  readonly response!: Record<string, unknown>;
}

@InputType({ description: 'A signature by a registered key of one’s own.' })
class ExternalKeyInput {
  @Field(() => ID, { description: 'Which key.' })
  readonly authenticatorId!: string;

  @Field(() => String, {
    description:
      'A detached JWS (`header..signature`) whose payload is the hash of the text, its 64 hexadecimal digits as ASCII, with `iat` in its protected header; good for ten minutes.',
  })
  readonly jws!: string;
}

@InputType({
  description: 'What the signer shows beside the login: a consent, and at most one of the others. See `Request.signing`.',
})
export class SignatureProofInput {
  @Field(() => SignatureConsentInput, { nullable: true, description: 'Agreement to a consent text.' })
  readonly consent?: SignatureConsentInput | null;

  @Field(() => OneTimeCodeInput, { nullable: true, description: 'A code of an authenticator app.' })
  readonly oneTimeCode?: OneTimeCodeInput | null;

  @Field(() => DeliveredCodeInput, { nullable: true, description: 'A code that was sent.' })
  readonly deliveredCode?: DeliveredCodeInput | null;

  @Field(() => PasskeyInput, { nullable: true, description: 'The answer of a passkey.' })
  readonly passkey?: PasskeyInput | null;

  @Field(() => ExternalKeyInput, { nullable: true, description: 'A signature by a key of one’s own.' })
  readonly externalKey?: ExternalKeyInput | null;
}

const NOTHING = '00000000-0000-0000-0000-000000000000';
const MAX_TEXT = 8_192;

/** Ids as they are kept; what is longer than any proof is cut to one that holds for nothing. */
export function saidProof({ consent, oneTimeCode, deliveredCode, passkey, externalKey }: SignatureProofInput): SaidProof {
  const id = (type: string, value: string) => decodeGlobalId(type, value) ?? NOTHING;
  const text = (value: string) => (value.length > MAX_TEXT ? '' : value);
  return {
    ...(consent && { consent: { textId: id('ConsentText', consent.textId), sha256: consent.sha256 } }),
    ...(oneTimeCode && {
      oneTimeCode: {
        authenticatorId: oneTimeCode.authenticatorId == null ? undefined : id('Authenticator', oneTimeCode.authenticatorId),
        code: text(oneTimeCode.code),
      },
    }),
    ...(deliveredCode && {
      deliveredCode: { challengeId: id('SignatureChallenge', deliveredCode.challengeId), code: text(deliveredCode.code) },
    }),
    ...(passkey && { passkey: { challengeId: id('SignatureChallenge', passkey.challengeId), response: passkey.response } }),
    ...(externalKey && {
      externalKey: { authenticatorId: id('Authenticator', externalKey.authenticatorId), jws: text(externalKey.jws) },
    }),
  };
}
