import { Arg, Ctx, Field, ID, InputType, Mutation, ObjectType, registerEnumType, Resolver } from 'type-graphql';
import type { Principals } from '../identity/principals.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { DateTime, decodeGlobalId, encodeGlobalId, JsonObject, Refusal, resultUnion, Sha256 } from '../schema/index.js';
import { CHALLENGE_METHODS, type ChallengeMethod, type SigningChallenges } from './challenges.js';
import { isRefused } from './refused.js';

const ChallengeMethodEnum = Object.fromEntries(CHALLENGE_METHODS.map((method) => [method, method]));
registerEnumType(ChallengeMethodEnum, {
  name: 'ChallengeMethod',
  description: 'Proofs that begin with a question of the server’s.',
  valuesConfig: {
    PASSKEY: { description: 'Options for a passkey, over the hash of the text.' },
    DELIVERED_CODE: { description: 'A code is sent to the viewer.' },
  },
});

@InputType({ description: 'What the viewer is about to sign, and how.' })
export class BeginSignatureInput {
  @Field(() => ID, { description: 'Global id of the request.' })
  readonly requestId!: string;

  @Field(() => Sha256, { description: 'SHA-256 of the text as it was shown; the proof is good for this text alone.' })
  readonly sha256!: string;

  @Field(() => ChallengeMethodEnum, { description: 'By what.' })
  readonly method!: ChallengeMethod;
}

@ObjectType('SignatureChallenge', { description: 'Answered once, in `signAgreement`.', simpleResolvers: true })
export class SignatureChallengeType {
  @Field(() => ID, { description: 'For the proof.' })
  readonly id!: string;

  @Field(() => DateTime, { description: 'Until when it can be answered.' })
  readonly expiresAt!: string;

  @Field(() => JsonObject, { nullable: true, description: 'PASSKEY: options for `navigator.credentials.get`.' })
  readonly passkeyOptions!: object | null;
}

const ChallengeResult = resultUnion('SignatureChallengeResult', 'The challenge, or why there is none.', [SignatureChallengeType]);

@Resolver()
export class ChallengeResolver {
  constructor(
    private readonly challenges: SigningChallenges,
    private readonly principals: Principals,
  ) {}

  @Mutation(() => ChallengeResult, {
    description:
      'Asks for the challenge of a passkey, or has a code sent, before a signature. Only so many are given in an hour.',
  })
  async beginSignature(
    @Arg('input', () => BeginSignatureInput) { requestId, sha256, method }: BeginSignatureInput,
    @Ctx() context: ViewerContext,
  ): Promise<SignatureChallengeType | Refusal> {
    const uuid = decodeGlobalId('Request', requestId);
    const tx = await context.viewer();
    const seen =
      uuid === undefined ? [] : await tx.query<{ id: string }>('select id from guildhall.request where id = $1', [uuid]);
    if (uuid === undefined || seen.length === 0) {
      const message = 'There is no such request, or you may not see it.';
      return new Refusal({ code: 'NOT_FOUND', reasons: [{ code: 'NOT_FOUND', message }] });
    }
    const asked = await this.challenges.ask(await this.principals.idOf(context.identity), uuid, sha256, method);
    if (isRefused(asked)) return new Refusal(asked);
    return Object.assign(
      new SignatureChallengeType(),
      { passkeyOptions: null },
      { ...asked, id: encodeGlobalId('SignatureChallenge', asked.id) },
    );
  }
}
