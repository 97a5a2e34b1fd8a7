import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { ViewerContext } from '../identity/viewer-context.js';
import { AskedFor, type Asked } from './asked.js';
import { aboutMembership, initiator, NOWHERE, RequestResult, type Result } from './command-inputs.js';
import type { CommandOptions, RequestCommands } from './commands.js';
import { ROUTES } from './leave-enums.js';
import { NewTermsInput, ProposeLeaveDateInput, RequestLeaveInput, WishNoticeInput } from './leave.inputs.js';
import type { Party } from './request-enums.js';
import { termsOf } from './terms.input.js';

const present = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null));

interface AboutMembership extends CommandOptions {
  readonly membershipId?: string | null;
  readonly actingAs?: Party | null;
}

@Resolver()
export class LeaveMutations {
  constructor(private readonly commands: RequestCommands) {}

  @Mutation(() => RequestResult, {
    description:
      'Asks to leave a guild by one of the routes. Who may not leave this way gets a request in `REJECTED` with every reason.',
  })
  async requestLeave(@Arg('input', () => RequestLeaveInput) input: RequestLeaveInput, @Ctx() context: ViewerContext): Result {
    const { primaryReason, secondaryReason, acceptsExitFee, becomesNotice, cause, evidence } = input;
    const leaveAt = input.leaveAt?.toISOString();
    const said = present({ primaryReason, secondaryReason, leaveAt, acceptsExitFee, becomesNotice, cause });
    return this.open(context, 'requestLeave', ROUTES[input.route], said, input, evidence);
  }

  @Mutation(() => RequestResult, {
    description: 'Proposes other terms for a membership. Both sides sign them; while they do not, the old terms stand.',
  })
  async requestAmendment(@Arg('input', () => NewTermsInput) input: NewTermsInput, @Ctx() context: ViewerContext): Result {
    return this.open(context, 'requestAmendment', 'AMEND', { terms: termsOf(input.terms) }, input);
  }

  @Mutation(() => RequestResult, {
    description: 'Proposes another term, which begins when the running one ends. Both sides sign it.',
  })
  async requestRenewal(@Arg('input', () => NewTermsInput) input: NewTermsInput, @Ctx() context: ViewerContext): Result {
    return this.open(context, 'requestRenewal', 'RENEW', { terms: termsOf(input.terms) }, input);
  }

  @Mutation(() => RequestResult, { description: 'Proposes another end of the membership: a new version of the agreement.' })
  async proposeLeaveDate(
    @Arg('input', () => ProposeLeaveDateInput) input: ProposeLeaveDateInput,
    @AskedFor() asked: Asked,
  ): Result {
    const terms = present({ leaveAt: input.leaveAt?.toISOString() });
    return this.commands.send(asked, 'proposeLeaveDate', { type: 'PROPOSE_TERMS', terms }, input);
  }

  @Mutation(() => RequestResult, {
    description: 'The broadcaster says what is to happen when the guild stays silent on a proposal to leave by agreement.',
  })
  async wishNotice(@Arg('input', () => WishNoticeInput) input: WishNoticeInput, @AskedFor() asked: Asked): Result {
    const { becomesNotice, acceptsExitFee } = input;
    const event = { type: 'WISH_NOTICE', becomesNotice, acceptsExitFee: acceptsExitFee ?? false };
    return this.commands.send(asked, 'wishNotice', event, input);
  }

  private async open(
    context: ViewerContext,
    operation: string,
    kind: string,
    said: object,
    input: AboutMembership,
    words?: string | null,
  ): Result {
    const { viewer } = await context.viewer();
    const own = viewer.broadcasterId === null ? {} : { broadcasterId: viewer.broadcasterId };
    const { membershipId } = input;
    const about = membershipId == null ? { broadcasterId: NOWHERE, ...own } : aboutMembership({ membershipId });
    return this.commands.start(context, operation, kind, { ...about, ...initiator(input), said }, input, words);
  }
}
