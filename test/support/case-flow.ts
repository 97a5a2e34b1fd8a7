import { decodeGlobalId, encodeGlobalId } from '../../src/schema/index.js';
import type { TestApi } from './api.js';
import { requestFields, type Answer, type RefusalAnswer, type RequestAnswer } from './join-flow.js';

/** Input types of the mutations about what has gone wrong between people: causes, expulsions, disputes and their correction. */
const inputTypes = {
  requestLeaveForCause: 'LeaveForCauseInput',
  addEvidence: 'AddEvidenceInput',
  answerCause: 'AnswerCauseInput',
  confirmCure: 'ConfirmCureInput',
  rejectCure: 'RejectCureInput',
  ruleCause: 'RuleCauseInput',
  appealRuling: 'AppealRulingInput',
  expelMember: 'ExpelMemberInput',
  appealExpulsion: 'AppealExpulsionInput',
  fileDispute: 'FileDisputeInput',
  answerDispute: 'AnswerDisputeInput',
  decideDispute: 'DecideDisputeInput',
  appealDispute: 'AppealDisputeInput',
  objectToStatement: 'ObjectToStatementInput',
  reportPayout: 'ReportPayoutInput',
  namePayee: 'NamePayeeInput',
  escrowPayment: 'EscrowPaymentInput',
  releaseEscrow: 'ReleaseEscrowInput',
  petitionToReopen: 'PetitionInput',
  decidePetition: 'DecidePetitionInput',
  proposeReversal: 'ProposeReversalInput',
  approveReversal: 'JudgeReversalInput',
  rejectReversal: 'JudgeReversalInput',
  releaseMember: 'ReleaseMemberInput',
  withdrawRequest: 'TakeBackInput',
  voidRequest: 'VoidRequestInput',
  openRequest: 'OpenRequestInput',
  sendRequestEvent: 'SendRequestEventInput',
} as const;
export type CaseMutation = keyof typeof inputTypes;

const text = (name: CaseMutation): string => `mutation ($input: ${inputTypes[name]}!) { ${name}(input: $input) {
  ... on Request { ${requestFields} } ... on Refusal { __typename code message reasons { code message field until } currentState currentVersion } } }`;

export class CaseFlow {
  constructor(readonly api: TestApi) {}

  async send(subject: string, name: CaseMutation, input: object): Promise<Answer> {
    return (await this.api.gql<Record<string, Answer>>(subject, text(name), { input }))[name]!;
  }

  async do(subject: string, name: CaseMutation, input: object): Promise<RequestAnswer> {
    const answer = await this.send(subject, name, input);
    if (answer.__typename !== 'Request') throw new Error(`${name} was refused: ${JSON.stringify(answer)}`);
    return answer;
  }

  async refused(subject: string, name: CaseMutation, input: object): Promise<RefusalAnswer> {
    const answer = await this.send(subject, name, input);
    if (answer.__typename !== 'Refusal') throw new Error(`${name} was carried out: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Codes of why it is refused. */
  async reasons(subject: string, name: CaseMutation, input: object): Promise<string[]> {
    return (await this.refused(subject, name, input)).reasons.map(({ code }) => code);
  }

  async see(subject: string, id: string): Promise<RequestAnswer> {
    const query = `query ($id: ID!) { request(id: $id) { ${requestFields} } }`;
    return (await this.api.gql<{ request: RequestAnswer }>(subject, query, { id })).request;
  }

  async state(id: string): Promise<string> {
    return (await this.see('sam', id)).state;
  }

  /** The newest request of a kind that is about this one. */
  async about(parentId: string, kind: string): Promise<string> {
    const { rows } = await this.api.world.owner.query<{ id: string }>(
      'select id from guildhall.request where parent_id = $1 and kind = $2 order by id desc limit 1',
      [decodeGlobalId('Request', parentId), kind],
    );
    if (!rows[0]) throw new Error(`There is no ${kind} about ${parentId}.`);
    return encodeGlobalId('Request', rows[0].id);
  }

  async contextOf(id: string): Promise<Record<string, unknown>> {
    const { rows } = await this.api.world.owner.query<{ snapshot: string }>(
      'select snapshot from guildhall.instance where id = $1',
      [decodeGlobalId('Request', id)],
    );
    return (JSON.parse(rows[0]!.snapshot) as { context: Record<string, unknown> }).context;
  }
}
