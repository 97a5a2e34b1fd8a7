import DataLoader from 'dataloader';
import { Field, Int, ObjectType } from 'type-graphql';
import type { ViewerContext } from '../identity/index.js';
import { DateTime, Money } from '../schema/index.js';

@ObjectType('Statement', {
  description: 'What is owed after a switch. Its own request, of the kind PAYMENT, takes it through its deadlines.',
  simpleResolvers: true,
})
export class StatementType {
  @Field(() => Money, { description: "The total, in the region's currency as it was when the statement was issued." })
  readonly total!: Money;

  @Field(() => Int, { description: 'How many lines it has. None as long as no earnings are kept: `note` says so.' })
  readonly lineCount!: number;

  @Field(() => String, { description: 'What is to be known about it, in English.' })
  readonly note!: string;

  @Field(() => DateTime, { description: 'When it was drawn up.' })
  readonly issuedAt!: Date;
}

interface StatementRow {
  readonly request_id: string;
  readonly parent_id: string | null;
  readonly currency: string;
  readonly total_minor: string;
  readonly line_count: number;
  readonly note: string;
  readonly issued_at: Date;
}

/** The statement of each request: its own, of a payment, or that of the payment which settles it. One statement a batch. */
export const statementLoader = (context: ViewerContext) =>
  new DataLoader<string, StatementType | undefined>(async (requestIds) => {
    const tx = await context.viewer();
    const rows = await tx.query<StatementRow>(
      `select s.request_id, r.parent_id, s.currency, s.total_minor, jsonb_array_length(s.lines) as line_count, s.note, s.issued_at
       from guildhall.request r join guildhall.statement s on s.request_id = r.id
       where r.id = any ($1::uuid[]) or (r.parent_id = any ($1::uuid[]) and r.relation = 'PAYS')`,
      [requestIds],
    );
    const found = new Map(
      rows.flatMap((row) => {
        const statement = toStatement(row);
        return [row.request_id, ...(row.parent_id === null ? [] : [row.parent_id])].map((id) => [id, statement] as const);
      }),
    );
    return requestIds.map((id) => found.get(id));
  });

const toStatement = (row: StatementRow): StatementType =>
  Object.assign(new StatementType(), {
    total: { amountMinor: Number(row.total_minor), currency: row.currency },
    lineCount: row.line_count,
    note: row.note,
    issuedAt: row.issued_at,
  });
