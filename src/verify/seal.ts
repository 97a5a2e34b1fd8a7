import { canonicalText } from './chain.js';

/** What a seal is over: that this entry of this chain, and so all before it, was there when it was sealed. */
export const sealPayload = (instanceId: string, seq: number, hash: string): string => canonicalText({ hash, instanceId, seq });

/** Which entries of a history are sealed: what people did. The chain carries the seal back over all that lies between. */
export const isSealed = (source: string): boolean => source === 'outside' || source === 'start';
