import type { TestApi } from './api.js';
import { CaseFlow } from './case-flow.js';
import { DAY_MS, type RequestAnswer } from './join-flow.js';
import { LeaveFlow } from './leave-flow.js';
import { memberOf, type TestMember } from './membership.js';
import type { TestGuild } from './world.js';

let references = 0;

/** A payment up to its payout and from there on, as people drive it over HTTP. Under the EU's policy: 30, 10 and 10 days. */
export class PaymentFlow {
  readonly cases: CaseFlow;

  constructor(readonly api: TestApi) {
    this.cases = new CaseFlow(api);
  }

  /** A member who leaves at once, and the payment that follows. */
  async opened(
    guild: TestGuild,
    earlier?: TestMember['who'],
  ): Promise<{ readonly member: TestMember; readonly paymentId: string }> {
    const member = await memberOf(this.api, guild, earlier);
    const { id } = await new LeaveFlow(this.api).leave(member.who.subject, 'PROBATION');
    await this.api.pass(0);
    return { member, paymentId: await this.cases.about(id, 'PAYMENT') };
  }

  /** Both sides have agreed to the statement. */
  async agree(guild: TestGuild, { who }: TestMember, paymentId: string): Promise<void> {
    for (const subject of [who.subject, guild.finance])
      await this.cases.do(subject, 'sendRequestEvent', { requestId: paymentId, event: 'AGREE_STATEMENT' });
  }

  async due(guild: TestGuild): Promise<{ readonly member: TestMember; readonly paymentId: string }> {
    const opened = await this.opened(guild);
    await this.api.pass(32 * DAY_MS);
    await this.agree(guild, opened.member, opened.paymentId);
    return opened;
  }

  /** Under a reference of its own unless one is given. */
  report(requestId: string, failure?: string, reference = `test-${String((references += 1))}`): Promise<RequestAnswer> {
    return this.cases.do('sam', 'reportPayout', { requestId, reference, ...(failure !== undefined && { failure }) });
  }
}
