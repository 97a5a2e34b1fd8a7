import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Waits until its standard input closes, which happens however the server ends, `kill -9` included, and then stops
 * PostgreSQL: fast, after 5 s at once, after 8 s by force. It signals only while the data folder still names the process id
 * that it was given, so never the PostgreSQL of a later start. A shell and not Node: 1 MB instead of 40, and nothing to compile.
 */
const script = `
trap '' HUP INT TERM
pid=
while IFS= read -r line; do pid=$line; done
[ -n "$pid" ] || exit 0
running() {
  first=
  IFS= read -r first <"$1/postmaster.pid"
  [ "$first" = "$pid" ] && kill -0 "$pid"
} 2>/dev/null
tenths=0
while running "$1"; do
  case $tenths in
    0) kill -INT "$pid" ;;
    50) kill -QUIT "$pid" ;;
    80) kill -KILL "$pid" ;;
    200) exit 1 ;;
  esac
  sleep 0.1
  tenths=$((tenths + 1))
done
`;

const maxRestarts = 20;

/** Keeps one watchdog process beside the server: one that dies is replaced, so that no single kill leaves PostgreSQL alone. */
export class Watchdog {
  private child;
  private guarded: number | undefined;
  private restarts = 0;
  private ending = false;

  constructor(
    private readonly pgdata: string,
    private readonly log: (message: string) => void,
  ) {
    this.child = this.begin();
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Call in the same tick in which PostgreSQL is spawned: from then on it does not survive this process. */
  guard(pid: number): void {
    this.guarded = pid;
    this.child.stdin.write(`${pid}\n`);
  }

  /** Ends the watchdog; what it guards is stopped when it still runs. */
  async end(): Promise<void> {
    this.ending = true;
    if (this.child.exitCode !== null || this.child.signalCode !== null || this.child.pid === undefined) return;
    // Its handle does not keep this process alive by itself; until it has exited, it has to.
    this.child.ref();
    const exited = once(this.child, 'exit');
    this.child.stdin.end();
    await exited;
  }

  private begin() {
    // Detached: Ctrl-C in a terminal signals the whole foreground group, and must reach neither this nor PostgreSQL.
    const child = spawn('/bin/sh', ['-c', script, 'guildhall-watchdog', this.pgdata], {
      detached: true,
      cwd: '/',
      env: { PATH: '/usr/bin:/bin' },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    // Without a listener a broken pipe would end the server; the exit is what matters.
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => this.log(`The watchdog of the embedded PostgreSQL cannot be started: ${error.message}`));
    child.once('exit', () => this.replace());
    child.unref();
    return child;
  }

  private replace(): void {
    if (this.ending || this.restarts >= maxRestarts) return;
    this.restarts += 1;
    this.child = this.begin();
    if (this.guarded !== undefined) this.guard(this.guarded);
    // Said when it is true: whoever reads it may kill this process at once.
    this.log('The watchdog of the embedded PostgreSQL ended unexpectedly; another one has taken its place.');
  }
}
