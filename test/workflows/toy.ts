import { permits, type Actor, type StateMeta } from '../../workflows/kernel/index.js';
import { toyDefinition } from '../support/toy-kind.js';

export const user: Actor = { id: '01900000-0000-7000-8000-000000000001', authorities: ['USER'] };
export const T0 = '2026-01-01T00:00:00.000Z';

const meta: StateMeta = {
  title: 'Napping',
  description: 'The counter has lain down.',
  phase: 'rest',
  awaits: () => ['USER'],
  acts: ['RESUME', 'RECORD'],
};

/** The toy with one state more, of which the kernel has never heard. */
export const toyWithNapping = () =>
  toyDefinition({
    initial: 'napping',
    states: {
      napping: {
        meta,
        on: {
          RESUME: { target: 'counting' },
          RECORD: { guard: permits('hasCounted'), target: 'recording' },
          FINISH: { target: 'finished' },
        },
        after: { patience: { target: 'paused' } },
      },
    },
  });
