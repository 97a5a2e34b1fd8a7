import 'reflect-metadata';
import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';
import { ClockControl } from '../src/database/index.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const DAY_MS = 86_400_000;
const PATIENCE_MS = 20_000;

interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  readonly databaseUrl: string;
  /** By the label that the server prints. */
  readonly tokens: ReadonlyMap<string, string>;
}

/** A server of its own, as a user would start it, on a fresh folder and free ports; read from what it prints. */
async function startServer(dataDir: string): Promise<Started> {
  const main = fileURLToPath(new URL('../src/main.js', import.meta.url));
  const child = spawn(process.execPath, [main], {
    env: {
      ...process.env,
      DATA_DIR: dataDir,
      PORT: '0',
      PG_PORT: '0',
      LOG_LEVEL: 'warn',
      SHOW_DATABASE_URL: 'true',
      DATABASE_URL: '',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const tokens = new Map<string, string>();
  let url = '';
  let databaseUrl = '';
  let label = '';
  for await (const line of createInterface({ input: child.stdout })) {
    url ||= /GraphQL\s+(http\S+)/.exec(line)?.[1] ?? '';
    databaseUrl ||= /Database\s+(postgres\S+)/.exec(line)?.[1] ?? '';
    const token = /^ {4}(eyJ\S+)$/.exec(line)?.[1];
    if (token) tokens.set(label, token);
    else label = line.trim();
    if (url !== '' && tokens.size > 0 && line === '') return { child, url, databaseUrl, tokens };
  }
  throw new Error('The server ended before it was ready.');
}

/** One person at the API: an HTTP client for what they do, a WebSocket for what they see. */
class Person {
  private readonly socket: Client;
  private readonly seen: string[] = [];
  private readonly watchers = new Set<() => void>();

  constructor(
    private readonly name: string,
    private readonly url: string,
    private readonly token: string,
  ) {
    this.socket = createClient({
      url: url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
    });
  }

  async ask<T>(query: string, variables: object = {}): Promise<T> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.token}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data?: T; errors?: { message: string }[] };
    if (errors || !data) throw new Error(`${this.name}: ${errors?.map(({ message }) => message).join(' ') ?? 'no answer'}`);
    return data;
  }

  async does(what: string, mutation: string, input: object): Promise<Result> {
    say(`${this.name} ${what}`);
    const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
    const inputType = ['withdrawRequest', 'revokeSignature'].includes(mutation) ? 'TakeBackInput' : type;
    const { result } = await this.ask<{ result: Result }>(
      `mutation ($input: ${inputType}!) { result: ${mutation}(input: $input) {
         ... on Request { id state version agreement { version sha256 text } }
         ... on Refusal { code message } } }`,
      { input },
    );
    if (result.code) throw new Error(`${this.name} was refused: ${result.code}: ${result.message ?? ''}`);
    return result;
  }

  watch(requestId: string): void {
    const query = `subscription ($id: ID!) { requestUpdated(id: $id, after: "0") {
      cursor entry { event version } request { state explanation { text } } } }`;
    this.socket.subscribe<{ requestUpdated: Update }>(
      { query, variables: { id: requestId } },
      {
        next: ({ data, errors }) => {
          if (errors) throw new Error(errors.map(({ message }) => message).join(' '));
          const update = data!.requestUpdated;
          this.seen.push(update.entry.event);
          say(
            `      ${this.name} sees live: ${String(update.entry.version)}. ${update.entry.event} → ${update.request.state}. ${update.request.explanation.text}`,
          );
          for (const watcher of this.watchers) watcher();
        },
        error: (error) => {
          throw error instanceof Error ? error : new Error(JSON.stringify(error));
        },
        complete: () => undefined,
      },
    );
  }

  /** Resolves once this person has seen the event on the socket. */
  async sees(event: string): Promise<void> {
    const isThere = () => this.seen.includes(event);
    if (isThere()) return;
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => {
        reject(new Error(`${this.name} did not see ${event}.`));
      }, PATIENCE_MS);
      const look = () => {
        if (!isThere()) return;
        clearTimeout(late);
        this.watchers.delete(look);
        resolve();
      };
      this.watchers.add(look);
    });
  }

  async leave(): Promise<void> {
    await this.socket.dispose();
  }
}

interface Update {
  readonly entry: { readonly event: string; readonly version: number };
  readonly request: { readonly state: string; readonly explanation: { readonly text: string } };
}

interface Result {
  readonly id: string;
  readonly state: string;
  readonly agreement: { readonly version: number; readonly sha256: string; readonly text: string };
  readonly code?: string;
  readonly message?: string;
}

async function act({ url, tokens, databaseUrl }: Started): Promise<void> {
  const person = (name: string, label: string) => {
    const token = tokens.get(label);
    if (token === undefined) throw new Error(`The server printed no token for "${label}".`);
    return new Person(name, url, token);
  };
  const bela = person('Bela (broadcaster)', 'broadcaster bela-sings');
  const olivia = person('Olivia (guild owner)', 'owner of Lantern House');
  const clock = new ClockControl({ url: databaseUrl, production: false });
  try {
    const { guilds } = await bela.ask<{ guilds: { nodes: { id: string; name: string }[] } }>('{ guilds { nodes { id name } } }');
    const guild = guilds.nodes.find(({ name }) => name === 'Lantern House')!;
    const opened = await bela.does('applies to Lantern House: 20 % for the guild, 12 months.', 'requestJoin', {
      guildId: guild.id,
      terms: { guildSharePercent: 20, termMonths: 12 },
    });
    const requestId = opened.id;
    bela.watch(requestId);
    olivia.watch(requestId);
    await Promise.all([bela.sees('AGREEMENT_RENDERED'), olivia.sees('AGREEMENT_RENDERED')]);
    const counter = await olivia.does('makes a counter-offer: 15 %, 6 months.', 'proposeTerms', {
      requestId,
      terms: { guildSharePercent: 15, termMonths: 6 },
    });
    await bela.sees('PROPOSE_TERMS');
    const agreed = await bela.does('accepts.', 'acceptTerms', { requestId, agreementVersion: counter.agreement.version });
    say(`\n${agreed.agreement.text.replace(/^/gm, '    | ')}\n    | SHA-256 ${agreed.agreement.sha256}\n`);
    const signature = { requestId, agreementVersion: agreed.agreement.version, sha256: agreed.agreement.sha256 };
    await olivia.does('signs.', 'signAgreement', signature);
    await bela.does('signs.', 'signAgreement', signature);
    await Promise.all([bela.sees('SIGN_AGREEMENT'), olivia.sees('SIGN_AGREEMENT')]);
    say('\n… the clock of the database is moved on by fifteen days …\n');
    await clock.shift(15 * DAY_MS);
    await Promise.all([bela.sees('SWITCHED'), olivia.sees('SWITCHED')]);
    const { memberships } = await bela.ask<{ memberships: { nodes: { startsAt: string; guild: { name: string } }[] } }>(
      '{ memberships { nodes { startsAt guild { name } } } }',
    );
    for (const { startsAt, guild: home } of memberships.nodes) say(`\nBela is a member of ${home.name} since ${startsAt}.`);
  } finally {
    await Promise.all([bela.leave(), olivia.leave(), clock.close()]);
  }
}

async function demo(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'guildhall-demo-'));
  // As root PostgreSQL runs as another user, who has to pass through.
  await chmod(dataDir, 0o711);
  say('Starting a server of its own …');
  const server = await startServer(dataDir);
  const ended = new Promise((resolve) => server.child.once('exit', resolve));
  try {
    await act(server);
  } finally {
    server.child.stdout?.resume();
    server.child.kill('SIGTERM');
    await ended;
    await rm(dataDir, { recursive: true, force: true });
  }
}

demo().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
