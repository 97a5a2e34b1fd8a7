import type { EngineLog } from '../engine/index.js';
import type { Checkpoints } from './checkpoints.js';

const LOOK_MS = 30_000;

/** Makes a checkpoint when the last one is old enough, by the database's clock: whichever process looks first. */
export class CheckpointSchedule {
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> | undefined;

  constructor(
    private readonly checkpoints: Checkpoints,
    private readonly everyMinutes: number,
    private readonly log: EngineLog,
    private readonly lookMs = LOOK_MS,
  ) {}

  start(): void {
    const look = () => {
      this.working ??= this.makeIfDue().finally(() => (this.working = undefined));
    };
    look();
    this.timer = setInterval(look, this.lookMs);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.working;
  }

  private async makeIfDue(): Promise<void> {
    try {
      const { at, now } = await this.checkpoints.lastAt();
      if (at === null || now.getTime() - at.getTime() >= this.everyMinutes * 60_000) await this.checkpoints.make();
    } catch (error) {
      this.log.error({ loop: 'checkpoints', err: error }, 'a round of a worker failed');
    }
  }
}
