import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { TransferContext } from '../../workflows/phases/index.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { RequestType } from './request.type.js';
import { transferTermsFor } from './transfer-terms.js';
import { TransferTermsType } from './transfer.type.js';

@Resolver(() => RequestType)
export class TransferResolver {
  @FieldResolver(() => TransferTermsType, {
    nullable: true,
    description: 'What a transfer is about, as far as the viewer may see it; null for every other kind.',
  })
  async transferTerms(@Root() { row }: RequestType, @Ctx() context: ViewerContext): Promise<TransferTermsType | undefined> {
    if (row.kind !== 'TRANSFER_AGREED' && row.kind !== 'TRANSFER_PORTABLE') return undefined;
    const { viewer } = await context.viewer();
    const { context: kept } = JSON.parse(row.snapshot) as { context: TransferContext };
    return transferTermsFor(viewer, row, kept);
  }
}
