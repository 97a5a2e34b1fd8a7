import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import type { Principals } from '../identity/principals.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { decodeGlobalId, Refusal } from '../schema/index.js';
import {
  AuthenticatorEnrolmentType,
  AuthenticatorResult,
  AuthenticatorType,
  ConfirmAuthenticatorInput,
  EnrolAuthenticatorInput,
  EnrolmentResult,
  toAuthenticator,
  toEnrolment,
} from './authenticator.type.js';
import type { AuthenticatorRow, Authenticators } from './authenticators.js';
import { isRefused, type Refused } from './refused.js';

const NOTHING = '00000000-0000-0000-0000-000000000000';
const answer = (row: AuthenticatorRow | Refused): AuthenticatorType | Refusal =>
  isRefused(row) ? new Refusal(row) : toAuthenticator(row);

@Resolver()
export class AuthenticatorResolver {
  constructor(
    private readonly authenticators: Authenticators,
    private readonly principals: Principals,
  ) {}

  @Query(() => [AuthenticatorType], {
    name: 'authenticators',
    description: 'What the viewer signs with; nobody else’s, at most twenty.',
  })
  async list(@Ctx() context: ViewerContext): Promise<AuthenticatorType[]> {
    return (await this.authenticators.list(await this.viewer(context))).map(toAuthenticator);
  }

  @Mutation(() => EnrolmentResult, {
    description:
      'Begins to enrol something to sign with. What the answer holds is shown once, and has to be used within ten minutes.',
  })
  async enrolAuthenticator(
    @Arg('input', () => EnrolAuthenticatorInput) { kind, label, publicKey }: EnrolAuthenticatorInput,
    @Ctx() context: ViewerContext,
  ): Promise<AuthenticatorEnrolmentType | Refusal> {
    const begun = await this.authenticators.enrol(await this.viewer(context), kind, label, publicKey ?? null);
    return isRefused(begun) ? new Refusal(begun) : toEnrolment(begun);
  }

  @Mutation(() => AuthenticatorResult, { description: 'Finishes an enrolment, by using the new authenticator once.' })
  async confirmAuthenticator(
    @Arg('input', () => ConfirmAuthenticatorInput) { authenticatorId, ...by }: ConfirmAuthenticatorInput,
    @Ctx() context: ViewerContext,
  ): Promise<AuthenticatorType | Refusal> {
    const id = decodeGlobalId('Authenticator', authenticatorId) ?? NOTHING;
    return answer(await this.authenticators.confirm(await this.viewer(context), id, by));
  }

  @Mutation(() => AuthenticatorResult, {
    description: 'Removes an authenticator of the viewer’s. What was signed with it stays signed.',
  })
  async removeAuthenticator(
    @Arg('id', () => ID, { description: 'Id of the authenticator.' }) id: string,
    @Ctx() context: ViewerContext,
  ): Promise<AuthenticatorType | Refusal> {
    return answer(await this.authenticators.remove(await this.viewer(context), decodeGlobalId('Authenticator', id) ?? NOTHING));
  }

  /** Not from a cache of the engine's kind: who signs with what is asked of an account that may have been disabled since. */
  private async viewer(context: ViewerContext): Promise<string> {
    await context.viewer();
    return this.principals.idOf(context.identity);
  }
}
