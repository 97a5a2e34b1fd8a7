import { differingFields, standingTerms, type EntryContext, type TransferTerms } from '../../workflows/transfer-agreed/index.js';
import type { TransferContext } from '../../workflows/phases/index.js';
import type { Viewer } from '../database/index.js';
import type { RequestRow } from './request.type.js';
import { TransferTermsType, type TransferEntryType } from './transfer.type.js';

/** Sides of a transfer as which somebody looks at it. */
interface Looking {
  readonly everything: boolean;
  readonly losing: boolean;
  readonly gaining: boolean;
}

const lookingAt = (viewer: Viewer, row: RequestRow): Looking => ({
  everything:
    viewer.broadcasterId === row.broadcaster_id ||
    viewer.wardIds.includes(row.broadcaster_id) ||
    ['SUPPORT', 'AUDITOR'].includes(viewer.platformRole ?? ''),
  losing: viewer.guildIds.includes(row.guild_id),
  gaining: row.gaining_guild_id !== null && viewer.guildIds.includes(row.gaining_guild_id),
});

/**
 * The terms of a transfer as this viewer may see them. The machine has to know all of them, so that it is here that a guild is kept from
 * the other's entry, and the losing one from the offer.
 */
export function transferTermsFor(viewer: Viewer, row: RequestRow, context: TransferContext): TransferTermsType {
  const { everything, losing, gaining } = lookingAt(viewer, row);
  const { entries, deemed } = {
    entries: { GUILD: null, GAINING_GUILD: null },
    deemed: false,
    ...(context as Partial<EntryContext>),
  };
  const { GUILD: left, GAINING_GUILD: joined } = entries;
  const both = left !== null && joined !== null;
  const entry = (terms: TransferTerms | null): TransferEntryType | null =>
    terms && {
      transferAt: terms.transferAt,
      fee: { amountMinor: terms.feeMinor, currency: context.currency },
      originSharePercent: terms.originSharePercent,
    };
  return Object.assign(new TransferTermsType(), {
    guildHasEntered: left !== null,
    gainingGuildHasEntered: joined !== null,
    guild: everything || losing || both ? entry(left) : null,
    gainingGuild: everything || gaining || both ? entry(joined) : null,
    differences: both
      ? differingFields(left, joined).map((field) => ({
          field,
          guild: JSON.stringify(left[field]),
          gainingGuild: JSON.stringify(joined[field]),
        }))
      : [],
    isConsentDeemed: deemed,
    agreed: entry(standingTerms({ entries, deemed })),
    offer: everything || gaining ? context.offer : null,
    transferAt: context.transferAt,
    objections: [...context.grounds],
  });
}
