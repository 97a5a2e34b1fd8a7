import { canonicalText } from './chain.js';

export interface Sealable {
  readonly instanceId: string;
  readonly kind: string;
  readonly seq: number;
  readonly hash: string;
}

/** What a seal is over: that this entry of this chain, and so all before it, was there when it was sealed. */
export const sealPayload = ({ instanceId, kind, seq, hash }: Sealable): string => canonicalText({ hash, instanceId, kind, seq });

/** Which entries of a history are sealed: what people did. The chain carries the seal back over all that lies between. */
export const isSealed = (source: string): boolean => source === 'outside' || source === 'start';
