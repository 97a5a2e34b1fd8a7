import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import type { ApiServer, ApiServerOptions } from '../../src/graphql/index.js';
import { buildSchema, containerOf, createApiServer, createLogger } from '../../src/graphql/index.js';
import type { Context, Identity, ViewerTransactions } from '../../src/identity/index.js';
import { DevelopmentIssuer, TokenVerifier } from '../../src/identity/index.js';
import type { Connection } from '../../src/schema/index.js';
import {
  ConnectionOf,
  DateTime,
  IdempotencyKey,
  PageArgs,
  pageRequest,
  Refusal,
  resultUnion,
  toConnection,
} from '../../src/schema/index.js';

/** A transaction that is no database's: only whether it was opened and ended matters here. */
export interface FakeTransaction {
  readonly subject: string;
  readonly mode: 'snapshot' | 'short';
}

export class FakeViewers implements ViewerTransactions<FakeTransaction> {
  opened = 0;
  readonly open_ = new Set<FakeTransaction>();
  failToClose = false;

  async open(identity: Identity, mode: 'snapshot' | 'short'): Promise<FakeTransaction> {
    const tx = { subject: identity.subject, mode };
    this.opened += 1;
    this.open_.add(tx);
    return tx;
  }

  async close(tx: FakeTransaction): Promise<void> {
    this.open_.delete(tx);
    if (this.failToClose) throw new Error('connection lost');
  }
}

/** Opened from outside: tests stage an order instead of sleeping. */
export class Gate {
  readonly passed: Promise<void>;
  readonly reached: Promise<void>;
  open: () => void = () => undefined;
  reach: () => void = () => undefined;

  constructor() {
    this.passed = new Promise((resolve) => (this.open = resolve));
    this.reached = new Promise((resolve) => (this.reach = resolve));
  }
}

const countOf = (args: unknown): number => (args as { count: number }).count;

type Ctx_ = Context<FakeTransaction>;

@ObjectType({ description: 'A thing.' })
class Item {
  @Field(() => String)
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

const ItemConnection = ConnectionOf('Item', () => Item);
const RenameResult = resultUnion('RenameResult', 'The item, or why not.', [Item]);

@Resolver(() => Item)
export class GroundResolver {
  gate = new Gate();
  sourcesEnded = 0;
  eventsMade = 0;

  @Query(() => String)
  hello(): string {
    return 'world';
  }

  @Query(() => DateTime)
  echo(@Arg('at', () => DateTime) at: Date): Date {
    return at;
  }

  @Query(() => ItemConnection)
  items(@Args(() => PageArgs) args: PageArgs): Connection<Item> {
    const page = pageRequest(args, ['integer']);
    const begin = Number(page.after?.[0] ?? 0);
    const rows = Array.from({ length: Math.min(page.limit, 250 - begin) }, (_, index) => begin + index + 1);
    return toConnection(
      rows,
      page,
      (row) => [row],
      (row) => new Item(`item ${row}`),
    );
  }

  @FieldResolver(() => Item)
  self(@Root() item: Item): Item {
    return item;
  }

  @FieldResolver(() => [Item])
  parts(@Root() item: Item): Item[] {
    return [item];
  }

  @Query(() => String)
  async whoAmI(@Ctx() context: Ctx_): Promise<string> {
    const [first, second] = await Promise.all([context.viewer(), context.viewer()]);
    return first === second ? first.subject : 'two transactions';
  }

  @Query(() => String, { nullable: true })
  async boom(@Ctx() context: Ctx_): Promise<string> {
    await context.viewer();
    throw new Error(`SELECT * FROM principal WHERE handle = 'ann@example.org'`);
  }

  @Query(() => String)
  async slow(@Ctx() context: Ctx_): Promise<string> {
    await context.viewer();
    this.gate.reach();
    await this.gate.passed;
    return 'done';
  }

  @Mutation(() => RenameResult)
  async rename(
    @Arg('name', () => String) name: string,
    @Arg('key', () => IdempotencyKey) _key: string,
    @Ctx() context: Ctx_,
  ): Promise<Item | Refusal> {
    const authorised = await context.shortViewer(async (tx) => tx.mode);
    if (authorised === 'short' && name !== 'taken') return new Item(name);
    const reasons = [{ code: 'NAME_TAKEN', message: 'This name is taken.', field: 'name', until: '2030-01-01T00:00:00.000Z' }];
    return new Refusal({ code: 'NOT_ALLOWED', reasons, currentState: 'SIGNING', currentVersion: 4 });
  }

  @Subscription(() => Int, {
    subscribe: ({ args, context }) => GroundResolver.current!.source(countOf(args), (context as Ctx_).signal),
  })
  async ticks(@Root() tick: number, @Arg('count', () => Int) _count: number, @Ctx() context: Ctx_): Promise<number> {
    await context.viewer();
    return tick;
  }

  @Subscription(() => Int, {
    subscribe: () => {
      throw new Error('secret of the source');
    },
  })
  broken(@Root() tick: number): number {
    return tick;
  }

  /** A `subscribe` has no resolver as its `this`. */
  static current: GroundResolver | undefined;

  /** `count` events, then an error for a negative count, else nothing until somebody leaves. */
  async *source(count: number, signal: AbortSignal): AsyncGenerator<number> {
    try {
      for (let tick = 1; tick <= Math.abs(count); tick += 1) {
        this.eventsMade += 1;
        yield tick;
      }
      if (count < 0) throw new Error('secret of the source');
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    } finally {
      this.sourcesEnded += 1;
    }
  }
}

export const AUDIENCE = 'guildhall-test';

export interface Ground {
  readonly origin: string;
  readonly server: ApiServer;
  readonly resolver: GroundResolver;
  readonly viewers: FakeViewers;
  readonly issuer: DevelopmentIssuer;
  readonly token: string;
  readonly log: () => string;
  stop(): Promise<void>;
}

export const startGround = async (overrides: Partial<ApiServerOptions<FakeTransaction>> = {}): Promise<Ground> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'guildhall-ground-'));
  const issuer = await DevelopmentIssuer.open({ dataDir, audience: AUDIENCE, production: false });
  const resolver = new GroundResolver();
  const previous = GroundResolver.current;
  GroundResolver.current = resolver;
  const viewers = new FakeViewers();
  let lines = '';
  const server = await createApiServer<FakeTransaction>({
    schema: await buildSchema({ resolvers: [GroundResolver], container: containerOf([resolver]) }),
    tokens: new TokenVerifier({ issuers: [issuer.trusted()], audience: AUDIENCE }),
    viewers,
    log: createLogger('debug', { write: (line) => void (lines += line) }),
    registry: new Registry(),
    readiness: {},
    introspection: true,
    graphiql: {},
    ...overrides,
  });
  const port = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    origin: `http://127.0.0.1:${port}`,
    server,
    resolver,
    viewers,
    issuer,
    token: await issuer.mint('ann', 600),
    log: () => lines,
    stop: async () => {
      await server.close();
      if (previous) GroundResolver.current = previous;
      await rm(dataDir, { recursive: true });
    },
  };
};
