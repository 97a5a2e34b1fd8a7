import type { App } from '../../src/app.js';
import type { AcceptedOutcome, Outcome } from '../../src/engine/index.js';
import type { Spell } from './spells.js';
import type { ReplayWorld } from './world.js';

/** What people do in the replay, each step under a permanent key: done once, however often it is asked for. */
export interface Actors {
  readonly app: App;
  readonly world: ReplayWorld;
  readonly spell: Spell;
}

export const guildOf = ({ world, spell }: Actors) => world.guilds.get(spell.guild)!;
export const broadcasterOf = ({ world, spell }: Actors) => world.broadcasters.get(spell.broadcaster)!;

/** Of the beginning of a spell, or of its end. */
export const keyOf = ({ guild, broadcaster, joinedAt }: Spell, part: '' | '/leave'): string =>
  `${guild}/${broadcaster}/${joinedAt}${part}`;

export function accepted(outcome: Outcome, { line }: Spell): AcceptedOutcome {
  if (outcome.outcome === 'refused')
    throw new Error(`Line ${String(line)}: ${outcome.code}: ${outcome.reasons.map(({ message }) => message).join(' ')}`);
  return outcome;
}

/** The broadcaster asks for something. */
export const ask = async (actors: Actors, kind: string, operation: string, idempotencyKey: string, input: object) =>
  accepted(
    await actors.app.engine.start({
      kind,
      operation,
      principalId: broadcasterOf(actors).principalId,
      idempotencyKey,
      permanentKey: true,
      input,
    }),
    actors.spell,
  );

/** Somebody acts in a request. */
export const act = async (
  { app, spell }: Actors,
  operation: string,
  principalId: string,
  idempotencyKey: string,
  instanceId: string,
  event: { readonly type: string; readonly [key: string]: unknown },
) => accepted(await app.engine.send({ instanceId, operation, principalId, event, idempotencyKey, permanentKey: true }), spell);

/** The guild accepts what the broadcaster has proposed, and both sign the text that they are shown. */
export async function agree(actors: Actors, idempotencyKey: string, instanceId: string): Promise<void> {
  const { ownerId } = guildOf(actors);
  const { principalId } = broadcasterOf(actors);
  const version = 1;
  await act(actors, 'acceptTerms', ownerId, idempotencyKey, instanceId, { type: 'ACCEPT_TERMS', version });
  const sha256 = await shownHash(actors.app, instanceId);
  const sign = (by: string) =>
    act(actors, 'signAgreement', by, idempotencyKey, instanceId, { type: 'SIGN_AGREEMENT', version, sha256 });
  await Promise.all([sign(principalId), sign(ownerId)]);
}

async function shownHash(app: App, requestId: string): Promise<string> {
  const { rows } = await app.engine.options.pool.query<{ sha256: string }>(
    'select sha256 from guildhall.agreement_version where request_id = $1 and version = 1',
    [requestId],
  );
  return rows[0]!.sha256;
}
