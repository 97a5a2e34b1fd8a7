import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Context, ViewerTransactions } from '../identity/index.js';
import { PublicError } from '../schema/index.js';
import type { Door } from './door.js';
import { callerOf, fileContext } from './file-caller.js';

/** A file for whoever may see what it is about: asked for by GET, with the same token as the API. */
export interface Download<Tx> {
  /** May have one parameter, `:id`. */
  readonly path: string;
  /** @returns undefined when there is nothing of this id that the viewer may see */
  readonly read: (
    context: Context<Tx>,
    id: string,
  ) => Promise<{ readonly fileName: string; readonly mediaType: string; readonly body: Uint8Array } | undefined>;
}

/** What anybody may have, without a token. */
export interface PublicDocument {
  readonly path: string;
  readonly mediaType: string;
  readonly read: () => Promise<string>;
}

const noTable: readonly never[] = [];

export const serveDownloads = <Tx>(
  app: FastifyInstance,
  door: Door,
  viewers: ViewerTransactions<Tx>,
  log: Logger,
  downloads: readonly Download<Tx>[] = noTable,
  documents: readonly PublicDocument[] = noTable,
): void => {
  for (const { path, mediaType, read } of documents) {
    app.get(path, async (_request, reply) =>
      reply
        .type(mediaType)
        .header('cache-control', 'public, max-age=300')
        .send(await read()),
    );
  }
  for (const { path, read } of downloads) {
    app.get<{ Params: { id?: string } }>(path, async (request, reply) => {
      const context = fileContext(await callerOf(request, door, log), viewers);
      try {
        const file = await read(context, request.params.id ?? '');
        if (!file) return await reply.code(404).send({ errors: [NOT_FOUND.toJSON()] });
        return await reply
          .type(file.mediaType)
          // A browser that finds it in its history must not show it to the next person.
          .header('cache-control', 'no-store')
          .header('content-disposition', `attachment; filename="${file.fileName}"`)
          .send(Buffer.from(file.body));
      } finally {
        await context.end();
      }
    });
  }
};

const NOT_FOUND = new PublicError('NOT_FOUND', 'There is nothing of this id that you may see.');
