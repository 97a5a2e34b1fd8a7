import type { AgreementDocument } from '../agreements/document.js';
import type { Assembly } from './content.js';
import { fill, FillError } from './fill.js';
import type { Place } from './format-value.js';
import { valuesFor } from './generated-values.js';
import { limits } from './limits.js';
import { problem, type TemplateProblem } from './problem.js';
import { isValueOf, type Variable, type VariableValues } from './variable.js';

export interface Preview {
  readonly values: VariableValues;
  readonly document: AgreementDocument | null;
  readonly problems: readonly TemplateProblem[];
}

/** A template filled with what is given, and with samples for the rest; a given null stands for what is absent. Pure. */
export function preview(
  assembly: Assembly,
  variables: Readonly<Record<string, Variable>>,
  given: Readonly<Record<string, unknown>>,
  where: Place,
): Preview {
  const values: VariableValues = Object.fromEntries(
    Object.entries(variables).flatMap(([name, variable]) => {
      const value = Object.hasOwn(given, name) ? given[name] : valuesFor(variable)[0];
      return value === null || !isValueOf(variable, value) ? [] : [[name, value]];
    }),
  );
  const problems = Object.entries(given).flatMap(([name, value]) => {
    const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
    const shown = name.slice(0, 40);
    if (!variable) return [problem({ part: 'VARIABLES' }, 'UNKNOWN_VARIABLE', `There is no variable \`${shown}\`.`)];
    if (value === null) return [];
    return isValueOf(variable, value)
      ? []
      : [problem({ part: 'VARIABLES' }, 'WRONG_TYPE', `The value of \`${shown}\` is not of the type ${variable.type}.`)];
  });
  if (problems.length > 0) return { values, document: null, problems: problems.slice(0, limits.problems) };
  try {
    return { values, document: fill(assembly, variables, values, where), problems: [] };
  } catch (error) {
    if (!(error instanceof FillError)) throw error;
    return { values, document: null, problems: [problem(error.place, 'NOT_FILLABLE', error.message)] };
  }
}
