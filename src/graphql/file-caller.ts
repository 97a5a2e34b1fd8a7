import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Identity, ViewerTransactions } from '../identity/index.js';
import { OperationContext, type Caller } from './context.js';
import { bearerToken, type Door } from './door.js';

const TIMEOUT_MS = 60_000;

/** Who asks for a file, by the same token as for the API. */
export const callerOf = async (
  request: FastifyRequest,
  door: Door,
  log: Logger,
): Promise<Caller & { readonly identity: Identity }> => ({
  transport: 'http',
  requestId: request.id,
  identity: await door.identify(bearerToken(request.headers.authorization)),
  log: log.child({ requestId: request.id }),
});

/** What a file is read with; whoever opens it ends it. */
export const fileContext = <Tx>(caller: Caller, viewers: ViewerTransactions<Tx>): OperationContext<Tx> =>
  new OperationContext(caller, viewers, AbortSignal.timeout(TIMEOUT_MS));
