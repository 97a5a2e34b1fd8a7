import type { App } from '../../src/app.js';
import type { ClockControl } from '../../src/database/index.js';
import { join } from './join.js';
import { leave, release } from './leave.js';
import { planOf, type Exit, type Step } from './plan.js';
import type { Spell } from './spells.js';
import { EXIT_RULES, type ReplayWorld } from './world.js';

const PARALLEL = 48;
/** Timers whose effects need a transaction of their own are fired one after the other: as many lanes do so side by side. */
const TIMER_LANES = 4;
const TIMERS_WORTH_A_LANE = 4;

export interface DriveOptions {
  readonly app: App;
  readonly clock: ClockControl;
  readonly world: ReplayWorld;
  readonly spells: readonly Spell[];
  /** Requests made so far, of how many. */
  readonly onProgress: (done: number, total: number, at: Date) => void;
}

/**
 * Plays the history in the order of time: the clock is moved to whatever comes next, a command or a timer, and everything
 * that is due at that instant is done before it is moved on. The engine sees people, timers and a clock, nothing else.
 */
export async function drive({ app, clock, world, spells, onProgress }: DriveOptions): Promise<void> {
  const steps = planOf(spells, EXIT_RULES);
  const handovers = handoversOf(spells);
  const total = steps.reduce((sum, { exits, joins }) => sum + exits.length + joins.length, 0);
  // Nobody watches: following the log for subscribers was a third of the statements.
  await app.tail.stop();
  let now = (await clock.now()).getTime();
  if (!(await isManual(clock, now))) now = Number.NEGATIVE_INFINITY;
  let done = 0;
  let index = 0;
  for (;;) {
    const { due, count } = await nextDue(app);
    const step = steps[index];
    const next = Math.min(due, step?.at ?? Number.POSITIVE_INFINITY);
    if (next === Number.POSITIVE_INFINITY) return;
    // A second run meets a clock that is at the end already: time is never turned back.
    if (next > now) await clock.set(new Date((now = next)));
    if (!step || due <= step.at) {
      // Where somebody leaves and joins at the same instant, the exit has to come first.
      const lanes = handovers.has(due) ? 1 : Math.min(TIMER_LANES, Math.ceil(count / TIMERS_WORTH_A_LANE));
      await Promise.all(Array.from({ length: lanes }, () => app.workers.drainTimers()));
    } else {
      await play(app, world, step, (count) => {
        onProgress((done += count), total, new Date(now));
      });
      index += 1;
    }
  }
}

/** Instants at which somebody leaves one guild for another. */
function handoversOf(spells: readonly Spell[]): Set<number> {
  const left = new Set(spells.map(({ broadcaster, leftAt }) => `${broadcaster} ${String(leftAt)}`));
  return new Set(
    spells
      .filter(({ broadcaster, joinedAt }) => left.has(`${broadcaster} ${joinedAt}`))
      .map(({ joinedAt }) => Date.parse(joinedAt)),
  );
}

/** The earliest armed timer, and how many are due with it. */
async function nextDue(app: App): Promise<{ readonly due: number; readonly count: number }> {
  const { rows } = await app.engine.options.pool.query<{ due: Date; count: number }>({
    name: 'replay.nextDue',
    text: `select due_at as due, count(*)::int as count from guildhall.timer where status = 'armed' group by 1 order by 1 limit 1`,
  });
  return { due: rows[0]?.due.getTime() ?? Number.POSITIVE_INFINITY, count: rows[0]?.count ?? 0 };
}

/** Real time runs on between two looks; a clock that stands is the one of an earlier run. */
async function isManual(clock: ClockControl, seen: number): Promise<boolean> {
  return (await clock.now()).getTime() === seen;
}

/** Exits first: a join at the same instant may count on them. */
async function play(app: App, world: ReplayWorld, { at, exits, joins }: Step, onDone: (count: number) => void): Promise<void> {
  for (const together of inOneChange(exits.filter(({ way }) => way === 'release'))) {
    await release(app, world, at, together);
    onDone(together.length);
  }
  await inParallel(
    exits.filter(({ way }) => way !== 'release'),
    async (exit) => {
      await leave(app, world, exit);
      onDone(1);
    },
  );
  await inParallel(joins, async (one) => {
    await join(app, world, one);
    onDone(1);
  });
}

/** Whom one guild loses at one instant. */
function inOneChange(exits: readonly Exit[]): Exit[][] {
  const groups = new Map<string, Exit[]>();
  for (const exit of exits) {
    const key = `${exit.spell.leftAt} ${exit.spell.guild}`;
    groups.set(key, [...(groups.get(key) ?? []), exit]);
  }
  return [...groups.values()];
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const lane = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, queue.length) }, lane));
}
