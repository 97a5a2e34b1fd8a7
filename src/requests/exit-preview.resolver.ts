import type { Pool } from 'pg';
import { Arg, Ctx, Field, FieldResolver, Int, ObjectType, Resolver, Root } from 'type-graphql';
import { outline } from '../../workflows/kernel/index.js';
import { registry } from '../../workflows/registry.js';
import type { Viewer } from '../database/index.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { DateTime, PublicError } from '../schema/index.js';
import { ExitOptionType, ExitWishesInput, wishesOf } from './exit-options.resolver.js';
import { exitPreview, previewsExits } from './exit-preview.js';
import { RequestType, type RequestRow } from './request.type.js';

@ObjectType('ExitPreview', {
  description: 'What leaving would come to later, were the terms signed now as they stand. Nothing is asked for by looking.',
  simpleResolvers: true,
})
export class ExitPreviewType {
  @Field(() => DateTime, { description: 'From when the terms would be in force, at the earliest.' })
  readonly startsAt!: string;

  @Field(() => DateTime, { description: 'When somebody would leave: what the options are judged by.' })
  readonly leavesAt!: string;

  @Field(() => DateTime, { nullable: true, description: 'When the agreed term would be over; null: none is agreed.' })
  readonly termEndsAt!: string | null;

  @Field(() => Boolean, { description: 'The membership would be over by itself by then, because its term is.' })
  readonly isOver!: boolean;

  @Field(() => [ExitOptionType], {
    description:
      'Every way out as it would be then, by what is known today: no activity has been reported for then, nobody has given cause.',
  })
  readonly options!: readonly ExitOptionType[];
}

/** By kind and version, the states in which terms are on the table. */
const negotiated = new Map<string, ReadonlySet<string>>();

function isNegotiated({ kind, machine_version: version, state }: RequestRow): boolean {
  const key = `${kind} ${String(version)}`;
  const known = negotiated.get(key);
  if (known) return known.has(state);
  const definition = registry.find((each) => each.kind === kind && each.version === version);
  const states = definition ? outline(definition).states : [];
  const found = new Set(states.filter(({ phase }) => phase === 'drafting' || phase === 'signing').map(({ name }) => name));
  negotiated.set(key, found);
  return found.has(state);
}

/** Like the ways out of a membership: for the broadcaster's side and the platform. A guild does not ask what leaving it comes to. */
const mayAsk = ({ platformRole, broadcasterId, wardIds }: Viewer, row: RequestRow): boolean =>
  ['SUPPORT', 'AUDITOR'].includes(platformRole ?? '') ||
  broadcasterId === row.broadcaster_id ||
  wardIds.includes(row.broadcaster_id);

const MAX_MONTHS = 120;

@Resolver(() => RequestType)
export class ExitPreviewResolver {
  constructor(private readonly pool: Pool) {}

  @FieldResolver(() => ExitPreviewType, {
    nullable: true,
    description:
      'For who is about to sign: "if you leave in month 3, this happens", by the same rules that will decide it. While terms are negotiated or signed, for the broadcaster, the guardian and the platform; null otherwise.',
    complexity: 50,
  })
  async exitPreview(
    @Root() { row }: RequestType,
    @Ctx() context: ViewerContext,
    @Arg('afterMonths', () => Int, {
      nullable: true,
      description: 'Months from when the terms are in force, 0 to 120; omitted, like `at`: 0.',
    })
    afterMonths?: number | null,
    @Arg('at', () => DateTime, { nullable: true, description: 'Or the instant; not before the terms are in force.' })
    at?: Date | null,
    @Arg('wishes', () => ExitWishesInput, { nullable: true, description: 'What you would say.' }) wishes?: ExitWishesInput | null,
  ): Promise<ExitPreviewType | undefined> {
    const months = afterMonths ?? 0;
    if (months < 0 || months > MAX_MONTHS)
      throw new PublicError('BAD_USER_INPUT', `\`afterMonths\` is 0 to ${String(MAX_MONTHS)}.`, { field: 'afterMonths' });
    const { viewer } = await context.viewer();
    if (!previewsExits(row.kind) || !isNegotiated(row) || !mayAsk(viewer, row)) return undefined;
    const found = await exitPreview(this.pool, row.id, at ? { at: at.toISOString() } : { months }, wishesOf(wishes));
    if (!found) return undefined;
    const options = found.options.map((option) => Object.assign(new ExitOptionType(), option));
    return Object.assign(new ExitPreviewType(), { ...found, options });
  }
}
