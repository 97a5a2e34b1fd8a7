import { endOfDayAfter } from '../../workflows/kernel/index.js';
import { byBroadcaster, type Spell } from './spells.js';

const DAY_MS = 86_400_000;
/** Drafted this long before the switch: three days of cooling-off end with their last day, at most four days after signing. */
const JOIN_LEAD_MS = 5 * DAY_MS;
/** What needs no notice is announced this long before: longer than a JOIN takes, so that one that follows can count on it. */
const EXIT_LEAD_MS = 6 * DAY_MS;

/** What the replay's policy says of exits; the region's days are UTC's. */
export interface ExitRules {
  readonly noticeDays: number;
  readonly probationDays: number;
}

/**
 * How somebody leaves: released by the platform, with notice, alone in probation, or by agreement when it is too late for the one and
 * too early for the other.
 */
export type Way = 'release' | 'notice' | 'probation' | 'mutual';

export interface Exit {
  readonly spell: Spell & { readonly leftAt: string };
  readonly way: Way;
}

export interface Join {
  readonly spell: Spell;
  /** An earlier membership leaves no time for the cooling-off: the broadcaster asks to start before it is over. */
  readonly early: boolean;
}

/** What people do at one instant; exits before joins, which may count on them. */
export interface Step {
  readonly at: number;
  readonly exits: Exit[];
  readonly joins: Join[];
}

/** Who asks for what and when, in the order of time. Every exit is asked for during the membership, every join after the exit before it. */
export function planOf(spells: readonly Spell[], rules: ExitRules): Step[] {
  const steps = new Map<number, Step>();
  const stepAt = (at: number): Step => {
    const step = steps.get(at) ?? { at, exits: [], joins: [] };
    steps.set(at, step);
    return step;
  };
  for (const own of byBroadcaster(spells).values()) {
    let free = Number.NEGATIVE_INFINITY;
    for (const spell of own.sort((a, b) => Date.parse(a.joinedAt) - Date.parse(b.joinedAt))) {
      const inTime = Date.parse(spell.joinedAt) - JOIN_LEAD_MS;
      const at = Math.max(inTime, free);
      stepAt(at).joins.push({ spell, early: at > inTime });
      if (!leaves(spell)) continue;
      const exit = exitOf(spell, rules);
      free = exit.at;
      stepAt(free).exits.push({ spell, way: exit.way });
    }
  }
  return [...steps.values()].sort((a, b) => a.at - b.at);
}

/** The file's mass removals are the platform's; everybody else goes by the first way that is open to them. */
function exitOf(
  { joinedAt, leftAt, leaveReason }: Exit['spell'],
  { noticeDays, probationDays }: ExitRules,
): { readonly way: Way; readonly at: number } {
  const began = Date.parse(joinedAt);
  const ends = Date.parse(leftAt);
  const announced = Math.max(began, ends - EXIT_LEAD_MS);
  if (leaveReason === 'INACTIVITY_RULE') return { way: 'release', at: announced };
  // Whole days, which begin at the end of the day on which notice is given.
  const inTime = ends - (noticeDays + 1) * DAY_MS;
  if (inTime >= began) return { way: 'notice', at: inTime };
  return { way: announced < Date.parse(endOfDayAfter(joinedAt, probationDays, 'UTC')) ? 'probation' : 'mutual', at: announced };
}

const leaves = (spell: Spell): spell is Exit['spell'] => spell.leftAt !== null;
