import type { Pool, PoolClient } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Reason } from '../../workflows/kernel/index.js';
import { canonicalText, type Links } from '../engine/index.js';
import { sha256 } from '../engine/chain.js';
import { backoffMs, isRetryable, isUniqueViolation, pause } from '../engine/retry.js';
import { Abandon, inTransaction } from '../engine/transaction.js';
import { DirectoryRefused, type DirectoryAction, type DirectoryWork } from './action.js';
import { readActor } from './actor.js';
import { PLATFORM_PRINCIPAL_ID, type Consequences } from './consequences.js';
import { REASON_CODES } from './reason-codes.js';
import { insertCommand, insertEvent, readEarlier, type DirectoryEventValue } from './trail.js';

export type DirectoryOutcome =
  | { readonly ok: true; readonly event: DirectoryEventValue; readonly replayed: boolean }
  | { readonly ok: false; readonly code: string; readonly reasons: readonly Reason[] };

/** The requests that a change reaches within its own transaction. */
export interface LinkedRequests {
  readonly of: (client: PoolClient) => Links;
  /** After the commit: there is something new in the log. */
  readonly announce: () => void;
}

const MAX_ATTEMPTS = 6;
const MAX_COMMENT = 2_000;

/** What every command carries beside its own input. */
const envelope = z.object({
  reasonCode: z.enum(REASON_CODES),
  comment: z
    .string()
    .max(MAX_COMMENT, `A comment has at most ${String(MAX_COMMENT)} characters.`)
    // The one character of Unicode that PostgreSQL's text cannot hold.
    .refine((text) => !text.includes('\0'), 'A comment holds no NUL character.')
    .nullish(),
  idempotencyKey: z.string().min(1).max(200).nullish(),
});

/**
 * The only way by which a serving process writes the directory. One transaction: authority, the change, its entry in the audit
 * trail and the bulk work that it sets off; all of it or nothing. The database refuses a change without an entry.
 */
export class DirectoryDoor {
  constructor(
    /** Of the engine's role. */
    private readonly pool: Pool,
    private readonly consequences: Consequences,
    private readonly linked: LinkedRequests,
  ) {}

  async run<Schema extends z.ZodType>(
    action: DirectoryAction<Schema>,
    principalId: string,
    command: object,
  ): Promise<DirectoryOutcome> {
    // Without a key of the caller's own: a reply that is lost at the commit is looked for under this one.
    const ownKey = `once:${uuidv7()}`;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const outcome = await inTransaction(this.pool, (tx) => this.attempt(tx, action, principalId, command, ownKey));
        if (outcome.ok) this.linked.announce();
        return outcome;
      } catch (error) {
        // A unique violation is a race that a check has lost: looked at again, it is a refusal with a reason.
        if (attempt >= MAX_ATTEMPTS || !(isRetryable(error) || isUniqueViolation(error))) throw error;
        await pause(backoffMs(attempt, 10, 1_000));
      }
    }
  }

  private async attempt<Schema extends z.ZodType>(
    tx: PoolClient,
    action: DirectoryAction<Schema>,
    principalId: string,
    command: object,
    ownKey: string,
  ): Promise<DirectoryOutcome> {
    const actor = await readActor(tx, principalId);
    if (!actor) return abandon('FORBIDDEN', [NOT_YOURS]);
    const parsed = parse(action, command);
    if (!parsed.success) return abandon('INVALID_INPUT', parsed.reasons);
    const authority = await action.authority(actor, parsed.input, tx);
    if (authority === undefined) return abandon('FORBIDDEN', [NOT_YOURS]);

    const { reasonCode, comment, idempotencyKey } = parsed.envelope;
    const key = idempotencyKey ?? ownKey;
    const text = canonicalText({ input: parsed.input, reasonCode, comment: comment ?? null });
    const earlier = await readEarlier(tx, principalId, action.name, key);
    if (earlier) {
      if (earlier.requestHash === null || earlier.requestHash === sha256(earlier.salt + text)) {
        return { ok: true, event: earlier.event, replayed: true };
      }
      return abandon('KEY_REUSED', [
        { code: 'KEY_REUSED', message: 'This key was used for another command.', field: 'idempotencyKey' },
      ]);
    }
    const at = await readTime(tx);
    const operations: Record<string, unknown>[] = [];
    const causes: DirectoryWork['causes'] = async (type, code, targets) => {
      const { rows } = await tx.query<{ n: number }>(`select count(*)::int as n from (${targets.sql}) t`, [...targets.values]);
      const requests = rows[0]!.n;
      if (requests === 0) return;
      const params = { reasonCode: code };
      const id = await this.consequences.create(tx, {
        type,
        reasonCode: code,
        params,
        createdBy: PLATFORM_PRINCIPAL_ID,
        ...targets,
      });
      operations.push({ type, reasonCode: code, id, requests });
    };
    try {
      const change = await action.carryOut(
        { tx, at, actor, authority, reasonCode, causes, links: this.linked.of(tx) },
        parsed.input,
      );
      const event: DirectoryEventValue = {
        id: uuidv7(),
        at: new Date(at),
        actorId: principalId,
        authority,
        subjectType: change.subject.type,
        subjectId: change.subject.id,
        action: action.name,
        reasonCode,
        details: { ...change.details, ...(operations.length > 0 && { operations }) },
        comment: comment ?? null,
      };
      await insertEvent(tx, event);
      await insertCommand(tx, event, key, text);
      return { ok: true, event, replayed: false };
    } catch (error) {
      if (error instanceof DirectoryRefused) return abandon(error.code, error.reasons);
      throw error;
    }
  }
}

const NOT_YOURS: Reason = { code: 'FORBIDDEN', message: 'You may not change this part of the directory.' };

/** Leaves the transaction without a trace; `inTransaction` answers with the refusal. */
function abandon(code: string, reasons: readonly Reason[]): never {
  throw new Abandon<DirectoryOutcome>({ ok: false, code, reasons });
}

type Parsed<Schema extends z.ZodType> =
  | { readonly success: true; readonly input: z.output<Schema>; readonly envelope: z.output<typeof envelope> }
  | { readonly success: false; readonly reasons: readonly Reason[] };

function parse<Schema extends z.ZodType>(action: DirectoryAction<Schema>, command: object): Parsed<Schema> {
  const { reasonCode, comment, idempotencyKey, ...rest } = { ...command } as Record<string, unknown>;
  const outer = envelope.safeParse({ reasonCode, comment, idempotencyKey });
  const inner = action.input.safeParse(rest);
  if (outer.success && inner.success) return { success: true, input: inner.data, envelope: outer.data };
  const issues = [...(inner.error?.issues ?? []), ...(outer.error?.issues ?? [])];
  return {
    success: false,
    reasons: issues.map(({ message, path }) => ({ code: 'INVALID_INPUT', message, field: path.map(String).join('.') })),
  };
}

async function readTime(tx: PoolClient): Promise<string> {
  const { rows } = await tx.query<{ at: Date }>('select guildhall.now() as at');
  return rows[0]!.at.toISOString();
}
