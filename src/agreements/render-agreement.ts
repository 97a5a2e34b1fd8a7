import { v7 as uuidv7 } from 'uuid';
import type { TransactionEffect } from '../engine/index.js';
import { renderedTerms } from '../../workflows/phases/index.js';
import { renderAgreement } from './render.js';
import { readSources } from './sources.js';

/** Draws up the text of one version of the terms and stores it; the machine gets only its hash. */
export const renderAgreementEffect: TransactionEffect = async (tx, call) => {
  const { version, terms } = renderedTerms.parse(call.params);
  const source = await readSources(tx, call.instanceId);
  const agreementId = uuidv7();
  const { body, sha256 } = renderAgreement(source.template, {
    agreementId,
    version: String(version),
    guild: source.guild,
    broadcaster: source.broadcaster,
    region: source.region,
    gainingGuild: source.gaining_guild ?? '',
    ...valuesOf(terms),
    coolingOffDays: source.cooling_off_days,
    policy: source.policy,
    date: call.at.slice(0, 10),
  });
  await tx.query(
    `insert into guildhall.agreement_version (id, request_id, version, terms, body, sha256, created_at) values ($1, $2, $3, $4, $5, $6, $7)`,
    [agreementId, call.instanceId, version, JSON.stringify(terms), body, sha256, call.at],
  );
  return { type: 'AGREEMENT_RENDERED', version, sha256, agreementId };
};

/** The terms as a template names them, and what follows from them. */
function valuesOf(terms: Readonly<Record<string, string | number | boolean>>): Record<string, string> {
  const { guildSharePercent, startAt, leaveAt } = terms;
  return {
    ...Object.fromEntries(Object.entries(terms).map(([name, value]) => [name, String(value)])),
    ...(typeof guildSharePercent === 'number' && { broadcasterSharePercent: String(100 - guildSharePercent) }),
    chosen: String(startAt ?? leaveAt ?? 'none'),
    start: typeof startAt === 'string' ? startAt : 'at the end of the cooling-off period',
  };
}
