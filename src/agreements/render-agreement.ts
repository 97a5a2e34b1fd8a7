import { v7 as uuidv7 } from 'uuid';
import type { TransactionEffect } from '../engine/index.js';
import { renderedTerms } from '../../workflows/phases/index.js';
import { drawUp } from './draw-up.js';
import { readSources } from './sources.js';

/** Draws up the text of one version of the terms; the machine gets only its hash. */
export const renderAgreementEffect: TransactionEffect = async (tx, { instanceId, at, params }) => {
  const { version, terms } = renderedTerms.parse(params);
  const source = await readSources(tx, instanceId);
  const draft = { agreementId: uuidv7(), requestId: instanceId, version, audience: 'ALL', terms, at } as const;
  const drawn = await drawUp(tx, source.templateId!, source, draft);
  return { type: 'AGREEMENT_RENDERED', version, ...drawn };
};
