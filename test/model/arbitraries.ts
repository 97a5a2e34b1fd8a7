import fc from 'fast-check';
import type { Choice, Wish } from './act.js';
import { kinds } from './act.js';
import { ActCommand, DriveCommand, RaceCommand, RepeatCommand, type Command, type Mode } from './commands/act.js';
import {
  ClockCommand,
  DirectoryCommand,
  directoryActs,
  MergeCommand,
  PublishPolicyCommand,
  SeeCommand,
} from './commands/around.js';
import { OpenCommand } from './commands/open.js';
import type { Sequence } from './sequence.js';

/** Commands are numbers that are made into something at the moment of their turn, so that each fits whatever came before it. */

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MAX_COMMANDS = 16;

const n = fc.nat({ max: 209 });
const often = <T>(...choices: readonly (readonly [number, T])[]) =>
  fc.oneof(...choices.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));

const choiceOf = (wish: fc.Arbitrary<Wish>): fc.Arbitrary<Choice> =>
  fc.record({
    wish,
    request: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: n }),
    who: n,
    what: n,
    payload: n,
  });
const wish = often<Wish>([9, 'awaited'], [4, 'offered'], [3, 'intervention'], [1, 'migration'], [4, 'denied']);
const mode = often<Mode>([5, 'plain'], [3, 'keyed'], [2, 'expecting'], [1, 'stale']);
const act = fc.tuple(choiceOf(wish), mode).map((args): Command => new ActCommand(...args));
const open = fc
  .record({
    kind: fc.nat({ max: kinds.length - 1 }),
    about: n,
    guild: n,
    who: n,
    said: n,
    rightful: often([9, true], [1, false]),
    keyed: fc.boolean(),
  })
  .map((choice): Command => new OpenCommand(choice));
const drive = fc
  .tuple(fc.integer({ min: 1, max: 4 }), often([3, 0], [1, 1], [1, 2]), often([4, 0], [1, 1], [1, 2]))
  .map((args): Command => new DriveCommand(...args, false));
const through = fc
  .tuple(fc.integer({ min: 4, max: 8 }), fc.constant(0), often([4, 0], [1, 1]))
  .map((args): Command => new DriveCommand(...args, true));
const race = fc
  .tuple(
    choiceOf(often<Wish>([3, 'awaited'], [2, 'offered'], [1, 'intervention'])),
    choiceOf(often<Wish>([2, 'awaited'], [2, 'offered'], [1, 'intervention'], [1, 'denied'])),
    fc.boolean(),
  )
  .map((args): Command => new RaceCommand(...args));
const clock = fc
  .oneof(
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 600 }).map((minutes) => minutes * MINUTE_MS) },
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 20 }).map((days) => days * DAY_MS) },
    { weight: 2, arbitrary: fc.integer({ min: 3, max: 30 }).map((weeks) => weeks * 7 * DAY_MS) },
    { weight: 3, arbitrary: fc.constant('deadline' as const) },
    { weight: 2, arbitrary: fc.constant('beforeDeadline' as const) },
  )
  .map((by): Command => new ClockCommand(by));

export const sequences = (replayPath?: string) =>
  fc.commands<object, Sequence, false>(
    [
      // A kind that is to be reached has to be asked for: fast-check chooses among these alike.
      act,
      act,
      act,
      drive,
      fc.oneof({ weight: 3, arbitrary: drive }, { weight: 2, arbitrary: through }),
      open,
      open,
      clock,
      clock,
      race,
      fc.tuple(n, often([3, false], [1, true])).map((args): Command => new RepeatCommand(...args)),
      fc.oneof(
        {
          weight: 9,
          arbitrary: fc.tuple(fc.constantFrom(...directoryActs), n).map((args): Command => new DirectoryCommand(...args)),
        },
        { weight: 2, arbitrary: n.map((whom): Command => new MergeCommand(whom)) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 60 }).map((days): Command => new PublishPolicyCommand(days)) },
      ),
      fc.tuple(n, n).map((args): Command => new SeeCommand(...args)),
    ],
    { maxCommands: MAX_COMMANDS, size: 'max', ...(replayPath !== undefined && { replayPath }) },
  );
