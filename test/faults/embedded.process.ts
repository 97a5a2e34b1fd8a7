// A server process to be killed: starts the embedded PostgreSQL, says so on its output, and stops it on SIGTERM.
import { startEmbedded, startOrJoinEmbedded } from '../../src/database/index.js';

const [dataDir = '', port = '0', mode = 'start'] = process.argv.slice(2);
const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
const options = {
  dataDir,
  port: Number(port),
  // What is killed here is a process, not the machine.
  settings: { fsync: 'off' },
  log: (log: string) => say({ log }),
  onUnexpectedExit: (unexpected: string) => say({ unexpected }),
};

try {
  const postgres = await (mode === 'join' ? startOrJoinEmbedded(options) : startEmbedded(options));
  process.once('SIGTERM', () => {
    void postgres.stop().then(() => process.exit(0));
  });
  const { pid, watchdogPid, folder, owned } = postgres;
  say({ ready: { pid, watchdogPid, port: postgres.port, folder, owned, url: postgres.url('postgres') } });
  setInterval(() => undefined, 60_000);
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  say({ failed: { code, message } });
  process.exit(1);
}
