import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode, handleProtocols, makeServer } from 'graphql-ws';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import type { Identity } from '../identity/index.js';
import type { Admitted } from './guard.js';
import type { Caller } from './context.js';
import type { Door } from './door.js';
import { bearerToken, whenExpired } from './door.js';
import { OperationRefused, refused } from './operation-refused.js';
import { readOperationRequest } from './operation-request.js';
import type { OperationRunner } from './runner.js';

interface Connection {
  readonly socket: WebSocket;
  readonly closed: AbortController;
  identity?: Identity;
  cancelExpiry?: () => void;
}

interface Subscribing {
  readonly admitted: Admitted;
  readonly caller: Caller;
  readonly signal: AbortSignal;
}

export interface WebSocketTransport {
  /** Closes every socket with 1001, and those that do not answer for good after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

const KEEP_ALIVE_MS = 12_000;
const GOING_AWAY = 1001;

/** graphql-transport-ws. Our own adapter, because the one of graphql-ws prints errors, with their values, to the console. */
export const serveWebSocket = (http: Server, door: Door, runner: OperationRunner<unknown>, log: Logger): WebSocketTransport => {
  const { maxMessageBytes, maxSubscriptionsPerSocket } = door.guard.limits;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes, handleProtocols });
  let stopped = false;

  const protocol = makeServer<Record<string, unknown>, Connection>({
    schema: door.guard.schema,
    onConnect: async ({ connectionParams, extra }) => {
      try {
        extra.identity = await door.identify(tokenOf(connectionParams));
      } catch (error) {
        if (!(error instanceof OperationRefused)) throw error;
        // The protocol has no refusal of a connection but a close; its reason is the code that HTTP would answer.
        extra.socket.close(CloseCode.Forbidden, String(error.errors[0].extensions['reason']));
        return false;
      }
      extra.cancelExpiry = whenExpired(extra.identity, () => extra.socket.close(CloseCode.Forbidden, 'TOKEN_EXPIRED'));
      return true;
    },
    onSubscribe: ({ extra, subscriptions }, _id, payload) => {
      try {
        if (Object.keys(subscriptions).length > maxSubscriptionsPerSocket) {
          throw refused('TOO_MANY_SUBSCRIPTIONS', `A connection has at most ${maxSubscriptionsPerSocket} subscriptions.`);
        }
        const admitted = door.guard.admit(readOperationRequest(payload), ['subscription']);
        const requestId = randomUUID();
        const caller: Caller = { transport: 'ws', requestId, identity: extra.identity, log: log.child({ requestId }) };
        const contextValue: Subscribing = { admitted, caller, signal: extra.closed.signal };
        return {
          schema: door.guard.schema,
          document: admitted.document,
          operationName: admitted.operationName ?? null,
          contextValue,
        };
      } catch (error) {
        if (error instanceof OperationRefused) return error.errors;
        throw error;
      }
    },
    subscribe: ({ contextValue }) => {
      const { admitted, caller, signal } = contextValue as Subscribing;
      return runner.subscribe(admitted, caller, signal);
    },
    onClose: ({ extra }) => {
      extra.cancelExpiry?.();
      extra.closed.abort();
    },
  });

  sockets.on('connection', (socket: WebSocket) => {
    const fail = (error: unknown): void => {
      log.error({ err: error }, 'a WebSocket connection broke');
      socket.close(CloseCode.InternalServerError, 'INTERNAL');
    };
    const opened = protocol.opened(
      {
        protocol: socket.protocol,
        // Resolved when the kernel has it: the next event is pulled only then, so a stalled client does not fill the memory.
        // A client that has gone is no error; its close event follows.
        send: (data) =>
          new Promise((resolve) => (socket.readyState === socket.OPEN ? socket.send(data, () => resolve()) : resolve())),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (receive) => {
          socket.on('message', (data: Buffer) => void receive(data.toString()).catch(fail));
        },
      },
      { socket, closed: new AbortController() },
    );
    const stopPinging = keepAlive(socket);
    socket.on('error', () => socket.terminate());
    socket.once('close', (code, reason) => {
      stopPinging();
      opened(code, reason.toString()).catch(fail);
    });
  });

  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = request.url?.split('?', 1)[0];
    if (stopped || path !== '/graphql') {
      socket.end(`HTTP/1.1 ${stopped ? '503 Service Unavailable' : '404 Not Found'}\r\nConnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => sockets.emit('connection', webSocket, request));
  });

  return {
    stop: async (graceMs) => {
      stopped = true;
      const closes = [...sockets.clients].map(
        (socket) =>
          new Promise<void>((resolve) => {
            const timer = setTimeout(() => socket.terminate(), graceMs);
            socket.once('close', () => {
              clearTimeout(timer);
              resolve();
            });
            socket.close(GOING_AWAY, 'Going away');
          }),
      );
      await Promise.all(closes);
      sockets.close();
    },
  };
};

/** A connection whose other end vanished without a word is found out within two pings. */
const keepAlive = (socket: WebSocket): (() => void) => {
  let answered = true;
  socket.on('pong', () => (answered = true));
  const timer = setInterval(() => {
    if (!answered) socket.terminate();
    answered = false;
    if (socket.readyState === socket.OPEN) socket.ping();
  }, KEEP_ALIVE_MS);
  return () => clearInterval(timer);
};

/** `{token}` or, as clients that share their headers with HTTP send it, `{authorization: 'Bearer …'}`. */
const tokenOf = (parameters: Readonly<Record<string, unknown>> | undefined): string | undefined => {
  const { token, authorization, Authorization: capitalised } = parameters ?? {};
  if (typeof token === 'string') return token;
  const header = authorization ?? capitalised;
  return typeof header === 'string' ? bearerToken(header) : undefined;
};
