import { registerEnumType } from 'type-graphql';
import { OFFERED_APPEAL_GROUNDS, OFFERED_GROUNDS, STATEMENT_OBJECTIONS } from '../../workflows/phases/index.js';
import { enumOf } from './command-inputs.js';

/** On what somebody may object, appeal or dispute: the workflows' own closed lists. */

export const DisputeGround = enumOf(OFFERED_GROUNDS);
export const AppealGround = enumOf(OFFERED_APPEAL_GROUNDS);
export const StatementObjection = enumOf(STATEMENT_OBJECTIONS);

const REFUSED = 'NO_ANSWER, QUOTA, POPULARITY and DISPUTED_FEE are known by name and are no grounds: `NOT_A_GROUND` says why.';

registerEnumType(DisputeGround, {
  name: 'DisputeGround',
  description: `On what somebody may object, a closed list. ${REFUSED}`,
});
registerEnumType(AppealGround, {
  name: 'AppealGround',
  description: `What an appeal against a decision can be based on. ${REFUSED}`,
});
registerEnumType(StatementObjection, { name: 'StatementObjection', description: 'What is wrong with a statement.' });
