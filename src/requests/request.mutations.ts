import { Arg, Ctx, Field, ID, InputType, Int, Mutation, Resolver, registerEnumType } from 'type-graphql';
import type { ViewerContext } from '../identity/viewer-context.js';
import type { Principals } from '../identity/principals.js';
import { JsonObject, Refusal, Sha256, decodeGlobalId, refuse } from '../schema/index.js';
import { saidProof, SignatureProofInput } from '../signing/proof.input.js';
import { evidenceOf, type SignatureEvidence, type SignatureProofs } from '../signing/proofs.js';
import { isRefused, type Refused } from '../signing/refused.js';
import { DECLINE_CODES, VOID_CODES } from '../../workflows/phases/index.js';
import { AskedFor, type Asked } from './asked.js';
import type { RequestCommands } from './commands.js';
import {
  COMMENT,
  enumOf,
  NOWHERE,
  OpeningCommandInput,
  PartyCommandInput,
  RequestCommandInput,
  RequestResult,
  type Result,
} from './command-inputs.js';
import { TermsInput, termsOf } from './terms.input.js';

@InputType({ description: 'An application of the viewer, a broadcaster, to a guild.' })
class RequestJoinInput extends OpeningCommandInput {
  @Field(() => ID, { description: 'Global id of the guild.' })
  readonly guildId!: string;

  @Field(() => TermsInput, { description: 'The first proposal.' })
  readonly terms!: TermsInput;
}

@InputType({ description: 'An invitation by a guild of which the viewer is owner or agent.' })
class InviteToJoinInput extends OpeningCommandInput {
  @Field(() => ID, { description: 'Global id of the guild.' })
  readonly guildId!: string;

  @Field(() => String, { description: "The broadcaster's public handle." })
  readonly broadcasterHandle!: string;

  @Field(() => TermsInput, { description: 'The first proposal.' })
  readonly terms!: TermsInput;
}

@InputType({ description: 'A counter-offer, or a change of terms that voids all signatures.' })
class ProposeTermsInput extends PartyCommandInput {
  @Field(() => TermsInput, { description: 'The new terms, whole.' })
  readonly terms!: TermsInput;
}

@InputType({ description: 'Accepting the terms on the table.' })
class AcceptTermsInput extends PartyCommandInput {
  @Field(() => Int, { description: 'Version of the agreement that is accepted.' })
  readonly agreementVersion!: number;
}

@InputType({ description: 'A signature over exactly the text that was shown.' })
class SignAgreementInput extends PartyCommandInput {
  @Field(() => Int, { description: 'Version of the agreement.' })
  readonly agreementVersion!: number;

  @Field(() => Sha256, { description: 'SHA-256 of the text as it was shown: another text is refused.' })
  readonly sha256!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'Global id of the person in whose name the viewer signs, who has delegated it; needed only when several have.',
  })
  readonly onBehalfOfId?: string | null;

  @Field(() => SignatureProofInput, {
    nullable: true,
    description: 'What the signer shows beside the login; `Request.signing` says what is needed.',
  })
  readonly proof?: SignatureProofInput | null;
}

@InputType({ description: 'Taking back.' })
class TakeBackInput extends PartyCommandInput {}

const DeclineReason = enumOf(DECLINE_CODES);
const VoidReason = enumOf(VOID_CODES);
registerEnumType(DeclineReason, { name: 'DeclineReason', description: 'Why a party declines.' });
registerEnumType(VoidReason, { name: 'VoidReason', description: 'Why support ends a request.' });

@InputType({ description: 'Declining a request with a reason.' })
class DeclineRequestInput extends PartyCommandInput {
  @Field(() => DeclineReason, { description: 'The coded reason.' })
  readonly reasonCode!: string;

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@InputType({ description: 'Ending a request as support, with a reason.' })
class VoidRequestInput extends RequestCommandInput {
  @Field(() => VoidReason, { description: 'The coded reason.' })
  readonly reasonCode!: string;

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@InputType({ description: 'Any event, for support tools: see `Request.availableActions`.' })
class SendRequestEventInput extends RequestCommandInput {
  @Field(() => String, { description: 'Name of the event, e.g. `VOID_REQUEST`.' })
  readonly event!: string;

  @Field(() => JsonObject, { nullable: true, description: 'Its input, as the JSON Schema in `availableActions` says.' })
  readonly input?: Record<string, unknown> | null;
}

@Resolver()
export class RequestMutations {
  constructor(
    private readonly commands: RequestCommands,
    private readonly broadcasterOfHandle: (handle: string) => Promise<string | undefined>,
    private readonly proofs: SignatureProofs,
    private readonly principals: Principals,
  ) {}

  @Mutation(() => RequestResult, {
    description: 'Applies to join a guild. An applicant who is not eligible gets a request in `REJECTED` with every reason.',
  })
  async requestJoin(@Arg('input', () => RequestJoinInput) input: RequestJoinInput, @Ctx() context: ViewerContext): Result {
    const { viewer } = await context.viewer();
    const guildId = decodeGlobalId('Guild', input.guildId) ?? NOWHERE;
    if (viewer.broadcasterId === null) return refuse('FORBIDDEN', 'Only a broadcaster can apply to a guild.', 'guildId');
    const said = { terms: termsOf(input.terms) };
    const body = { guildId, broadcasterId: viewer.broadcasterId, initiator: 'BROADCASTER' as const, said };
    return this.commands.start(context, 'requestJoin', 'JOIN', body, input);
  }

  @Mutation(() => RequestResult, { description: 'Invites a broadcaster to join a guild.' })
  async inviteToJoin(@Arg('input', () => InviteToJoinInput) input: InviteToJoinInput, @Ctx() context: ViewerContext): Result {
    const guildId = decodeGlobalId('Guild', input.guildId) ?? NOWHERE;
    const handle = input.broadcasterHandle;
    const broadcasterId = (handle.includes('\0') ? undefined : await this.broadcasterOfHandle(handle)) ?? NOWHERE;
    const said = { terms: termsOf(input.terms) };
    return this.commands.start(context, 'inviteToJoin', 'JOIN', { guildId, broadcasterId, initiator: 'GUILD', said }, input);
  }

  @Mutation(() => RequestResult, { description: 'Proposes other terms: a new version of the agreement.' })
  async proposeTerms(@Arg('input', () => ProposeTermsInput) input: ProposeTermsInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'proposeTerms', { type: 'PROPOSE_TERMS', terms: termsOf(input.terms) }, input);
  }

  @Mutation(() => RequestResult, { description: 'Accepts the terms that the other party has proposed.' })
  async acceptTerms(@Arg('input', () => AcceptTermsInput) input: AcceptTermsInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'acceptTerms', { type: 'ACCEPT_TERMS', version: input.agreementVersion }, input);
  }

  @Mutation(() => RequestResult, { description: 'Signs the agreement for the party that the viewer acts for.' })
  async signAgreement(@Arg('input', () => SignAgreementInput) input: SignAgreementInput, @AskedFor() asked: Asked): Result {
    const name = input.onBehalfOfId == null ? {} : { for: decodeGlobalId('Principal', input.onBehalfOfId) ?? NOWHERE };
    const event = { type: 'SIGN_AGREEMENT', version: input.agreementVersion, sha256: input.sha256, ...name };
    const shown = { shown: { sha256: input.sha256 } };
    if (input.proof == null) return this.commands.send(asked, 'signAgreement', event, input, undefined, { evidence: shown });
    const found = await this.verify(asked, input, input.proof);
    if (isRefused(found)) return new Refusal(found);
    const { level, method, proofId } = found;
    const evidence = { ...shown, ...evidenceOf(found) };
    return this.commands.send(asked, 'signAgreement', event, input, undefined, { sealed: { level, method, proofId }, evidence });
  }

  @Mutation(() => RequestResult, { description: 'Takes a signature back, until the last one is in.' })
  async revokeSignature(@Arg('input', () => TakeBackInput) input: TakeBackInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'revokeSignature', { type: 'REVOKE_SIGNATURE' }, input);
  }

  @Mutation(() => RequestResult, { description: 'Declines a request that the other party has opened.' })
  async declineRequest(@Arg('input', () => DeclineRequestInput) input: DeclineRequestInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'declineRequest', { type: 'DECLINE_REQUEST', reasonCode: input.reasonCode }, input);
  }

  @Mutation(() => RequestResult, {
    description: 'Takes a request back: its initiator before all have signed, the broadcaster during cooling-off.',
  })
  async withdrawRequest(@Arg('input', () => TakeBackInput) input: TakeBackInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'withdrawRequest', { type: 'WITHDRAW_REQUEST' }, input);
  }

  @Mutation(() => RequestResult, { description: 'Ends a request as support, with a reason.' })
  async voidRequest(@Arg('input', () => VoidRequestInput) input: VoidRequestInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'voidRequest', { type: 'VOID_REQUEST', reasonCode: input.reasonCode }, input);
  }

  @Mutation(() => RequestResult, {
    description: 'Sends any event that the viewer has the authority for; the typed mutations are for people, this is for tools.',
  })
  async sendRequestEvent(
    @Arg('input', () => SendRequestEventInput) input: SendRequestEventInput,
    @AskedFor() asked: Asked,
  ): Result {
    return this.commands.send(asked, 'sendRequestEvent', { ...input.input, type: input.event }, input);
  }

  private async verify(
    { context }: Asked,
    { requestId, sha256, idempotencyKey }: SignAgreementInput,
    proof: SignatureProofInput,
  ): Promise<SignatureEvidence | Refused> {
    const principalId = await this.principals.idOf(context.identity);
    const uuid = decodeGlobalId('Request', requestId) ?? NOWHERE;
    const signing = { requestId: uuid, sha256, idempotencyKey: idempotencyKey ?? undefined };
    return this.proofs.verify(principalId, signing, saidProof(proof));
  }
}
