import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Context, Identity, ViewerTransactions } from '../identity/index.js';
import { PublicError } from '../schema/index.js';
import { BoundedMap } from './bounded-map.js';
import type { Door } from './door.js';
import { callerOf, fileContext } from './file-caller.js';
import { OperationRefused, refused } from './operation-refused.js';

/** What is sent; `body` is asked for after the viewer's transaction has ended. */
export interface FileToSend {
  readonly fileName: string;
  readonly mediaType: string;
  readonly etag: string;
  /** Content-Security-Policy. */
  readonly policy: string;
  readonly body: () => Promise<string | Buffer>;
}

export interface AskedFile {
  /** Global id of the request. */
  readonly id: string;
  readonly version: number | undefined;
  readonly audience: string | undefined;
}

/** Files of a request by the end of their path, e.g. `agreement.pdf`; undefined for what the viewer may not see. */
export type RequestFiles<Tx> = Readonly<
  Record<string, (context: Context<Tx>, asked: AskedFile) => Promise<FileToSend | undefined>>
>;

/** Of one person: enough for somebody who reads, too little to keep a core busy. */
const FILES_A_MINUTE = 60;
const MINUTE_MS = 60_000;
const KEPT_READERS = 10_000;

/** `GET /requests/<id>/<name>`, with the same tokens, visibility and errors as the API. */
export const serveRequestFiles = <Tx>(
  app: FastifyInstance,
  door: Door,
  viewers: ViewerTransactions<Tx>,
  log: Logger,
  files: RequestFiles<Tx>,
): void => {
  const limit = rateLimit();
  for (const [name, prepare] of Object.entries(files)) {
    app.get<{ Params: { id: string } }>(`/requests/:id/${name}`, async (request, reply) => {
      const caller = await callerOf(request, door, log);
      limit(caller.identity, reply);
      const asked = { id: request.params.id, ...chosen(request.query) };
      const context = fileContext(caller, viewers);
      let file: FileToSend | undefined;
      try {
        file = await prepare(context, asked);
      } finally {
        // Making a long file takes seconds: no connection waits for it.
        await context.end();
      }
      if (!file) throw new OperationRefused([new PublicError('NOT_FOUND', 'There is no such file that you may see.')], 404);
      return send(request, reply, file);
    });
  }
};

const send = async (request: FastifyRequest, reply: FastifyReply, file: FileToSend): Promise<FastifyReply> => {
  void reply
    .header('etag', file.etag)
    // Of one person: no proxy may keep it, and a browser asks each time whether it still holds.
    .header('cache-control', 'private, no-cache')
    .header('vary', 'authorization')
    .header('content-security-policy', file.policy)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer');
  if (matches(request.headers['if-none-match'], file.etag)) return reply.code(304).send();
  const body = await file.body();
  return reply.type(file.mediaType).header('content-disposition', `inline; filename="${file.fileName}"`).send(body);
};

/** By weak comparison, as If-None-Match is. */
const matches = (header: string | undefined, etag: string): boolean => {
  const bare = (tag: string) => tag.trim().replace(/^W\//, '');
  return header?.split(',').some((tag) => tag.trim() === '*' || bare(tag) === bare(etag)) ?? false;
};

const chosen = (query: unknown): Pick<AskedFile, 'version' | 'audience'> => {
  const { version, audience, ...rest } = query as Readonly<Record<string, unknown>>;
  const isVersion = version === undefined || (typeof version === 'string' && /^[1-9]\d{0,3}$/.test(version));
  const isAudience = audience === undefined || (typeof audience === 'string' && /^[A-Z_]{1,20}$/.test(audience));
  if (!isVersion || !isAudience || Object.keys(rest).length > 0)
    throw refused('BAD_USER_INPUT', 'A file takes `version`, a number, and `audience`, as `Agreement` shows them; nothing else.');
  return { version: version === undefined ? undefined : Number(version), audience };
};

/** A bucket a person: it fills up again evenly, and what does not fit into it is told to wait. */
const rateLimit = (): ((identity: Identity, reply: FastifyReply) => void) => {
  const buckets = new BoundedMap<{ left: number; at: number }>(KEPT_READERS);
  return ({ issuer, subject }, reply) => {
    const key = JSON.stringify([issuer, subject]);
    const now = performance.now();
    const bucket = buckets.get(key) ?? { left: FILES_A_MINUTE, at: now };
    bucket.left = Math.min(FILES_A_MINUTE, bucket.left + ((now - bucket.at) / MINUTE_MS) * FILES_A_MINUTE);
    bucket.at = now;
    buckets.set(key, bucket);
    if (bucket.left < 1) {
      void reply.header('retry-after', String(Math.ceil(((1 - bucket.left) / FILES_A_MINUTE) * (MINUTE_MS / 1_000))));
      throw new OperationRefused(
        [new PublicError('TOO_MANY_REQUESTS', 'That were many files in a short time; wait a moment.')],
        429,
      );
    }
    bucket.left -= 1;
  };
};
