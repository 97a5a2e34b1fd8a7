import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { ViewerContext } from '../identity/viewer-context.js';
import { decodeGlobalId, refuse } from '../schema/index.js';
import { AskedFor, type Asked } from './asked.js';
import { NOWHERE, RequestResult, type Result } from './command-inputs.js';
import type { RequestCommands } from './commands.js';
import {
  CertifyTransferInput,
  ChooseAfterPullOutInput,
  DecideObjectionInput,
  EnterTransferTermsInput,
  ObjectToTransferInput,
  OfferMembershipInput,
  PullOutInput,
  RefuseCertificationInput,
  RequestTransferInput,
  TransferChoice,
  type TransferOfferInput,
} from './transfer.input.js';

/** As the workflow takes it: a plain object, and nothing that the schema may add. */
export const offerOf = ({ guildSharePercent, termMonths, nonCompeteMonths }: TransferOfferInput) => ({
  guildSharePercent,
  termMonths,
  ...(nonCompeteMonths == null ? {} : { nonCompeteMonths }),
});

@Resolver()
export class TransferMutations {
  constructor(
    private readonly commands: RequestCommands,
    private readonly broadcasterOfHandle: (handle: string) => Promise<string | undefined>,
  ) {}

  @Mutation(() => RequestResult, {
    description:
      'Asks for a transfer to which all three agree. Who is not eligible gets a request in `REJECTED` with every reason.',
  })
  async requestTransfer(
    @Arg('input', () => RequestTransferInput) input: RequestTransferInput,
    @Ctx() context: ViewerContext,
  ): Result {
    const { viewer } = await context.viewer();
    const handle = input.broadcasterHandle ?? null;
    const broadcasterId =
      handle === null
        ? viewer.broadcasterId
        : ((handle.includes('\0') ? undefined : await this.broadcasterOfHandle(handle)) ?? NOWHERE);
    if (broadcasterId === null)
      return refuse('FORBIDDEN', 'Say which broadcaster is to move: you are none.', 'broadcasterHandle');
    const gainingGuildId = decodeGlobalId('Guild', input.gainingGuildId) ?? NOWHERE;
    return this.commands.start(context, 'requestTransfer', 'TRANSFER_AGREED', { broadcasterId, gainingGuildId, said: {} }, input);
  }

  @Mutation(() => RequestResult, {
    description:
      'Enters the terms of one of the guilds. When both have entered the same, there is a text to sign; when not, the difference is shown, and either may enter anew.',
  })
  async enterTransferTerms(
    @Arg('input', () => EnterTransferTermsInput) input: EnterTransferTermsInput,
    @AskedFor() asked: Asked,
  ): Result {
    const { transferAt, feeMinor, originSharePercent, offer } = input;
    const terms = { transferAt: transferAt.toISOString(), feeMinor, originSharePercent };
    const event = { type: 'ENTER_TRANSFER_TERMS', terms, ...(offer != null && { offer: offerOf(offer) }) };
    return this.commands.send(asked, 'enterTransferTerms', event, input);
  }

  @Mutation(() => RequestResult, { description: 'The gaining guild makes another offer to a broadcaster who moves with a code.' })
  async offerMembership(@Arg('input', () => OfferMembershipInput) input: OfferMembershipInput, @AskedFor() asked: Asked): Result {
    const { offer, transferAt } = input;
    const event = {
      type: 'OFFER_MEMBERSHIP',
      offer: offerOf(offer),
      ...(transferAt != null && { transferAt: transferAt.toISOString() }),
    };
    return this.commands.send(asked, 'offerMembership', event, input);
  }

  @Mutation(() => RequestResult, { description: 'The platform certifies what everybody has signed; the cooling-off begins.' })
  async certifyTransfer(@Arg('input', () => CertifyTransferInput) input: CertifyTransferInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'certifyTransfer', { type: 'CERTIFY_TRANSFER' }, input);
  }

  @Mutation(() => RequestResult, { description: 'The platform does not certify a transfer, which ends it.' })
  async refuseCertification(
    @Arg('input', () => RefuseCertificationInput) input: RefuseCertificationInput,
    @AskedFor() asked: Asked,
  ): Result {
    return this.commands.send(
      asked,
      'refuseCertification',
      { type: 'REFUSE_CERTIFICATION', reasonCode: input.reasonCode },
      input,
    );
  }

  @Mutation(() => RequestResult, {
    description:
      'The guild that is left objects while the cooling-off runs, on grounds from a closed list; the platform decides.',
  })
  async objectToTransfer(
    @Arg('input', () => ObjectToTransferInput) input: ObjectToTransferInput,
    @AskedFor() asked: Asked,
  ): Result {
    return this.commands.send(asked, 'objectToTransfer', { type: 'OBJECT_TO_TRANSFER', ground: input.ground }, input);
  }

  @Mutation(() => RequestResult, { description: 'The platform decides on an objection. In time: late, it counts as dismissed.' })
  async decideObjection(@Arg('input', () => DecideObjectionInput) input: DecideObjectionInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'decideObjection', { type: 'DECIDE_OBJECTION', decision: input.decision }, input);
  }

  @Mutation(() => RequestResult, { description: 'The gaining guild pulls out; the broadcaster chooses what becomes of it.' })
  async pullOutOfTransfer(@Arg('input', () => PullOutInput) input: PullOutInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'pullOutOfTransfer', { type: 'PULL_OUT', reasonCode: input.reasonCode }, input);
  }

  @Mutation(() => RequestResult, {
    description:
      'After the gaining guild has pulled out: the broadcaster stays, or is free. Without a choice the membership goes on.',
  })
  async chooseAfterPullOut(
    @Arg('input', () => ChooseAfterPullOutInput) input: ChooseAfterPullOutInput,
    @AskedFor() asked: Asked,
  ): Result {
    const type = { [TransferChoice.STAY]: 'CHOOSE_STAY', [TransferChoice.FREE]: 'CHOOSE_FREE' }[input.choice];
    return this.commands.send(asked, 'chooseAfterPullOut', { type }, input);
  }
}
