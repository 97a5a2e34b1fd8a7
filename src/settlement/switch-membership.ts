import { v7 as uuidv7 } from 'uuid';
import { switchParams } from '../../workflows/phases/index.js';
import { ExpectedRefusal, type TransactionEffect } from '../engine/index.js';
import { consentNeeded } from './consent.js';
import { lockGuilds } from './locks.js';
import { beginMembership, objectionsOfGuild } from './roster.js';

/**
 * The switch: the membership begins, in the transaction of the transition. What was true when the request was submitted is
 * judged again here, under the guild's lock (its cap) and, for the broadcaster, by the exclusion constraint.
 */
export const switchMembership: TransactionEffect = async (tx, call) => {
  const { broadcasterId, guildId, startsAt, terms, consent } = switchParams.parse(call.params);
  await lockGuilds(tx, [guildId]);
  const lapsed = await consentNeeded(tx, call, consent);
  if (lapsed) return lapsed;
  const reasons = await objectionsOfGuild(tx, guildId, broadcasterId, startsAt);
  if (reasons.length > 0) throw new ExpectedRefusal(reasons);
  const membershipId = uuidv7();
  await beginMembership(tx, { id: membershipId, requestId: call.instanceId, broadcasterId, guildId, startsAt, terms });
  return { type: 'SWITCHED', membershipId };
};
