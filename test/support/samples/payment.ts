import { commonPayloads, MEMBERSHIP, requestInput } from './request.js';
import { uuid, type Sample } from './sample.js';

export const sample: Sample = {
  starts: { statement: requestInput({}, { membershipId: MEMBERSHIP, parentId: uuid(14), initiator: 'PLATFORM' }) },
  payloads: { ...commonPayloads, AGREE_STATEMENT: () => ({}) },
};
