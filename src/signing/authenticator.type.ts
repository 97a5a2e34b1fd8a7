import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { DateTime, encodeGlobalId, JsonObject, resultUnion } from '../schema/index.js';
import { AUTHENTICATOR_KINDS, type AuthenticatorRow, type Enrolment } from './authenticators.js';

const AuthenticatorKindEnum = Object.fromEntries(AUTHENTICATOR_KINDS.map((kind) => [kind, kind]));
registerEnumType(AuthenticatorKindEnum, {
  name: 'AuthenticatorKind',
  description: 'What somebody can sign with beside the login.',
  valuesConfig: {
    ONE_TIME_CODE: { description: 'An app that shows codes (TOTP, RFC 6238).' },
    PASSKEY: { description: 'A key in a device or a password manager (WebAuthn).' },
    EXTERNAL_KEY: { description: 'A key pair of one’s own, of which the public key is registered here.' },
  },
});

@ObjectType('Authenticator', { description: 'Something that the viewer signs with.', simpleResolvers: true })
export class AuthenticatorType {
  @Field(() => ID, { description: 'For `confirmAuthenticator` and `removeAuthenticator`.' })
  readonly id!: string;

  @Field(() => AuthenticatorKindEnum, { description: 'What it is.' })
  readonly kind!: string;

  @Field(() => String, { description: 'What its owner calls it.' })
  readonly label!: string;

  @Field(() => DateTime, { nullable: true, description: 'Since when it is good; null before it was confirmed.' })
  readonly confirmedAt!: Date | null;

  @Field(() => Boolean, {
    description:
      'Whether its owner had another one before: then it does not sign for the `identityLockDays` of a request’s policy, counted from `confirmedAt`.',
  })
  readonly lockedAtFirst!: boolean;

  @Field(() => DateTime, { nullable: true, description: 'When it was removed.' })
  readonly removedAt!: Date | null;
}

export const toAuthenticator = (row: AuthenticatorRow): AuthenticatorType =>
  Object.assign(new AuthenticatorType(), {
    id: encodeGlobalId('Authenticator', row.id),
    kind: row.kind,
    label: row.label,
    confirmedAt: row.confirmed_at,
    lockedAtFirst: row.replaces,
    removedAt: row.removed_at,
  });

@ObjectType('AuthenticatorEnrolment', {
  description: 'What is to be done to finish an enrolment. Shown once.',
  simpleResolvers: true,
})
export class AuthenticatorEnrolmentType {
  @Field(() => AuthenticatorType, { description: 'Not good before it is confirmed.' })
  readonly authenticator!: AuthenticatorType;

  @Field(() => DateTime, { description: 'Until when it can be confirmed.' })
  readonly expiresAt!: string;

  @Field(() => String, { nullable: true, description: 'ONE_TIME_CODE: the secret for the app, in base32.' })
  readonly secret!: string | null;

  @Field(() => String, { nullable: true, description: 'ONE_TIME_CODE: the same as an `otpauth://` address, for a QR code.' })
  readonly uri!: string | null;

  @Field(() => JsonObject, { nullable: true, description: 'PASSKEY: options for `navigator.credentials.create`.' })
  readonly passkeyOptions!: object | null;

  @Field(() => String, { nullable: true, description: 'EXTERNAL_KEY: the text to sign as a detached JWS.' })
  readonly challenge!: string | null;
}

export const toEnrolment = ({ authenticator, ...rest }: Enrolment): AuthenticatorEnrolmentType =>
  Object.assign(
    new AuthenticatorEnrolmentType(),
    { secret: null, uri: null, passkeyOptions: null, challenge: null },
    { authenticator: toAuthenticator(authenticator), ...rest },
  );

@InputType({ description: 'Enrolling something to sign with.' })
export class EnrolAuthenticatorInput {
  @Field(() => AuthenticatorKindEnum, { description: 'What it is.' })
  readonly kind!: (typeof AUTHENTICATOR_KINDS)[number];

  @Field(() => String, { description: 'What the viewer calls it, 1 to 60 characters.' })
  readonly label!: string;

  @Field(() => JsonObject, {
    nullable: true,
    description: 'EXTERNAL_KEY: the public key as a JWK (Ed25519, P-256, P-384, RSA from 2048 bits).',
  })
  readonly publicKey?: Record<string, unknown> | null;
}

@InputType({ description: 'Showing that one has what was enrolled: the one that its kind asks for.' })
export class ConfirmAuthenticatorInput {
  @Field(() => ID, { description: 'Id of the authenticator.' })
  readonly authenticatorId!: string;

  @Field(() => String, { nullable: true, description: 'ONE_TIME_CODE: a code that the app shows.' })
  readonly code?: string | null;

  @Field(() => JsonObject, { nullable: true, description: 'PASSKEY: the answer of `navigator.credentials.create`, as JSON.' })
  readonly passkey?: Record<string, unknown> | null;

  @Field(() => String, {
    nullable: true,
    description: 'EXTERNAL_KEY: a detached JWS (`header..signature`) over the challenge, with `iat` in its protected header.',
  })
  readonly jws?: string | null;
}

export const EnrolmentResult = resultUnion('EnrolmentResult', 'What is to be done next, or why not.', [
  AuthenticatorEnrolmentType,
]);
export const AuthenticatorResult = resultUnion('AuthenticatorResult', 'The authenticator, or why not.', [AuthenticatorType]);
