import type { App } from '../../src/app.js';
import { act, agree, ask, broadcasterOf, guildOf, keyOf, type Actors } from './act.js';
import type { Join } from './plan.js';
import type { ReplayWorld } from './world.js';

/** One JOIN as its people make it: application, acceptance, two signatures. The rest is the clock's. */
export async function join(app: App, world: ReplayWorld, { spell, early }: Join): Promise<void> {
  const actors: Actors = { app, world, spell };
  const broadcaster = broadcasterOf(actors);
  const key = keyOf(spell, '');
  const { instanceId, state } = await ask(actors, 'JOIN', 'requestJoin', key, {
    guildId: guildOf(actors).id,
    broadcasterId: broadcaster.id,
    initiator: 'BROADCASTER',
    said: { terms: { guildSharePercent: 0, termMonths: 0, startAt: spell.joinedAt } },
  });
  if (state === 'rejected') return;
  await agree(actors, key, instanceId);
  if (early) await act(actors, 'requestEarlyStart', broadcaster.principalId, key, instanceId, { type: 'REQUEST_EARLY_START' });
}
