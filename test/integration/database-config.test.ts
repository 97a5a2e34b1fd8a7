import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../src/config.js';
import { ConfigurationError } from '../../src/errors.js';

const problemsOf = (env: Record<string, string>) => {
  try {
    readConfig(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
  return '';
};

describe('the configuration', () => {
  test('an empty environment gives the local defaults, and so do empty variables', () => {
    const defaults = readConfig({});
    expect(defaults).toMatchObject({
      production: false,
      host: '127.0.0.1',
      port: 4000,
      poolSize: 8,
      introspection: true,
      databaseUrl: undefined,
    });
    expect(defaults.dataDir).toMatch(/^\/.*\.guildhall$/);
    expect(readConfig({ PORT: '', DATABASE_URL: '', NODE_ENV: '' })).toEqual(defaults);
  });

  test('every problem is named with its variable, and no value is repeated', () => {
    const message = problemsOf({ PORT: '4e9', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://u:secret@h/db', NODE_ENV: 'prod' });
    expect(message).toContain('PORT must be a whole number from 0 to 65535');
    expect(message).toContain('LOG_LEVEL must be one of');
    expect(message).toContain('DATABASE_URL must look like postgres://');
    expect(message).toContain('NODE_ENV must be production, development or test');
    expect(message).not.toContain('secret');
  });

  test('production has an issuer, a database and a key of its own, or does not start', () => {
    const message = problemsOf({ NODE_ENV: 'production' });
    expect(message).toContain('OIDC_ISSUER must be set in production');
    expect(message).toContain('DATABASE_URL must be set in production');
    expect(message).toContain('PLATFORM_KEY or PLATFORM_KEY_FILE must be set in production');
    const ready = readConfig({
      NODE_ENV: 'production',
      OIDC_ISSUER: 'https://id.example',
      DATABASE_URL: 'postgres://u@h/db',
      PLATFORM_KEY_FILE: '/run/secrets/platform.pem',
    });
    expect(ready).toMatchObject({ production: true, introspection: false });
  });

  test('a key that signs documents has a certificate, and the other way round', () => {
    expect(problemsOf({ DOCUMENT_KEY: 'secret' })).toMatch(/DOCUMENT_CERTIFICATE must be set when the other one is/);
    expect(problemsOf({ DOCUMENT_CERTIFICATE: 'x' })).toMatch(/DOCUMENT_KEY must be set when the other one is/);
    expect(problemsOf({ DOCUMENT_KEY: 'secret' })).not.toContain('secret');
  });

  test('passkeys belong to the domain of the first page, and a key is given in one way', () => {
    expect(readConfig({ PORT: '4001' })).toMatchObject({
      passkeyOrigins: ['http://localhost:4001'],
      passkeyDomain: 'localhost',
    });
    expect(readConfig({ PASSKEY_ORIGINS: 'https://a.example,https://b.example:8443' })).toMatchObject({
      passkeyOrigins: ['https://a.example', 'https://b.example:8443'],
      passkeyDomain: 'a.example',
    });
    expect(problemsOf({ PASSKEY_ORIGINS: 'https://a.example/sign' })).toContain('PASSKEY_ORIGINS must be origins');
    const message = problemsOf({ AUTHENTICATOR_KEY: 'c2VjcmV0', AUTHENTICATOR_KEY_FILE: '/keys' });
    expect(message).toContain('AUTHENTICATOR_KEY_FILE must not be set when AUTHENTICATOR_KEY is');
    expect(message).not.toContain('c2VjcmV0');
  });

  test('a database URL without a database is refused', () => {
    expect(problemsOf({ DATABASE_URL: 'postgres://u@h' })).toContain('with a database name');
  });
});
