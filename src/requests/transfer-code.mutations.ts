import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Principals } from '../identity/principals.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { decodeGlobalId, Refusal, resultUnion } from '../schema/index.js';
import { NOWHERE, RequestResult, type Result } from './command-inputs.js';
import type { RequestCommands } from './commands.js';
import { CODE_NOT_VALID } from './open-by-code.js';
import type { TransferCodes } from './transfer-code.service.js';
import { RedeemTransferCodeInput, RequestTransferCodeInput } from './transfer.input.js';
import { offerOf } from './transfer.mutations.js';
import { TransferCodeType } from './transfer.type.js';

const TransferCodeResult = resultUnion('TransferCodeResult', 'The code, or everything that stands in its way.', [
  TransferCodeType,
]);

const UNCHECKED = [
  {
    code: 'UNDISPUTED_DEBT',
    message: 'Whether there is a debt that nobody disputes is not known here; the guild that is left could object on it.',
  },
];

@Resolver()
export class TransferCodeMutations {
  constructor(
    private readonly commands: RequestCommands,
    private readonly codes: TransferCodes,
    private readonly principals: Principals,
  ) {}

  @Mutation(() => TransferCodeResult, {
    description:
      'Makes a one-time code by which the broadcaster moves to another guild, after a check that tells everything in its way at once. The code is shown here and never again; a new one voids the old one.',
  })
  async requestTransferCode(
    @Arg('input', () => RequestTransferCodeInput) input: RequestTransferCodeInput,
    @Ctx() context: ViewerContext,
  ): Promise<TransferCodeType | Refusal> {
    const { viewer } = await context.viewer();
    const about =
      input.membershipId == null
        ? { broadcasterId: viewer.broadcasterId ?? NOWHERE }
        : { membershipId: decodeGlobalId('Membership', input.membershipId) ?? NOWHERE };
    const made = await this.codes.make(await this.principals.idOf(context.identity), about);
    return 'reasons' in made ? new Refusal(made) : Object.assign(new TransferCodeType(), { ...made, unchecked: UNCHECKED });
  }

  @Mutation(() => RequestResult, {
    description:
      'Begins a transfer with a code, as owner or agent of the gaining guild. A code that is unknown, used or expired gets one and the same answer, and only so many are tried in an hour.',
  })
  async redeemTransferCode(
    @Arg('input', () => RedeemTransferCodeInput) input: RedeemTransferCodeInput,
    @Ctx() context: ViewerContext,
  ): Result {
    const principalId = await this.principals.idOf(context.identity);
    const gainingGuildId = decodeGlobalId('Guild', input.guildId) ?? NOWHERE;
    const attempt = await this.codes.attempt(principalId, gainingGuildId);
    if ('reasons' in attempt) return new Refusal(attempt);
    const found = await this.codes.find(input.code);
    if (!found) return new Refusal({ code: CODE_NOT_VALID.code, reasons: [CODE_NOT_VALID] });
    const said = {
      offer: offerOf(input.offer),
      ...(input.transferAt != null && { transferAt: input.transferAt.toISOString() }),
      codeId: found.codeId,
    };
    const body = { membershipId: found.membershipId, gainingGuildId, initiator: 'GAINING_GUILD' as const, said };
    const answer = await this.commands.start(context, 'redeemTransferCode', 'TRANSFER_PORTABLE', body, input);
    if (!(answer instanceof Refusal && answer.code === CODE_NOT_VALID.code)) await this.codes.succeeded(attempt.attemptId);
    return answer;
  }
}
