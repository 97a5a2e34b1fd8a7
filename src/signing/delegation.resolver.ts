import { Arg, Args, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import type { Principals } from '../identity/principals.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { decodeGlobalId, PageArgs, pageRequest, Refusal, toConnection, type Connection } from '../schema/index.js';
import {
  DelegateSigningInput,
  DelegationConnection,
  DelegationResult,
  SigningDelegationType,
  toDelegation,
} from './delegation.type.js';
import { delegationColumns, type DelegationRow, type SigningDelegations } from './delegations.js';
import { isRefused, type Refused } from './refused.js';

/** What an id of another type stands for: one of nothing. */
const NOTHING = '00000000-0000-0000-0000-000000000000';
const answer = (made: DelegationRow | Refused): SigningDelegationType | Refusal =>
  isRefused(made) ? new Refusal(made) : toDelegation(made);

@Resolver()
export class DelegationResolver {
  constructor(
    private readonly delegations: SigningDelegations,
    private readonly principals: Principals,
  ) {}

  @Mutation(() => DelegationResult, {
    description: 'Leaves signing to a colleague, as owner or agent of a guild. Nothing else of the guild’s becomes theirs to do.',
  })
  async delegateSigning(
    @Arg('input', () => DelegateSigningInput) input: DelegateSigningInput,
    @Ctx() context: ViewerContext,
  ): Promise<SigningDelegationType | Refusal> {
    const principalId = await this.principals.idOf(context.identity);
    return answer(
      await this.delegations.delegate(principalId, {
        guildId: decodeGlobalId('Guild', input.guildId) ?? NOTHING,
        delegateId: decodeGlobalId('Principal', input.delegateId) ?? NOTHING,
        requestId: input.requestId == null ? null : (decodeGlobalId('Request', input.requestId) ?? NOTHING),
        until: input.until ?? null,
      }),
    );
  }

  @Mutation(() => DelegationResult, {
    description:
      'Takes a delegation back, as who delegated, as an owner of the guild or as support. What was signed stays signed.',
  })
  async revokeSigningDelegation(
    @Arg('id', () => ID, { description: 'Id of the delegation.' }) id: string,
    @Ctx() context: ViewerContext,
  ): Promise<SigningDelegationType | Refusal> {
    const principalId = await this.principals.idOf(context.identity);
    return answer(await this.delegations.revoke(principalId, decodeGlobalId('SigningDelegation', id) ?? NOTHING));
  }

  @Query(() => DelegationConnection, {
    description: 'The delegations of a guild, the newest first; for its staff and the platform, others get an empty page.',
  })
  async signingDelegations(
    @Arg('guildId', () => ID, { description: 'Global id of the guild.' }) guildId: string,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ViewerContext,
  ): Promise<Connection<SigningDelegationType>> {
    const page = pageRequest(args, ['uuid']);
    const tx = await context.viewer();
    const rows = await tx.query<DelegationRow>(
      `select ${delegationColumns} from guildhall.signing_delegation
       where guild_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
      [decodeGlobalId('Guild', guildId) ?? NOTHING, page.after?.[0] ?? null, page.limit],
    );
    return toConnection(rows, page, (row) => [row.id], toDelegation);
  }
}
