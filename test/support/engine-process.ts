import type { EngineStep, Outcome } from '../../src/engine/index.js';
import { toyEngine, until, type SendMore } from './engine.js';

/** The engine's steps, and one inside a delivery: told to the outside, not yet marked here. */
export type KillPoint = EngineStep | 'told';

export type EngineCommand =
  | { readonly call: 'start'; readonly input: object; readonly idempotencyKey?: string }
  | { readonly call: 'send'; readonly instanceId: string; readonly type: string; readonly more?: SendMore }
  | { readonly call: 'drain' }
  | { readonly call: 'drainTimers' }
  /** Says `{watching: true}`; later, unasked, `{woken: topic}` for every wake-up. */
  | { readonly call: 'watch'; readonly topic: string }
  /** From now on the process kills itself when it comes to this point. */
  | { readonly call: 'killAt'; readonly point: KillPoint }
  | { readonly call: 'stop' };

export type EngineReply =
  | { readonly ready: true }
  | { readonly woken: string }
  | { readonly id: number; readonly value: Outcome | null }
  | { readonly id: number; readonly error: string };

const { url, rolePrefix, tailPollMs } = JSON.parse(process.argv[2] ?? '') as {
  url: string;
  rolePrefix: string;
  tailPollMs?: number;
};
let point: KillPoint | undefined;

/** SIGKILL, not an exception: nothing of this process runs afterwards, no handler and no rollback. */
const passing = async (step: KillPoint): Promise<void> => {
  if (step !== point) return;
  process.kill(process.pid, 'SIGKILL');
  await new Promise<never>(() => undefined);
};

const toy = await toyEngine({
  url,
  rolePrefix,
  onStep: passing,
  onTold: () => passing('told'),
  ...(tailPollMs !== undefined && { tailPollMs }),
});
const reply = (message: EngineReply): void => void process.send?.(message);

async function run(command: EngineCommand): Promise<Outcome | null> {
  switch (command.call) {
    case 'start':
      return toy.start(command.input, command.idempotencyKey === undefined ? {} : { idempotencyKey: command.idempotencyKey });
    case 'send':
      return toy.send(command.instanceId, command.type, command.more);
    case 'drain':
      await toy.workers.drain();
      return null;
    case 'drainTimers':
      await toy.workers.drainTimers();
      return null;
    case 'watch':
      await toy.tail.start();
      await until(async () => toy.tail.caughtUpAt > 0, 'the end of the log');
      toy.tail.subscribe(command.topic, () => reply({ woken: command.topic }));
      return null;
    case 'killAt':
      point = command.point;
      return null;
    case 'stop':
      await toy.stop();
      return null;
  }
}

process.on('message', (message: EngineCommand & { readonly id: number }) => {
  const { id } = message;
  run(message).then(
    (value) => {
      reply({ id, value });
      if (message.call === 'stop') process.disconnect();
    },
    (error: unknown) => reply({ id, error: String(error) }),
  );
});
// A test that was ended leaves nobody behind.
process.on('disconnect', () => process.exit());
reply({ ready: true });
