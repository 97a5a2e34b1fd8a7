import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

export interface Ready {
  readonly pid: number;
  readonly watchdogPid: number;
  readonly port: number;
  readonly folder: string;
  readonly owned: boolean;
  readonly url: string;
}

interface Said {
  readonly ready?: Ready;
  readonly failed?: { readonly code: string; readonly message: string };
  readonly log?: string;
  readonly unexpected?: string;
}

/** A real server process over a data folder, to be talked to and killed. */
export class EmbeddedProcess {
  readonly said: Said[] = [];
  private readonly child: ChildProcess;

  constructor(dataDir: string, { port = 0, mode = 'start', uid }: { port?: number; mode?: 'start' | 'join'; uid?: number } = {}) {
    const root = new URL('../../', import.meta.url);
    const script = new URL('test/faults/embedded.process.ts', root).pathname;
    const hooks = new URL('scripts/register-ts.mjs', root).href;
    this.child = spawn(process.execPath, ['--import', hooks, script, dataDir, String(port), mode], {
      cwd: '/',
      stdio: ['ignore', 'pipe', 'inherit'],
      ...(uid !== undefined && { uid, gid: uid }),
    });
    const { stdout } = this.child;
    if (stdout) createInterface(stdout).on('line', (line) => this.said.push(JSON.parse(line) as Said));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get logs(): string {
    return this.said.map(({ log }) => log ?? '').join('\n');
  }

  async ready(): Promise<Ready> {
    await until('the server is ready or has failed', () => this.said.some(({ ready, failed }) => ready ?? failed));
    const ready = this.said.find((said) => said.ready)?.ready;
    if (!ready) throw new Error(this.said.find(({ failed }) => failed)?.failed?.message);
    return ready;
  }

  async failed(): Promise<{ readonly code: string; readonly message: string }> {
    await until('the server has failed', () => this.said.some(({ failed }) => failed));
    return this.said.find(({ failed }) => failed)!.failed!;
  }

  /** SIGKILL: no handler runs, nothing is flushed. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
  }
}

/** Waits for a condition, never for a time. */
export async function until(what: string, condition: () => unknown, withinMs = 20_000): Promise<void> {
  const end = Date.now() + withinMs;
  for (;;) {
    if (await condition()) return;
    if (Date.now() > end) throw new Error(`Not within ${withinMs} ms: ${what}.`);
    await delay(10);
  }
}

/** A zombie is dead: who reaps it is not ours to say. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

export async function sql<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}
