import { v7 as uuidv7 } from 'uuid';
import { renderTransferParams } from '../../workflows/phases/index.js';
import { ExpectedRefusal, type Transaction, type TransactionEffect } from '../engine/index.js';
import { templateInForceSql } from '../templates/template.service.js';
import { drawUp } from './draw-up.js';
import { readSources, type Sources } from './sources.js';

type Terms = Readonly<Record<string, string | number | boolean>>;

/**
 * Draws up both texts of a transfer: the whole for broadcaster and gaining guild, and the release for the losing guild, which is another
 * template and is kept from whom it is not for by its audience. The machine gets only their hashes.
 */
export const renderTransferEffect: TransactionEffect = async (tx, { instanceId, at, params }) => {
  const { version, agreement, release, coolingOffDays } = renderTransferParams.parse(params);
  const source = await readSources(tx, instanceId);
  const draw = (templateId: string, audience: 'GUILD' | 'GAINING_GUILD', terms: Terms) =>
    drawUp(tx, templateId, source, {
      agreementId: uuidv7(),
      requestId: instanceId,
      version,
      audience,
      terms,
      at,
      values: { coolingOffDays },
    });
  return {
    type: 'TRANSFER_RENDERED',
    version,
    agreement: await draw(source.templateId!, 'GAINING_GUILD', agreement),
    release: release === null ? null : await draw(await releaseTemplate(tx, source), 'GUILD', release),
  };
};

/** In force when the request was opened, as its own template is. */
async function releaseTemplate(tx: Transaction, { regionCode, openedAt }: Sources): Promise<string> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'agreements.releaseTemplate',
    text: templateInForceSql('id'),
    values: ['TRANSFER_RELEASE', regionCode, openedAt],
  });
  if (rows[0]) return rows[0].id;
  throw new ExpectedRefusal([{ code: 'NO_TEMPLATE', message: 'No template of a release is in force.' }]);
}
