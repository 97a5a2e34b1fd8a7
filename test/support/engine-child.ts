import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Outcome } from '../../src/engine/index.js';
import type { TestDatabase } from './database.js';
import type { EngineCommand, EngineReply } from './engine-process.js';

export interface EngineChild {
  /** Rejects when the process ends before it has answered. */
  call(command: EngineCommand): Promise<Outcome | null>;
  /** The signal or code by which it ended. */
  readonly ended: Promise<string>;
  readonly woken: readonly string[];
  /** Resolves with the first wake-up that it reports. */
  wokenOnce(): Promise<void>;
  /** For what a test has begun and an early failure has left behind. */
  kill(): void;
}

/** An engine over the toy kind in an operating-system process of its own. */
export async function engineChild(
  db: Pick<TestDatabase, 'url' | 'rolePrefix'>,
  more: { readonly tailPollMs?: number } = {},
): Promise<EngineChild> {
  const child = fork('test/support/engine-process.ts', [JSON.stringify({ url: db.url, rolePrefix: db.rolePrefix, ...more })], {
    execArgv: ['--import', './scripts/register-ts.mjs'],
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const open = new Map<number, { resolve: (value: Outcome | null) => void; reject: (error: Error) => void }>();
  const woken: string[] = [];
  let wake: () => void = () => undefined;
  const firstWake = new Promise<void>((resolve) => (wake = resolve));
  const ended = once(child, 'exit').then(([code, signal]: (string | number | null)[]) => {
    for (const { reject } of open.values()) reject(new Error(`The process ended: ${String(signal ?? code)}`));
    return String(signal ?? code);
  });
  const ready = new Promise<void>((resolve, reject) => {
    child.on('message', (message: EngineReply) => {
      if ('ready' in message) resolve();
      else if ('woken' in message) {
        woken.push(message.woken);
        wake();
      } else {
        const caller = open.get(message.id);
        open.delete(message.id);
        if ('error' in message) caller?.reject(new Error(message.error));
        else caller?.resolve(message.value);
      }
    });
    void ended.then((how) => reject(new Error(`The process ended before it was ready: ${how}`)));
  });
  await ready;
  let lastId = 0;
  return {
    call: (command) =>
      new Promise((resolve, reject) => {
        const id = (lastId += 1);
        open.set(id, { resolve, reject });
        child.send({ ...command, id });
      }),
    ended,
    woken,
    wokenOnce: () => firstWake,
    kill: () => void child.kill('SIGKILL'),
  };
}
