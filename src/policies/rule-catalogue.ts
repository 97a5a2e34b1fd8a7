import type { PolicyParameters } from './parameters.js';
import { columnOf, type RegionalDefaults } from './parameter.js';

export type RuleVariableType = 'int' | 'double' | 'bool' | 'string';

interface RuleVariable {
  readonly type: RuleVariableType;
  readonly description: string;
}

interface RuleDefinition {
  /** One sentence: what it means when the rule says true. */
  readonly description: string;
  /** Beside these, each rule has `policy.<parameter>` for every parameter of its version. */
  readonly variables: Readonly<Record<string, Readonly<Record<string, RuleVariable>>>>;
  readonly defaults: RegionalDefaults<string>;
}

const int = (description: string) => ({ type: 'int', description }) as const;
const double = (description: string) => ({ type: 'double', description }) as const;
const string = (description: string) => ({ type: 'string', description }) as const;

/**
 * What a number alone cannot say. Adding a rule is an entry here: older versions take its default text. A variable that has been
 * published is never removed or given another type, because published texts use it.
 */
export const ruleCatalogue = {
  lowActivity: {
    description: 'True: the broadcaster is hardly active and may leave alone.',
    variables: {
      activity: {
        days: int('Days on which the broadcaster was live in the last month.'),
        hours: double('Hours live in the last month.'),
        incomeMinor: int("Income of the last month, in minor units of the region's currency."),
      },
    },
    defaults: {
      rest: 'activity.days < policy.lowActivityDays && activity.hours < double(policy.lowActivityHours) && activity.incomeMinor < policy.lowActivityIncomeMinor',
    },
  },
  inactiveGuild: {
    description: 'True: the guild has ceased to work, and the platform releases its members.',
    variables: {
      guild: {
        broadcasters: int('Members now.'),
        activeBroadcasters: int('Members who were live in the last 30 days.'),
        inactiveDays: int('Days since it last had enough active broadcasters.'),
        ownerSilentDays: int('Days since its owner last acted.'),
      },
    },
    defaults: {
      rest: '(guild.activeBroadcasters < policy.inactiveGuildMinBroadcasters && guild.inactiveDays >= policy.inactiveGuildDays) || guild.ownerSilentDays >= policy.inactiveOwnerDays',
    },
  },
  causeCurable: {
    description: 'True: the guild gets the time to cure before the platform rules on a cause to leave.',
    variables: {
      cause: {
        code: string('Code of the cause, e.g. `UNPAID` or `HARASSMENT`.'),
        occurrences: int('How often it has been established against this guild by this broadcaster before.'),
      },
    },
    defaults: { rest: '!(cause.code in ["HARASSMENT", "DECEIT"]) && cause.occurrences < 2' },
  },
} as const satisfies Record<string, RuleDefinition>;

export type RuleName = keyof typeof ruleCatalogue;
export type PolicyRules = Readonly<Record<RuleName, string>>;

interface TypeOf {
  readonly int: number;
  readonly double: number;
  readonly bool: boolean;
  readonly string: string;
}

type Groups<Name extends RuleName> = (typeof ruleCatalogue)[Name]['variables'];

/** What a rule is asked with; an `int` is a whole number here and becomes a BigInt inside. */
export type RuleVariables<Name extends RuleName> = {
  readonly [Group in keyof Groups<Name>]: {
    readonly [Key in keyof Groups<Name>[Group]]: Groups<Name>[Group][Key] extends {
      readonly type: infer Type extends RuleVariableType;
    }
      ? TypeOf[Type]
      : never;
  };
} & { readonly policy: PolicyParameters };

/** The catalogue with the narrow types of its entries forgotten: for what goes over all of them. */
export const ruleDefinitions = Object.entries(ruleCatalogue) as readonly (readonly [RuleName, RuleDefinition])[];

export function defaultRules(regionCode: string | null): PolicyRules {
  return Object.fromEntries(
    ruleDefinitions.map(([name, { defaults }]) => [name, defaults[columnOf(regionCode)] ?? defaults.rest]),
  ) as unknown as PolicyRules;
}
