import { Environment, type ASTNode } from '@marcbachmann/cel-js';
import type { Reason } from '../../workflows/kernel/index.js';
import { parameterDefinitions } from './parameters.js';
import {
  defaultRules,
  ruleCatalogue,
  ruleDefinitions,
  type PolicyRules,
  type RuleName,
  type RuleVariables,
  type RuleVariableType,
} from './rule-catalogue.js';

export const MAX_RULE_CHARACTERS = 1_000;
/** Far above what a rule needs; the parser refuses what is beyond them before it has built it. */
const limits = { maxAstNodes: 300, maxDepth: 20, maxListElements: 50, maxMapEntries: 1, maxCallArguments: 2 };

/**
 * The part of CEL that a rule may use. Nothing in it loops or backtracks, so that a rule takes time in proportion to its length:
 * comprehensions (`[…].all(x, …)`) multiply when they are nested, and `matches` runs a regular expression.
 */
const OPERATORS: ReadonlySet<string> = new Set([
  'value',
  'id',
  '.',
  'list',
  'in',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  '/',
  '%',
  '!_',
  '-_',
  '&&',
  '||',
  '?:',
]);
const FUNCTIONS: ReadonlySet<string> = new Set(['int', 'double']);

/** What is wrong with a rule's text, and where: lines and columns count from 1, the offset from 0 in UTF-16 units. */
export interface RuleProblem {
  readonly code: 'RULE_TOO_LONG' | 'RULE_SYNTAX' | 'RULE_TYPE' | 'RULE_NOT_BOOLEAN' | 'RULE_NOT_ALLOWED' | 'RULE_FAILS';
  readonly message: string;
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

const celTypes = { INTEGER: 'int', BOOLEAN: 'bool', ENUM: 'string' } as const;
const policySchema: Readonly<Record<string, RuleVariableType>> = Object.fromEntries(
  parameterDefinitions.map(([name, { type }]) => [name, celTypes[type]]),
);

/** The types of a rule's variables, by group and name. */
const schemasOf = (name: RuleName): Readonly<Record<string, Readonly<Record<string, RuleVariableType>>>> => ({
  ...Object.fromEntries(
    Object.entries(ruleCatalogue[name].variables).map(([group, variables]) => [
      group,
      Object.fromEntries(
        Object.entries(variables as Record<string, { type: RuleVariableType }>).map(([key, { type }]) => [key, type]),
      ),
    ]),
  ),
  policy: policySchema,
});

const environments = new Map(
  ruleDefinitions.map(([name]) => {
    const environment = new Environment({ unlistedVariablesAreDyn: false, limits });
    for (const [group, schema] of Object.entries(schemasOf(name))) environment.registerVariable({ name: group, schema });
    return [name, environment];
  }),
);

/** Everything that speaks against a text as this rule; empty: it may be stored. Pure. */
export function ruleProblems(name: RuleName, text: string): RuleProblem[] {
  const at = (code: RuleProblem['code'], message: string, offset: number): RuleProblem => {
    const before = text.slice(0, offset).split('\n');
    return { code, message, offset, line: before.length, column: before.at(-1)!.length + 1 };
  };
  if (text.length > MAX_RULE_CHARACTERS) {
    return [at('RULE_TOO_LONG', `A rule has at most ${String(MAX_RULE_CHARACTERS)} characters.`, MAX_RULE_CHARACTERS)];
  }
  const environment = environments.get(name)!;
  const { valid, type, error } = environment.check(text);
  if (!valid) {
    const code = error?.name === 'ParseError' ? 'RULE_SYNTAX' : 'RULE_TYPE';
    return [at(code, `${error?.summary ?? 'This is no rule'}.`, error?.range?.start ?? 0)];
  }
  const rule = environment.parse(text);
  const foreign = notAllowedIn(rule.ast);
  if (foreign.length > 0) {
    return foreign.map(({ start, op, args }) =>
      at('RULE_NOT_ALLOWED', `\`${op === 'call' || op === 'rcall' ? args[0] : op}\` may not be used in a rule.`, start),
    );
  }
  if (type !== 'bool') return [at('RULE_NOT_BOOLEAN', `A rule says true or false; this one is of the type ${String(type)}.`, 0)];
  // A division by zero or an overflow only shows when it is run: with nothing and with a lot of everything.
  for (const amount of [0, 1_000_000]) {
    const failure = failureOf(rule, sample(name, amount));
    if (failure)
      return [at('RULE_FAILS', `${failure.summary}, when every number is ${String(amount)}.`, failure.range?.start ?? 0)];
  }
  return [];
}

/** The same as reasons of a refusal, for the rules of one version. */
export const ruleViolations = (rules: PolicyRules): Reason[] =>
  ruleDefinitions.flatMap(([name]) =>
    ruleProblems(name, rules[name]).map(({ code, message, line, column }) => ({
      code,
      message: `${message.replace(/\.$/, '')} (line ${String(line)}, column ${String(column)}).`,
      field: `rules.${name}`,
    })),
  );

/**
 * What a rule of a version says. Throws when it cannot be worked out, e.g. for a number beyond 64 bits: that is a fault of the rule's
 * text, which its check did not find.
 */
export function evaluateRule<Name extends RuleName>(rules: PolicyRules, name: Name, variables: RuleVariables<Name>): boolean {
  const answer: unknown = programOf(name, rules[name])(contextOf(name, variables));
  if (typeof answer !== 'boolean') throw new Error(`The rule ${name} says neither true nor false.`);
  return answer;
}

/** The rules of a stored version, complete: what it does not have yet is its region's default. */
export const readRules = (regionCode: string | null, stored: unknown): PolicyRules => ({
  ...defaultRules(regionCode),
  ...(stored as object),
});

type Program = (context: Record<string, unknown>) => unknown;
const programs = new Map<string, Program>();

/** Parsed once a text: there are as many as there are versions. */
function programOf(name: RuleName, text: string): Program {
  const key = `${name}\n${text}`;
  const known = programs.get(key);
  if (known) return known;
  const program: Program = environments.get(name)!.parse(text);
  if (programs.size >= 1_000) programs.clear();
  programs.set(key, program);
  return program;
}

/** CEL tells an `int` from a `double` by its being a BigInt. */
const contextOf = (name: RuleName, variables: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(schemasOf(name)).map(([group, schema]) => [
      group,
      Object.fromEntries(
        Object.entries(schema).map(([key, type]) => {
          const value = (variables[group] as Record<string, unknown>)[key];
          return [key, type === 'int' ? BigInt(value as number) : value];
        }),
      ),
    ]),
  );

function sample(name: RuleName, amount: number): Record<string, unknown> {
  const values: Readonly<Record<RuleVariableType, unknown>> = {
    int: BigInt(amount),
    double: amount,
    bool: amount > 0,
    string: '',
  };
  return Object.fromEntries(
    Object.entries(schemasOf(name)).map(([group, schema]) => [
      group,
      Object.fromEntries(Object.entries(schema).map(([key, type]) => [key, values[type]])),
    ]),
  );
}

type Failure = Pick<NonNullable<ReturnType<Environment['check']>['error']>, 'summary' | 'range'>;

function failureOf(rule: Program, context: Record<string, unknown>): Failure | undefined {
  try {
    rule(context);
    return undefined;
  } catch (error) {
    return error as Failure;
  }
}

const isNode = (value: unknown): value is ASTNode => typeof value === 'object' && value !== null && 'op' in value;

function notAllowedIn(node: ASTNode): ASTNode[] {
  const allowed = node.op === 'call' ? FUNCTIONS.has(node.args[0]) : OPERATORS.has(node.op);
  if (!allowed) return [node];
  const parts: readonly unknown[] = Array.isArray(node.args) ? node.args.flat() : [node.args];
  return parts.filter(isNode).flatMap(notAllowedIn);
}
