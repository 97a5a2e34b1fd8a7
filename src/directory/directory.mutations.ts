import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { ViewerContext } from '../identity/viewer-context.js';
import type { Refusal } from '../schema/index.js';
import { reportActivity } from './activity.actions.js';
import {
  attestAge,
  banBroadcaster,
  recordIdentityChange,
  registerBroadcaster,
  unbanBroadcaster,
  verifyIdentity,
} from './broadcaster.actions.js';
import { completeErasure, requestErasure } from './erasure.actions.js';
import { assignGuardian, revokeGuardianship } from './guardian.actions.js';
import { closeGuild, registerGuild, reinstateGuild, setGuildCap, suspendGuild } from './guild.actions.js';
import { cancelMerger, mergeGuilds } from './merger.actions.js';
import { disablePrincipal, enablePrincipal, registerPrincipal } from './principal.actions.js';
import { appointStaff, dismissStaff } from './staff.actions.js';
import type { DirectoryCommands } from './commands.js';
import {
  AssignGuardianInput,
  AttestAgeInput,
  BroadcasterInput,
  GuildInput,
  MergeGuildsInput,
  PrincipalInput,
  RecordIdentityChangeInput,
  RegisterBroadcasterInput,
  RegisterGuildInput,
  RegisterPrincipalInput,
  ReportActivityInput,
  SetGuildCapInput,
  StaffInput,
} from './directory.inputs.js';
import { DirectoryResult, type DirectoryChangeType } from './directory.type.js';

type Result = Promise<DirectoryChangeType | Refusal>;

/** Each hands its action to the directory's door; who may do what, and what follows, is said there. */
@Resolver()
export class DirectoryMutations {
  constructor(private readonly commands: DirectoryCommands) {}

  @Mutation(() => DirectoryResult, { description: 'Makes somebody known who has tokens of an accepted issuer. Support.' })
  async registerPrincipal(
    @Arg('input', () => RegisterPrincipalInput) input: RegisterPrincipalInput,
    @Ctx() context: ViewerContext,
  ): Result {
    return this.commands.run(context, registerPrincipal, input);
  }

  @Mutation(() => DirectoryResult, {
    description: 'Shuts an account: it opens nothing any more, from the next command on. Support.',
  })
  async disablePrincipal(@Arg('input', () => PrincipalInput) input: PrincipalInput, @Ctx() context: ViewerContext): Result {
    return this.commands.run(context, disablePrincipal, input);
  }

  @Mutation(() => DirectoryResult, { description: 'Opens a shut account again. Support.' })
  async enablePrincipal(@Arg('input', () => PrincipalInput) input: PrincipalInput, @Ctx() context: ViewerContext): Result {
    return this.commands.run(context, enablePrincipal, input);
  }

  @Mutation(() => DirectoryResult, { description: 'Enters a guild, with its owner if there is one. Support.' })
  async registerGuild(@Arg('input', () => RegisterGuildInput) input: RegisterGuildInput, @Ctx() context: ViewerContext): Result {
    return this.commands.run(context, registerGuild, input);
  }

  @Mutation(() => DirectoryResult, { description: 'Sets how many members a guild may have. Support.' })
  async setGuildCap(@Arg('input', () => SetGuildCapInput) input: SetGuildCapInput, @Ctx() context: ViewerContext): Result {
    return this.commands.run(context, setGuildCap, input);
  }

  @Mutation(() => DirectoryResult, {
    description: 'Suspends a guild: it takes no members, and open requests to come in are voided. Exits go on. Support.',
  })
  async suspendGuild(@Arg('input', () => GuildInput) input: GuildInput, @Ctx() context: ViewerContext): Result {
    return this.commands.run(context, suspendGuild, input);
  }

  @Mutation(() => DirectoryResult, { description: 'Ends the suspension of a guild. What was voided stays so. Support.' })
  async reinstateGuild(@Arg('input', () => GuildInput) input: GuildInput, @Ctx() context: ViewerContext): Result {
    return this.commands.run(context, reinstateGuild, input);
  }

  @Mutation(() => DirectoryResult, { description: 'Ends a guild for good; open requests to come in are voided. Support.' })
  async closeGuild(@Arg('input', () => GuildInput) input: GuildInput, @Ctx() context: ViewerContext): Result {
    return this.commands.run(context, closeGuild, input);
  }

  @Mutation(() => DirectoryResult, {
    description:
      'Announces that a guild goes over into another: until then its members leave freely, and nobody comes in; then those who remain are moved. Support.',
  })
  async mergeGuilds(@Arg('input', () => MergeGuildsInput) input: MergeGuildsInput, @Ctx() context: ViewerContext): Result {
    return this.commands.run(context, mergeGuilds, input);
  }

  @Mutation(() => DirectoryResult, {
    description: 'Takes the announcement of a merger back, before its time has come. What was voided stays so. Support.',
  })
  async cancelMerger(@Arg('input', () => GuildInput) input: GuildInput, @Ctx() context: ViewerContext): Result {
    return this.commands.run(context, cancelMerger, input);
  }

  @Mutation(() => DirectoryResult, {
    description: 'Gives somebody a position in a guild. Support; a guild’s owner for its agents and finance.',
  })
  async appointStaff(@Arg('input', () => StaffInput) input: StaffInput, @Ctx() context: ViewerContext): Result {
    return this.commands.run(context, appointStaff, input);
  }

  @Mutation(() => DirectoryResult, {
    description: 'Takes a position away, from the next command on. Support; a guild’s owner, but not the last owner.',
  })
  async dismissStaff(@Arg('input', () => StaffInput) input: StaffInput, @Ctx() context: ViewerContext): Result {
    return this.commands.run(context, dismissStaff, input);
  }

  @Mutation(() => DirectoryResult, { description: 'Enters a broadcaster: oneself, or anybody by support.' })
  async registerBroadcaster(
    @Arg('input', () => RegisterBroadcasterInput) input: RegisterBroadcasterInput,
    @Ctx() context: ViewerContext,
  ): Result {
    return this.commands.run(context, registerBroadcaster, input);
  }

  @Mutation(() => DirectoryResult, { description: 'Records that the identity of a broadcaster was verified. Support.' })
  async verifyIdentity(@Arg('input', () => BroadcasterInput) input: BroadcasterInput, @Ctx() context: ViewerContext): Result {
    return this.commands.run(context, verifyIdentity, input);
  }

  @Mutation(() => DirectoryResult, { description: 'Records how old a broadcaster is. Support.' })
  async attestAge(@Arg('input', () => AttestAgeInput) input: AttestAgeInput, @Ctx() context: ViewerContext): Result {
    return this.commands.run(context, attestAge, input);
  }

  @Mutation(() => DirectoryResult, {
    description:
      'Records that the payee or the identity changed: the broadcaster is locked for `identityLockDays` of the policy, and so is every payout that is under way or waits for a payee. Support.',
  })
  async recordIdentityChange(
    @Arg('input', () => RecordIdentityChangeInput) input: RecordIdentityChangeInput,
    @Ctx() context: ViewerContext,
  ): Result {
    return this.commands.run(context, recordIdentityChange, input);
  }

  @Mutation(() => DirectoryResult, {
    description: 'Bans a broadcaster: open requests to join or transfer go on hold, exits go on. Support.',
  })
  async banBroadcaster(@Arg('input', () => BroadcasterInput) input: BroadcasterInput, @Ctx() context: ViewerContext): Result {
    return this.commands.run(context, banBroadcaster, input);
  }

  @Mutation(() => DirectoryResult, { description: 'Ends a ban: what it has held goes on. Support.' })
  async unbanBroadcaster(@Arg('input', () => BroadcasterInput) input: BroadcasterInput, @Ctx() context: ViewerContext): Result {
    return this.commands.run(context, unbanBroadcaster, input);
  }

  @Mutation(() => DirectoryResult, { description: 'Names the guardian of a minor: what waited for one goes on. Support.' })
  async assignGuardian(
    @Arg('input', () => AssignGuardianInput) input: AssignGuardianInput,
    @Ctx() context: ViewerContext,
  ): Result {
    return this.commands.run(context, assignGuardian, input);
  }

  @Mutation(() => DirectoryResult, {
    description:
      'Ends a guardianship: what needs the guardian goes on hold while the broadcaster is a minor. Support, or the guardian.',
  })
  async revokeGuardianship(@Arg('input', () => BroadcasterInput) input: BroadcasterInput, @Ctx() context: ViewerContext): Result {
    return this.commands.run(context, revokeGuardianship, input);
  }

  @Mutation(() => DirectoryResult, { description: 'Reports what broadcasters did, month by month; all lines or none. Support.' })
  async reportActivity(
    @Arg('input', () => ReportActivityInput) input: ReportActivityInput,
    @Ctx() context: ViewerContext,
  ): Result {
    return this.commands.run(context, reportActivity, input);
  }

  @Mutation(() => DirectoryResult, {
    description: 'Asks for the erasure of a broadcaster: nothing new is begun from now on. Support, or the broadcaster.',
  })
  async requestErasure(@Arg('input', () => BroadcasterInput) input: BroadcasterInput, @Ctx() context: ViewerContext): Result {
    return this.commands.run(context, requestErasure, input);
  }

  @Mutation(() => DirectoryResult, {
    description:
      'Erases a broadcaster who has asked for it and has no open request: names, birthday, account and own words are gone, the records stay verifiable. Support.',
  })
  async completeErasure(@Arg('input', () => BroadcasterInput) input: BroadcasterInput, @Ctx() context: ViewerContext): Result {
    return this.commands.run(context, completeErasure, input);
  }
}
