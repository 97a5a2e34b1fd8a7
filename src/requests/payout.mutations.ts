import { Arg, Field, InputType, Mutation, Resolver, registerEnumType } from 'type-graphql';
import { ESCROW_REASONS, PAYOUT_FAILURE_CODES, PAYOUT_FAILURES, RELEASE_REASONS } from '../../workflows/payment/index.js';
import { AskedFor, type Asked } from './asked.js';
import { COMMENT, enumOf, PartyCommandInput, RequestCommandInput, RequestResult, type Result } from './command-inputs.js';
import type { RequestCommands } from './commands.js';

const PayoutFailure = enumOf(PAYOUT_FAILURE_CODES);
const EscrowReason = enumOf(ESCROW_REASONS);
const EscrowReleaseReason = enumOf(RELEASE_REASONS);

const CONSEQUENCES = {
  RETRY: 'It is tried again.',
  NEW_PAYEE: 'Another payee has to be named.',
  ESCROW: 'The funds go into escrow.',
};
registerEnumType(PayoutFailure, {
  name: 'PayoutFailure',
  description: 'Why a payout has failed, a closed list. Each is reported only when it is certain that nothing was paid.',
  valuesConfig: Object.fromEntries(
    PAYOUT_FAILURE_CODES.map((code) => {
      const { message, leadsTo } = PAYOUT_FAILURES[code];
      return [code, { description: `${message} ${CONSEQUENCES[leadsTo]}` }];
    }),
  ),
});
registerEnumType(EscrowReason, {
  name: 'EscrowReason',
  description: 'Why funds are kept back. A ban is no reason: clean payouts go on.',
});
registerEnumType(EscrowReleaseReason, { name: 'EscrowReleaseReason', description: 'Why funds are no longer kept back.' });

@InputType({ description: 'The result of a payout that was made, or tried, outside.' })
class ReportPayoutInput extends RequestCommandInput {
  @Field(() => String, {
    description:
      'What the payout system calls this attempt: 1 to 64 letters, digits, dots, hyphens, colons or underscores; never an account. The same one is taken once: again it is refused as `ALREADY_REPORTED`.',
  })
  readonly reference!: string;

  @Field(() => PayoutFailure, { nullable: true, description: 'Why it failed; null or left out: it was paid.' })
  readonly failure?: string | null;

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@InputType({ description: 'Another payee, in the place of one who cannot be paid.' })
class NamePayeeInput extends PartyCommandInput {
  @Field(() => String, {
    description: 'The UUID under which the payout system, which alone keeps names and accounts, knows the new payee.',
  })
  readonly payeeId!: string;
}

@InputType({ description: 'Keeping funds back.' })
class EscrowPaymentInput extends RequestCommandInput {
  @Field(() => EscrowReason, { description: 'The coded reason.' })
  readonly reasonCode!: string;

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

@InputType({ description: 'Ending an escrow.' })
class ReleaseEscrowInput extends RequestCommandInput {
  @Field(() => EscrowReleaseReason, { description: 'The coded reason.' })
  readonly reasonCode!: string;

  @Field(() => String, { nullable: true, description: COMMENT })
  readonly comment?: string | null;
}

/** What follows an agreed statement. Payouts are made outside until a provider is connected; here is what became of them. */
@Resolver()
export class PayoutMutations {
  constructor(private readonly commands: RequestCommands) {}

  @Mutation(() => RequestResult, {
    description:
      'Support: reports the result of a payout. Paid completes the PAYMENT; a failure is tried again, asks for another payee or leads into escrow, by its code. Nobody reports one to whom it belongs.',
  })
  async reportPayout(@Arg('input', () => ReportPayoutInput) input: ReportPayoutInput, @AskedFor() asked: Asked): Result {
    const { reference, failure } = input;
    const event = failure == null ? { type: 'PAYOUT_SUCCEEDED' } : { type: 'PAYOUT_FAILED', code: failure };
    return this.commands.send(asked, 'reportPayout', { ...event, reference }, input);
  }

  @Mutation(() => RequestResult, {
    description:
      'Names another payee, as the broadcaster or the guardian, where a PAYMENT waits for one or is unclaimed. All payouts to the broadcaster, and the broadcaster, are locked for `identityLockDays` from now; then it is paid.',
  })
  async namePayee(@Arg('input', () => NamePayeeInput) input: NamePayeeInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'namePayee', { type: 'NAME_PAYEE', payeeId: input.payeeId }, input);
  }

  @Mutation(() => RequestResult, {
    description: 'Support: keeps the funds of a PAYMENT back whose payout is due, late, repeated, or waits for a payee.',
  })
  async escrowPayment(@Arg('input', () => EscrowPaymentInput) input: EscrowPaymentInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'escrowPayment', { type: 'ESCROW_PAYMENT', reasonCode: input.reasonCode }, input);
  }

  @Mutation(() => RequestResult, {
    description: 'Support: ends the escrow. The payout is due, unless a payee is still missing or locked.',
  })
  async releaseEscrow(@Arg('input', () => ReleaseEscrowInput) input: ReleaseEscrowInput, @AskedFor() asked: Asked): Result {
    return this.commands.send(asked, 'releaseEscrow', { type: 'RELEASE_ESCROW', reasonCode: input.reasonCode }, input);
  }
}
