import { Environment, type ASTNode } from '@marcbachmann/cel-js';
import { limits } from './limits.js';
import { celTypeOf, type MoneyValue, type VariableType, type VariableValues } from './variable.js';

/** Conditions of clauses: CEL over `v.<variable>`, without anything that loops, so that one takes time in proportion to its length. */

const celLimits = { maxAstNodes: 100, maxDepth: 12, maxListElements: 30, maxMapEntries: 1, maxCallArguments: 2 };
const OPERATORS: ReadonlySet<string> = new Set('value id . list in == != < <= > >= + - * !_ -_ && || ?:'.split(' '));
const FUNCTION = 'has';

export interface ConditionProblem {
  readonly code:
    | 'CONDITION_TOO_LONG'
    | 'CONDITION_SYNTAX'
    | 'CONDITION_TYPE'
    | 'CONDITION_NOT_BOOLEAN'
    | 'CONDITION_NOT_ALLOWED'
    | 'UNKNOWN_VARIABLE';
  readonly message: string;
  readonly offset: number;
}

/** Where a condition reads a variable, and which are sure to be there when it gets to that place. */
export interface Reading {
  readonly name: string;
  readonly offset: number;
  readonly known: ReadonlySet<string>;
}

export interface Condition {
  readonly problems: readonly ConditionProblem[];
  readonly readings: readonly Reading[];
  /** Variables that are sure to be there whenever the condition holds. */
  readonly guarantees: ReadonlySet<string>;
  /** Texts that are compared with a variable. */
  readonly options: readonly { readonly name: string; readonly option: string; readonly offset: number }[];
  /** @throws where it cannot be worked out, e.g. for a number beyond 64 bits */
  readonly holds: (values: VariableValues) => boolean;
}

type Types = Readonly<Record<string, VariableType>>;

const ALWAYS: Condition = { problems: [], readings: [], guarantees: new Set(), options: [], holds: () => true };
const parsed = new Map<string, Condition>();

/** A condition, checked and ready. Parsed once a text. */
export function readCondition(text: string | null, types: Types): Condition {
  if (text === null) return ALWAYS;
  const key = `${text}\n${JSON.stringify(types)}`;
  const known = parsed.get(key);
  if (known) return known;
  if (parsed.size >= 1_000) parsed.clear();
  const condition = parse(text, types);
  parsed.set(key, condition);
  return condition;
}

const failed = (...problems: ConditionProblem[]): Condition => ({ ...ALWAYS, problems, holds: () => false });

function parse(text: string, types: Types): Condition {
  if (text.length > limits.conditionCharacters) {
    const message = `A condition has at most ${String(limits.conditionCharacters)} characters.`;
    return failed({ code: 'CONDITION_TOO_LONG', message, offset: limits.conditionCharacters });
  }
  const environment = new Environment({ unlistedVariablesAreDyn: false, limits: celLimits });
  const schema = Object.fromEntries(Object.entries(types).map(([name, type]) => [name, celTypeOf(type)]));
  environment.registerVariable({ name: 'v', schema });
  const { valid, type, error } = environment.check(text);
  if (!valid) {
    const code = error?.name === 'ParseError' ? 'CONDITION_SYNTAX' : 'CONDITION_TYPE';
    return failed({ code, message: `${error?.summary ?? 'This is no condition'}.`, offset: error?.range?.start ?? 0 });
  }
  const program = environment.parse(text);
  const foreign = notAllowedIn(program.ast);
  if (foreign) {
    const { op, args, start } = foreign;
    const what = op === 'call' || op === 'rcall' ? args[0] : op === 'id' ? args : op;
    return failed({
      code: 'CONDITION_NOT_ALLOWED',
      message: `\`${what}\` may not be used like this in a condition.`,
      offset: start,
    });
  }
  if (type !== 'bool') {
    const message = `A condition says true or false; this one is of the type ${String(type)}.`;
    return failed({ code: 'CONDITION_NOT_BOOLEAN', message, offset: 0 });
  }
  // `has(v.anything)` passes the type check.
  const unknown = [...variablesIn(program.ast)].find(({ name }) => !Object.hasOwn(types, name));
  if (unknown) {
    return failed({ code: 'UNKNOWN_VARIABLE', message: `There is no variable \`${unknown.name}\`.`, offset: unknown.offset });
  }
  const readings: Reading[] = [];
  collect(program.ast, new Set(), readings);
  return {
    problems: [],
    readings,
    guarantees: whenIt(true, program.ast),
    options: [...comparisonsIn(program.ast)],
    holds: (values) => {
      const answer: unknown = program({ v: celValues(values) });
      if (typeof answer !== 'boolean') throw new Error('A condition says neither true nor false.');
      return answer;
    },
  };
}

/** CEL tells an `int` from a `double` by its being a BigInt. */
const celValues = (values: VariableValues): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (typeof value === 'object') return [name, BigInt((value satisfies MoneyValue).amountMinor)];
      return [name, typeof value === 'number' ? BigInt(value) : value];
    }),
  );

const isNode = (value: unknown): value is ASTNode => typeof value === 'object' && value !== null && 'op' in value;
const partsOf = ({ args }: ASTNode): ASTNode[] =>
  (Array.isArray(args) ? (args as readonly unknown[]).flat() : [args]).filter(isNode);

/** `v.name` in an expression, if it is that. */
function variableOf(node: ASTNode): string | undefined {
  if (node.op !== '.') return undefined;
  const [of, name] = node.args as readonly [ASTNode, unknown];
  return of.op === 'id' && of.args === 'v' && typeof name === 'string' ? name : undefined;
}

/** `has(v.name)`, if it is that. */
function presenceOf(node: ASTNode): string | undefined {
  return node.op === 'call' && node.args[0] === FUNCTION ? variableOf(node.args[1][0]!) : undefined;
}

/** All variables as a whole, or a part of one, are nothing that a condition may ask for. */
function notAllowedIn(node: ASTNode): ASTNode | undefined {
  if (variableOf(node) !== undefined || presenceOf(node) !== undefined) return undefined;
  if (node.op === 'id' || node.op === '.' || !OPERATORS.has(node.op)) return node;
  for (const part of partsOf(node)) {
    const found = notAllowedIn(part);
    if (found) return found;
  }
  return undefined;
}

function* variablesIn(node: ASTNode): Generator<{ name: string; offset: number }> {
  const name = variableOf(node);
  if (name !== undefined) yield { name, offset: node.start };
  else for (const part of partsOf(node)) yield* variablesIn(part);
}

function* comparisonsIn(node: ASTNode): Generator<{ name: string; option: string; offset: number }> {
  const parts = partsOf(node);
  if (['==', '!=', 'in'].includes(node.op)) {
    const name = parts.map(variableOf).find((found) => found !== undefined);
    const options = parts.flatMap((part) => (part.op === 'list' ? partsOf(part) : [part]));
    for (const { op, args, start } of options)
      if (name !== undefined && op === 'value' && typeof args === 'string') yield { name, option: args, offset: start };
  }
  for (const part of parts) yield* comparisonsIn(part);
}

const NOTHING: ReadonlySet<string> = new Set();
const both = (a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> => new Set([...a, ...b]);
const common = (a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...a].filter((name) => b.has(name)));

/** Variables that are sure to be there when an expression says `outcome`. Says too few rather than one too many. */
function whenIt(outcome: boolean, node: ASTNode): ReadonlySet<string> {
  const present = presenceOf(node);
  if (present !== undefined) return outcome ? new Set([present]) : NOTHING;
  const [first, second, third] = partsOf(node);
  switch (node.op) {
    case '!_':
      return whenIt(!outcome, first!);
    case '&&':
    case '||': {
      const join = (node.op === '&&') === outcome ? both : common;
      return join(whenIt(outcome, first!), whenIt(outcome, second!));
    }
    case '?:':
      return common(both(whenIt(true, first!), whenIt(outcome, second!)), both(whenIt(false, first!), whenIt(outcome, third!)));
    default:
      return NOTHING;
  }
}

/** Every reading of a variable, with what is known to be there by then; an expression is worked out from left to right. */
function collect(node: ASTNode, known: ReadonlySet<string>, readings: Reading[]): void {
  if (presenceOf(node) !== undefined) return;
  const name = variableOf(node);
  if (name !== undefined) {
    readings.push({ name, offset: node.start, known });
    return;
  }
  const [first, second, third] = partsOf(node);
  if (node.op === '&&' || node.op === '||') {
    collect(first!, known, readings);
    collect(second!, both(known, whenIt(node.op === '&&', first!)), readings);
  } else if (node.op === '?:') {
    collect(first!, known, readings);
    collect(second!, both(known, whenIt(true, first!)), readings);
    collect(third!, both(known, whenIt(false, first!)), readings);
  } else for (const part of partsOf(node)) collect(part, known, readings);
}
