import { v7 as uuidv7 } from 'uuid';
import { renderTransferParams } from '../../workflows/phases/index.js';
import { ExpectedRefusal, type Transaction, type TransactionEffect } from '../engine/index.js';
import { renderAgreement } from './render.js';
import { readSources } from './sources.js';

type Terms = Readonly<Record<string, string | number | boolean>>;

/**
 * Draws up both texts of a transfer: the whole for broadcaster and gaining guild, and the release for the losing guild, which is another
 * template and is kept from whom it is not for by its audience. The machine gets only their hashes.
 */
export const renderTransferEffect: TransactionEffect = async (tx, call) => {
  const { version, agreement, release, coolingOffDays } = renderTransferParams.parse(call.params);
  const source = await readSources(tx, call.instanceId);
  const draw = async (template: string, audience: 'GUILD' | 'GAINING_GUILD', terms: Terms) => {
    const agreementId = uuidv7();
    const { body, sha256 } = renderAgreement(template, {
      agreementId,
      version: String(version),
      guild: source.guild,
      gainingGuild: source.gaining_guild ?? '',
      broadcaster: source.broadcaster,
      region: source.region,
      policy: source.policy,
      ...Object.fromEntries(Object.entries(terms).map(([name, value]) => [name, String(value)])),
      start: terms['transferAt'] === undefined ? 'when the cooling-off is over' : `at ${String(terms['transferAt'])}`,
      coolingOffDays: String(coolingOffDays),
      date: call.at.slice(0, 10),
    });
    await tx.query(
      `insert into guildhall.agreement_version (id, request_id, version, audience, terms, body, sha256, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [agreementId, call.instanceId, version, audience, JSON.stringify(terms), body, sha256, call.at],
    );
    return { agreementId, sha256 };
  };
  return {
    type: 'TRANSFER_RENDERED',
    version,
    agreement: await draw(source.template, 'GAINING_GUILD', agreement),
    release: release === null ? null : await draw(await releaseTemplate(tx, call.instanceId), 'GUILD', release),
  };
};

/** In force when the request was opened, as its own template is. */
async function releaseTemplate(tx: Transaction, requestId: string): Promise<string> {
  const { rows } = await tx.query<{ body: string }>({
    name: 'agreements.releaseTemplate',
    text: `select t.body from guildhall.template_version t join guildhall.request r on r.id = $1
      where t.name = 'TRANSFER_RELEASE' and t.published_at <= r.created_at order by t.number desc limit 1`,
    values: [requestId],
  });
  if (rows[0]) return rows[0].body;
  throw new ExpectedRefusal([{ code: 'NO_TEMPLATE', message: 'No template of a release is in force.' }]);
}
