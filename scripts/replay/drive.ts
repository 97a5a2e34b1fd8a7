import type { App } from '../../src/app.js';
import type { ClockControl } from '../../src/database/index.js';
import type { Outcome } from '../../src/engine/index.js';
import type { Spell } from './spells.js';
import type { ReplayWorld } from './world.js';

const DAY_MS = 86_400_000;
/** Drafted this long before the switch: three days of cooling-off end with their last day, at most four days after signing. */
const LEAD_MS = 5 * DAY_MS;
const PARALLEL = 48;

export interface DriveOptions {
  readonly app: App;
  readonly clock: ClockControl;
  readonly world: ReplayWorld;
  readonly spells: readonly Spell[];
  readonly onProgress: (done: number, at: Date) => void;
  /** The earliest armed timer, or undefined when none runs. */
  readonly nextDue: () => Promise<Date | undefined>;
}

/**
 * Plays the history in the order of time: the clock is moved to whatever comes next, a command or a timer, and everything
 * that is due at that instant is done before it is moved on. The engine sees people, timers and a clock, nothing else.
 */
export async function drive({ app, clock, world, spells, onProgress, nextDue }: DriveOptions): Promise<void> {
  const byStart = new Map<number, Spell[]>();
  for (const spell of spells) {
    const at = Date.parse(spell.joinedAt) - LEAD_MS;
    byStart.set(at, [...(byStart.get(at) ?? []), spell]);
  }
  const starts = [...byStart.keys()].sort((a, b) => a - b);
  let now = (await clock.now()).getTime();
  if (!(await isManual(clock, now))) now = Number.NEGATIVE_INFINITY;
  let done = 0;
  let index = 0;
  for (;;) {
    const due = (await nextDue())?.getTime() ?? Number.POSITIVE_INFINITY;
    const start = starts[index] ?? Number.POSITIVE_INFINITY;
    const next = Math.min(due, start);
    if (next === Number.POSITIVE_INFINITY) return;
    // A second run meets a clock that is at the end already: time is never turned back.
    if (next > now) await clock.set(new Date((now = next)));
    if (due <= start) await app.workers.drainTimers();
    else {
      const batch = byStart.get(start)!;
      await inParallel(batch, async (spell) => {
        await play(app, world, spell);
        onProgress((done += 1), new Date(now));
      });
      index += 1;
    }
  }
}

/** Real time runs on between two looks; a clock that stands is the one of an earlier run. */
async function isManual(clock: ClockControl, seen: number): Promise<boolean> {
  return (await clock.now()).getTime() === seen;
}

/** One request as its people make it: application, acceptance, two signatures. The rest is the clock's. */
async function play(app: App, world: ReplayWorld, spell: Spell): Promise<void> {
  const guild = world.guilds.get(spell.guild)!;
  const broadcaster = world.broadcasters.get(spell.broadcaster)!;
  const key = `${spell.guild}/${spell.broadcaster}/${spell.joinedAt}`;
  const keyed = { idempotencyKey: key, permanentKey: true };
  const started = await app.engine.start({
    kind: 'JOIN',
    operation: 'requestJoin',
    principalId: broadcaster.principalId,
    ...keyed,
    input: {
      guildId: guild.id,
      broadcasterId: broadcaster.id,
      initiator: 'BROADCASTER',
      said: { terms: { guildSharePercent: 0, termMonths: 0, startAt: spell.joinedAt } },
    },
  });
  const { instanceId, state, replayed } = accepted(started, spell);
  if (state === 'rejected' || (replayed && state === 'completed')) return;
  const version = 1;
  const send = async (operation: string, principalId: string, event: { type: string; [key: string]: unknown }) =>
    accepted(await app.engine.send({ instanceId, operation, principalId, event, ...keyed }), spell);
  await send('acceptTerms', guild.ownerId, { type: 'ACCEPT_TERMS', version });
  const sha256 = await shownHash(app, instanceId);
  await Promise.all([
    send('signAgreement', broadcaster.principalId, { type: 'SIGN_AGREEMENT', version, sha256 }),
    send('signAgreement', guild.ownerId, { type: 'SIGN_AGREEMENT', version, sha256 }),
  ]);
}

async function shownHash(app: App, requestId: string): Promise<string> {
  const { rows } = await app.engine.options.pool.query<{ body: string; sha256: string }>(
    'select sha256 from guildhall.agreement_version where request_id = $1 and version = 1',
    [requestId],
  );
  return rows[0]!.sha256;
}

function accepted(outcome: Outcome, spell: Spell): Extract<Outcome, { outcome: 'accepted' }> {
  if (outcome.outcome === 'refused')
    throw new Error(`Line ${String(spell.line)}: ${outcome.code}: ${outcome.reasons.map(({ message }) => message).join(' ')}`);
  return outcome;
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const lane = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, queue.length) }, lane));
}
