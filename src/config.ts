import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { ConfigurationError } from './errors.js';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export interface Config {
  readonly production: boolean;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Absolute. */
  readonly dataDir: string;
  /** A PostgreSQL 15–18 of the user's own; undefined: the embedded one. */
  readonly databaseUrl: string | undefined;
  /** Who migrates, when that is not who serves. */
  readonly migrationDatabaseUrl: string | undefined;
  /** The port that the embedded PostgreSQL tries first. */
  readonly pgPort: number;
  /** Connections of each of the two pools, the viewers' and the engine's. */
  readonly poolSize: number;
  readonly logLevel: (typeof logLevels)[number];
  /** Undefined: the local development issuer, which refuses to exist in production. */
  readonly oidcIssuer: string | undefined;
  /** Where the issuer's keys are; undefined: its discovery document says so. */
  readonly oidcJwksUrl: string | undefined;
  readonly tokenAudience: string;
  readonly introspection: boolean;
  /** PEM, or the path of a file with it, of the key that signs PDFs and of its certificate; both or none. */
  readonly documentKey: string | undefined;
  readonly documentCertificate: string | undefined;
  /** The private key by which the platform signs, PEM or JWK; undefined: a file. */
  readonly platformKey: string | undefined;
  /** Its file; undefined outside production: one in the data folder. */
  readonly platformKeyFile: string | undefined;
  /** Where checkpoints are exported to: best a disk that the database's master cannot write. Absolute. */
  readonly checkpointDir: string;
  /** How often one is made; 0: only by hand. */
  readonly checkpointMinutes: number;
  /** Service that sends one-time codes to people, and what it knows this server by; undefined: see `openCodeDelivery`. */
  readonly codeDeliveryUrl: string | undefined;
  readonly codeDeliveryToken: string | undefined;
  /** Timestamp authority (RFC 3161) for checkpoints; undefined: none. */
  readonly timestampUrl: string | undefined;
  /** Addresses and networks of the proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Keys for the secrets of authenticator apps, base64, the one that encrypts first; undefined: see `authenticatorKeyFile`. */
  readonly authenticatorKeys: string | undefined;
  readonly authenticatorKeyFile: string | undefined;
  /** Addresses of the pages on which passkeys are used. */
  readonly passkeyOrigins: readonly string[];
  /** The domain that passkeys belong to. */
  readonly passkeyDomain: string;
  /** Print where the embedded database listens, password included; never in production. */
  readonly showDatabaseUrl: boolean;
}

const wholeNumber = (min: number, max: number, fallback: number) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number(message).int(message).min(min, message).max(max, message).default(fallback);
};
const postgresUrl = z
  .string()
  .refine(isPostgresUrl, 'must look like postgres://user:password@host:5432/database, with a database name')
  .optional();
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' }).optional();

const environment = z
  .object({
    NODE_ENV: z.enum(['production', 'development', 'test'], 'must be production, development or test').default('development'),
    HOST: z.string().default('127.0.0.1'),
    PORT: wholeNumber(0, 65_535, 4000),
    DATA_DIR: z.string().default('.guildhall'),
    DATABASE_URL: postgresUrl,
    MIGRATION_DATABASE_URL: postgresUrl,
    PG_PORT: wholeNumber(0, 65_535, 54_340),
    POOL_SIZE: wholeNumber(2, 100, 8),
    LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
    OIDC_ISSUER: httpUrl,
    OIDC_AUDIENCE: z.string().default('guildhall'),
    OIDC_JWKS_URL: httpUrl,
    DOCUMENT_KEY: z.string().optional(),
    DOCUMENT_CERTIFICATE: z.string().optional(),
    SHOW_DATABASE_URL: z.enum(['true', 'false']).default('false'),
    CHECKPOINT_DIR: z.string().optional(),
    CHECKPOINT_MINUTES: wholeNumber(0, 10_080, 60),
    TIMESTAMP_URL: httpUrl,
    CODE_DELIVERY_URL: httpUrl,
    CODE_DELIVERY_TOKEN: z.string().min(1).optional(),
    PLATFORM_KEY: z.string().optional(),
    PLATFORM_KEY_FILE: z.string().optional(),
    TRUSTED_PROXIES: z
      .string()
      .transform((text) => text.split(',').map((part) => part.trim()))
      .refine((parts) => parts.every(isNetwork), 'must be addresses or networks, e.g. 10.0.0.0/8,192.0.2.7')
      .default([]),
    AUTHENTICATOR_KEY: z.string().optional(),
    AUTHENTICATOR_KEY_FILE: z.string().optional(),
    PASSKEY_ORIGINS: z
      .string()
      .refine(areOrigins, 'must be origins such as https://guildhall.example, separated by commas')
      .optional(),
    PASSKEY_DOMAIN: z
      .string()
      .regex(/^[a-z0-9.-]{1,253}$/, 'must be a domain, e.g. guildhall.example')
      .optional(),
    INTROSPECTION: z.enum(['true', 'false'], 'must be true or false').optional(),
  })
  .superRefine((env, context) => {
    const report = (variable: string, message: string) => {
      context.addIssue({ code: 'custom', path: [variable], message });
    };
    if (env.MIGRATION_DATABASE_URL && !env.DATABASE_URL) report('DATABASE_URL', 'must be set when MIGRATION_DATABASE_URL is');
    if (env.AUTHENTICATOR_KEY && env.AUTHENTICATOR_KEY_FILE)
      report('AUTHENTICATOR_KEY_FILE', 'must not be set when AUTHENTICATOR_KEY is');
    if (env.OIDC_JWKS_URL && !env.OIDC_ISSUER) report('OIDC_ISSUER', 'must be set when OIDC_JWKS_URL is');
    if ((env.DOCUMENT_KEY === undefined) !== (env.DOCUMENT_CERTIFICATE === undefined))
      report(env.DOCUMENT_KEY === undefined ? 'DOCUMENT_KEY' : 'DOCUMENT_CERTIFICATE', 'must be set when the other one is');
    if (env.PLATFORM_KEY && env.PLATFORM_KEY_FILE) report('PLATFORM_KEY_FILE', 'cannot be set together with PLATFORM_KEY');
    if (env.NODE_ENV !== 'production') return;
    if (!env.PLATFORM_KEY && !env.PLATFORM_KEY_FILE)
      report('PLATFORM_KEY', 'or PLATFORM_KEY_FILE must be set in production to the private key by which the platform signs');
    if (!env.OIDC_ISSUER)
      report('OIDC_ISSUER', 'must be set in production to the OpenID Connect issuer whose tokens are accepted');
    if (!env.DATABASE_URL) report('DATABASE_URL', 'must be set in production to a PostgreSQL 15 to 18 database');
  });

/**
 * The only reader of the environment. An empty variable counts as one that is not set, which is how containers pass them.
 * Throws a ConfigurationError that lists every variable in the way, and what it has to be.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const parsed = environment.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')));
  if (!parsed.success) {
    // The values are left out: one of them may hold a password.
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')} ${issue.message}`);
    throw new ConfigurationError(
      `The environment is not usable:\n${lines.join('\n')}`,
      'Set the variable so, or leave it out for its default.',
    );
  }
  const value = parsed.data;
  const production = value.NODE_ENV === 'production';
  const passkeyOrigins = value.PASSKEY_ORIGINS?.split(',') ?? [`http://localhost:${String(value.PORT)}`];
  return {
    production,
    host: value.HOST,
    port: value.PORT,
    dataDir: resolve(value.DATA_DIR),
    databaseUrl: value.DATABASE_URL,
    migrationDatabaseUrl: value.MIGRATION_DATABASE_URL,
    pgPort: value.PG_PORT,
    poolSize: value.POOL_SIZE,
    logLevel: value.LOG_LEVEL,
    oidcIssuer: value.OIDC_ISSUER,
    oidcJwksUrl: value.OIDC_JWKS_URL,
    tokenAudience: value.OIDC_AUDIENCE,
    checkpointDir: resolve(value.CHECKPOINT_DIR ?? join(value.DATA_DIR, 'checkpoints')),
    checkpointMinutes: value.CHECKPOINT_MINUTES,
    timestampUrl: value.TIMESTAMP_URL,
    codeDeliveryUrl: value.CODE_DELIVERY_URL,
    codeDeliveryToken: value.CODE_DELIVERY_TOKEN,
    platformKey: value.PLATFORM_KEY,
    platformKeyFile: value.PLATFORM_KEY_FILE === undefined ? undefined : resolve(value.PLATFORM_KEY_FILE),
    trustedProxies: value.TRUSTED_PROXIES,
    introspection: value.INTROSPECTION === undefined ? !production : value.INTROSPECTION === 'true',
    documentKey: value.DOCUMENT_KEY,
    documentCertificate: value.DOCUMENT_CERTIFICATE,
    authenticatorKeys: value.AUTHENTICATOR_KEY,
    authenticatorKeyFile: value.AUTHENTICATOR_KEY_FILE,
    passkeyOrigins,
    passkeyDomain: value.PASSKEY_DOMAIN ?? new URL(passkeyOrigins[0]!).hostname,
    showDatabaseUrl: !production && value.SHOW_DATABASE_URL === 'true',
  };
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  return (
    family !== 0 &&
    more.length === 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)))
  );
}

function isPostgresUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1;
}

function areOrigins(text: string): boolean {
  return text
    .split(',')
    .every((part) => URL.canParse(part) && /^https?:$/.test(new URL(part).protocol) && new URL(part).origin === part);
}
