import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { PROOF_METHODS, SIGNATURE_LEVELS, SIGNING_ROLES } from '../../workflows/phases/index.js';
import { DateTime, Reason } from '../schema/index.js';
import { enumOf } from './command-inputs.js';
import { Party } from './request-enums.js';

export const SigningRole = enumOf(SIGNING_ROLES);
registerEnumType(SigningRole, {
  name: 'SigningRole',
  description: 'As what somebody signs.',
  valuesConfig: {
    SIGNER: { description: 'To be bound.' },
    APPROVER: { description: 'To let the next stage go on.' },
  },
});
export const SignatureLevel = enumOf(SIGNATURE_LEVELS);
registerEnumType(SignatureLevel, { name: 'SignatureLevel', description: 'What a signature rests on, the weakest first.' });
export const ProofMethod = enumOf(PROOF_METHODS);
registerEnumType(ProofMethod, {
  name: 'ProofMethod',
  description: 'What a signer shows beside a valid login.',
  valuesConfig: {
    CLICK: { description: 'Nothing more.' },
    DELIVERED_CODE: { description: 'A code that was sent to the signer.' },
    ONE_TIME_CODE: { description: 'A code of an authenticator app.' },
    PASSKEY: { description: 'An assertion of a passkey over the hash of the text.' },
    EXTERNAL_KEY: { description: 'A detached JWS over the hash of the text, by a key that the signer has registered.' },
  },
});

@ObjectType('SignatureMark', { description: 'The signature of one person.', simpleResolvers: true })
export class SignatureMarkType {
  @Field(() => DateTime, { description: 'When.' })
  readonly at!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'Global id of the person who signed; null for those who are neither of the same party nor of the platform.',
  })
  readonly signatoryId!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Global id of the person in whose name, where that is somebody else; shown to the same people.',
  })
  readonly onBehalfOfId!: string | null;

  @Field(() => Boolean, { description: 'Whether it was given in the name of somebody else.' })
  readonly delegated!: boolean;

  @Field(() => SignatureLevel, { nullable: true, description: 'What it rests on; null: the login alone.' })
  readonly level!: string | null;

  @Field(() => ProofMethod, { nullable: true, description: 'What was shown; null: nothing beyond the login.' })
  readonly method!: string | null;
}

@ObjectType('SigningGroup', { description: 'So many people of one party.', simpleResolvers: true })
export class SigningGroupType {
  @Field(() => Party, { description: 'Whose signature it is.' })
  readonly party!: Party;

  @Field(() => SigningRole, { description: 'As what they sign.' })
  readonly role!: string;

  @Field(() => Int, { description: 'How many different people have to sign.' })
  readonly required!: number;

  @Field(() => [String], { description: 'Authorities of which one is needed; empty: whoever signs for the party.' })
  readonly authorities!: readonly string[];

  @Field(() => Boolean, { description: 'Whether so many have signed.' })
  readonly complete!: boolean;

  @Field(() => [SignatureMarkType], { description: 'Who has signed, in order.' })
  readonly signatures!: readonly SignatureMarkType[];
}

@ObjectType('SigningStage', { description: 'Groups that sign beside each other.', simpleResolvers: true })
export class SigningStageType {
  @Field(() => Int, { description: 'From 1; a stage is signed when those before it are complete.' })
  readonly number!: number;

  @Field(() => Boolean, { description: 'Whether it is this one’s turn.' })
  readonly current!: boolean;

  @Field(() => Boolean, { description: 'Whether all of its groups have signed.' })
  readonly complete!: boolean;

  @Field(() => [SigningGroupType], { description: 'In any order.' })
  readonly groups!: readonly SigningGroupType[];
}

@ObjectType('RequestSigning', { description: 'Who signs when, and who has.', simpleResolvers: true })
export class RequestSigningType {
  @Field(() => [SigningStageType], { description: 'In order.' })
  readonly stages!: readonly SigningStageType[];

  @Field(() => [Party], { description: 'Whose turn it is; empty while nobody can sign.' })
  readonly next!: readonly Party[];

  @Field(() => SignatureLevel, {
    nullable: true,
    description: 'What a signature has to rest on, pinned when the request was opened; null: the login alone.',
  })
  readonly level!: string | null;

  @Field(() => [ProofMethod], { description: 'Proofs of which one does; with none asked for, all of them.' })
  readonly methods!: readonly string[];

  @Field(() => Boolean, { description: 'Whether the signer has to agree to a consent text as well.' })
  readonly consentTextNeeded!: boolean;

  @Field(() => [Reason], { description: 'What has to come with a signature, in words; empty: nothing.' })
  readonly needs!: readonly Reason[];

  @Field(() => DateTime, { nullable: true, description: 'When the time to sign is over; null while none runs.' })
  readonly windowClosesAt!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When whoever has not signed is reminded; null: not, or it was done.' })
  readonly reminderAt!: string | null;
}
