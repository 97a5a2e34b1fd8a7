import { startTestServer } from './test-server.js';

/** One PostgreSQL for the whole run, and in it a migrated template that every test file clones in some 50 ms. */
export default async function globalSetup(): Promise<void> {
  const server = await startTestServer(process.env['DATABASE_URL']);
  // Jest's workers are started after this, and inherit it.
  process.env['GUILDHALL_TEST_URL'] = server.url;
  process.env['GUILDHALL_TEST_PREFIX'] = server.prefix;
  globalThis.guildhallTestServer = server;
}
