import type { Reason } from '../../workflows/kernel/index.js';
import type { ViewerTransaction } from '../database/index.js';
import { Refusal, decodeGlobalId, refuse } from '../schema/index.js';
import { defaultParameters, parameterViolations, readParameters, type PolicyParameters } from './parameters.js';
import type { LockedVersion } from './policy-sql.js';
import { defaultRules, type PolicyRules } from './rule-catalogue.js';
import { readRules, ruleViolations } from './rules.js';

/** What a draft is given; what is undefined stays as it is. */
export interface DraftChanges {
  readonly parameters: Partial<PolicyParameters>;
  readonly rules: Partial<PolicyRules>;
  readonly summary: string | undefined;
}

export interface NewDraft extends DraftChanges {
  readonly name: string | undefined;
  /** Null: for everywhere; undefined: of the version that it begins with. */
  readonly region: string | null | undefined;
  /** Global id. */
  readonly basedOnId: string | undefined;
  readonly idempotencyKey: string | undefined;
}

const MAX_REMARK = 2_000;
const NAME = /^[a-z][a-z0-9-]{0,59}$/;

export interface Base {
  readonly id: string | null;
  readonly name: string;
  readonly region: string | null;
  readonly parameters: PolicyParameters;
  readonly rules: PolicyRules;
  readonly objections: readonly Reason[];
}

/** What a draft begins with: another version, or the defaults of its region. */
export async function baseOf(tx: ViewerTransaction, draft: NewDraft): Promise<Base | Refusal> {
  const uuid = draft.basedOnId === undefined ? undefined : decodeGlobalId('PolicyVersion', draft.basedOnId);
  const [base] = await tx.query<Pick<LockedVersion, 'id' | 'name' | 'region_code' | 'parameters' | 'rules'>>(
    'select id, name, region_code, parameters, rules from guildhall.policy_version where id = $1',
    [uuid ?? null],
  );
  if (draft.basedOnId !== undefined && !base) return refuse('NOT_FOUND', 'There is no such policy version.', 'basedOnId');
  const name = draft.name ?? base?.name ?? 'standard';
  const region = draft.region === undefined ? (base?.region_code ?? null) : draft.region;
  const objections: Reason[] = [];
  if (!NAME.test(name)) {
    const message = 'A name begins with a lower-case letter and has at most 60 lower-case letters, digits and hyphens.';
    objections.push({ code: 'INVALID_INPUT', message, field: 'name' });
  }
  const isRegion = async (code: string) =>
    !code.includes('\0') && (await tx.query('select from guildhall.region where code = $1', [code])).length > 0;
  if (region !== null && !(await isRegion(region))) {
    objections.push({ code: 'INVALID_INPUT', message: 'There is no such region.', field: 'region' });
  }
  const origin = base?.region_code ?? region;
  return {
    id: base?.id ?? null,
    name,
    region,
    parameters: base ? readParameters(origin, base.parameters) : defaultParameters(origin),
    rules: base ? readRules(origin, base.rules) : defaultRules(origin),
    objections,
  };
}

export const violations = (parameters: PolicyParameters, rules: PolicyRules, summary: string | undefined): Reason[] => [
  ...parameterViolations(parameters),
  ...ruleViolations(rules),
  ...textViolations('summary', summary),
];

/** A draft may be older than the newest bounds and rules for drafts. */
export const storedViolations = ({ region_code: region, parameters, rules }: LockedVersion): Reason[] =>
  violations({ ...defaultParameters(region), ...(parameters as object) }, readRules(region, rules), undefined);

/** Undefined is no text at all; an empty one says nothing, where something has to be said. */
export function textViolations(field: string, text: string | undefined): Reason[] {
  if (text === undefined) return [];
  if (text.trim() === '') return [{ code: 'INVALID_INPUT', message: 'Say something here.', field }];
  if (text.length > MAX_REMARK) return [{ code: 'INVALID_INPUT', message: `At most ${String(MAX_REMARK)} characters.`, field }];
  // The one character of Unicode that PostgreSQL's text cannot hold.
  return text.includes('\0') ? [{ code: 'INVALID_INPUT', message: 'No NUL character.', field }] : [];
}

/** Several objections have no code in common; a single one speaks for itself. */
export const invalid = (reasons: readonly Reason[]): Refusal =>
  new Refusal({ code: reasons.length === 1 ? reasons[0]!.code : 'INVALID_POLICY', reasons });
