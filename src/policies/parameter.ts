import { z } from 'zod';

/** What a value counts; also the end of the parameter's name. */
export const PARAMETER_UNITS = ['YEARS', 'MONTHS', 'DAYS', 'HOURS', 'PERCENT', 'MINOR_UNITS', 'COUNT', 'NONE'] as const;
export type ParameterUnit = (typeof PARAMETER_UNITS)[number];

/** `RULE`: a real rule, named under the sources of the domain's table (★ there). `DEFAULT`: chosen by us. */
export type ParameterSource = 'RULE' | 'DEFAULT';

/** Which direction helps a broadcaster. For a switch, `HIGHER` means on. */
export type BetterForBroadcaster = 'LOWER' | 'HIGHER' | 'NEITHER';

/** Regions that the domain's table has a column for; every other one takes `rest`. */
export const DEFAULT_REGIONS = ['CN', 'EU', 'JP', 'US', 'rest'] as const;
export type DefaultRegion = (typeof DEFAULT_REGIONS)[number];

/** A value for `rest` and for the regions that differ from it. */
export type RegionalDefaults<Value> = { readonly rest: Value } & Readonly<Partial<Record<DefaultRegion, Value>>>;

/** The column of the domain's table that holds for a region; null is a policy for everywhere. */
export const columnOf = (regionCode: string | null): DefaultRegion => {
  if (regionCode === 'GB' || regionCode === 'UK') return 'EU';
  return DEFAULT_REGIONS.find((region) => region === regionCode) ?? 'rest';
};

interface About<Value> {
  readonly defaults: RegionalDefaults<Value>;
  readonly source: ParameterSource;
  readonly betterForBroadcaster: BetterForBroadcaster;
  /** One sentence for people. */
  readonly description: string;
}

export interface IntegerParameter extends About<number> {
  readonly type: 'INTEGER';
  readonly unit: ParameterUnit;
  readonly min: number;
  readonly max: number;
  /** 0 stands for no limit at all, and so for more than any other value. */
  readonly zeroMeansNone: boolean;
}

export interface BooleanParameter extends About<boolean> {
  readonly type: 'BOOLEAN';
  readonly unit: 'NONE';
}

export interface EnumParameter<Option extends string = string> extends About<Option> {
  readonly type: 'ENUM';
  readonly unit: 'NONE';
  readonly options: readonly Option[];
}

export type ParameterDefinition = IntegerParameter | BooleanParameter | EnumParameter;

export type ValueOf<Definition extends ParameterDefinition> =
  Definition extends EnumParameter<infer Option> ? Option : Definition extends BooleanParameter ? boolean : number;

type Rest = readonly [BetterForBroadcaster, ParameterSource, string];

/** `integer('DAYS', [0, 365], { rest: 7 }, 'HIGHER', 'RULE', 'What it is.')` */
export const integer = (
  unit: ParameterUnit,
  [min, max]: readonly [number, number],
  defaults: RegionalDefaults<number>,
  ...[betterForBroadcaster, source, description]: Rest
): IntegerParameter => ({
  type: 'INTEGER',
  unit,
  min,
  max,
  defaults,
  betterForBroadcaster,
  source,
  description,
  zeroMeansNone: false,
});

export const flag = (
  defaults: RegionalDefaults<boolean>,
  ...[betterForBroadcaster, source, description]: Rest
): BooleanParameter => ({ type: 'BOOLEAN', unit: 'NONE', defaults, betterForBroadcaster, source, description });

export const option = <const Option extends string>(
  options: readonly Option[],
  defaults: RegionalDefaults<NoInfer<Option>>,
  ...[betterForBroadcaster, source, description]: Rest
): EnumParameter<Option> => ({ type: 'ENUM', unit: 'NONE', options, defaults, betterForBroadcaster, source, description });

/** Bounds and type of one parameter. */
export const schemaOf = (definition: ParameterDefinition): z.ZodType<number | boolean | string> => {
  switch (definition.type) {
    case 'INTEGER':
      return z.int().min(definition.min).max(definition.max);
    case 'BOOLEAN':
      return z.boolean();
    case 'ENUM':
      return z.enum(definition.options as [string, ...string[]]);
  }
};
