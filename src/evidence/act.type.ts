import { Field, ID, Int, ObjectType } from 'type-graphql';
import { DateTime, Sha256 } from '../schema/index.js';

@ObjectType('ActConsent', { description: 'The words under which somebody signed.', simpleResolvers: true })
export class ActConsentType {
  @Field(() => String, { description: 'Which text, e.g. `SIGN_AGREEMENT`; see `consentTexts`.' })
  readonly textId!: string;

  @Field(() => Int, { description: 'Its version.' })
  readonly version!: number;

  @Field(() => String, { description: 'The language in which it was shown, BCP 47.' })
  readonly locale!: string;

  @Field(() => Sha256, { description: 'SHA-256 of the words.' })
  readonly sha256!: string;
}

@ObjectType('ActOrigin', {
  description: 'Where an act came from. Only for who acted, support and auditors.',
  simpleResolvers: true,
})
export class ActOriginType {
  @Field(() => String, { nullable: true, description: 'How the issuer of the token knows the person.' })
  readonly subject!: string | null;

  @Field(() => String, { nullable: true, description: 'The network address.' })
  readonly address!: string | null;

  @Field(() => String, { nullable: true, description: 'What the client said it was.' })
  readonly agent!: string | null;

  @Field(() => String, { nullable: true, description: 'Under which the server’s log knows the request.' })
  readonly requestId!: string | null;

  @Field(() => String, { nullable: true, description: 'The passkey or key by which it was signed.' })
  readonly credentialId!: string | null;
}

@ObjectType('Act', {
  description: 'The record of what a person did: who, and how it is known. Its hash stands in the history.',
  simpleResolvers: true,
})
export class ActType {
  @Field(() => ID, { description: 'Global id of the person.' })
  readonly actorId!: string;

  @Field(() => String, { description: 'The operation by which it was done, e.g. `signAgreement`.' })
  readonly operation!: string;

  @Field(() => String, { nullable: true, description: 'Who vouches for the person’s identity; null: it came over no login.' })
  readonly issuer!: string | null;

  @Field(() => String, { nullable: true, description: 'How the request was authenticated, e.g. `bearer`.' })
  readonly method!: string | null;

  @Field(() => [String], { description: 'How the person had logged in, as the issuer says: RFC 8176, e.g. `pwd`, `otp`.' })
  readonly amr!: readonly string[];

  @Field(() => String, { nullable: true, description: 'The class of that login, as the issuer names it.' })
  readonly acr!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When the person had logged in.' })
  readonly authenticatedAt!: Date | null;

  @Field(() => ActConsentType, { nullable: true, description: 'The words under which it was signed.' })
  readonly consent!: ActConsentType | null;

  @Field(() => Sha256, { nullable: true, description: 'SHA-256 of what was shown.' })
  readonly shownSha256!: string | null;

  @Field(() => String, { nullable: true, description: 'The level of a signature.' })
  readonly signatureLevel!: string | null;

  @Field(() => String, { nullable: true, description: 'By what it was signed.' })
  readonly signatureMethod!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Of what was done in bulk: global id of the operation, which says who has set it off; null otherwise.',
  })
  readonly bulkOperationId!: string | null;

  @Field(() => ActOriginType, {
    nullable: true,
    description: 'Where it came from; null when it is not for you, or has been erased.',
  })
  readonly origin!: ActOriginType | null;

  @Field(() => DateTime, { nullable: true, description: 'When its personal half was erased; null: it was not.' })
  readonly erasedAt!: Date | null;

  @Field(() => Sha256, { description: 'The hash of the record, as the event in the history carries it.' })
  readonly sha256!: string;
}
