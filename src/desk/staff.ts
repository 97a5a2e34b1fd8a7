import type { ViewerTransaction } from '../database/index.js';
import { PublicError } from '../schema/index.js';

/** @throws PublicError FORBIDDEN: the desk is the platform's, whatever a party may see of the same requests elsewhere */
export function assertStaff({ viewer }: ViewerTransaction): void {
  if (viewer.platformRole !== 'SUPPORT' && viewer.platformRole !== 'AUDITOR')
    throw new PublicError('FORBIDDEN', 'This is for support and auditors.');
}
