import { resolve } from 'node:path';
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
    SHOW_DATABASE_URL: z.enum(['true', 'false']).default('false'),
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
    if (env.NODE_ENV !== 'production') return;
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
    introspection: value.INTROSPECTION === undefined ? !production : value.INTROSPECTION === 'true',
    authenticatorKeys: value.AUTHENTICATOR_KEY,
    authenticatorKeyFile: value.AUTHENTICATOR_KEY_FILE,
    passkeyOrigins,
    passkeyDomain: value.PASSKEY_DOMAIN ?? new URL(passkeyOrigins[0]!).hostname,
    showDatabaseUrl: !production && value.SHOW_DATABASE_URL === 'true',
  };
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
