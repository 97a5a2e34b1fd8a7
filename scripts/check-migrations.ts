import 'reflect-metadata';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, createDataSource } from '../src/database/index.js';
import { readConfig } from '../src/config.js';
import { entities } from '../src/entities.js';

/**
 * Migrates an empty database and asks TypeORM what it would still change to fit the entities. Anything is a fault: either a
 * migration or an entity says something that the other does not.
 */
async function check(): Promise<number> {
  const dataDir = await mkdtemp(join(tmpdir(), 'guildhall-migrations-'));
  await chmod(dataDir, 0o711);
  const config = { ...readConfig({ DATA_DIR: dataDir, PG_PORT: '0' }) };
  const database = await openDatabase({ config, log: () => undefined });
  const dataSource = createDataSource({ url: database.url, role: 'owner', poolSize: 2, entities });
  try {
    await dataSource.initialize();
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    for (const { query } of upQueries) process.stderr.write(`${query}\n`);
    process.stdout.write(
      upQueries.length === 0
        ? 'The migrations fit the entities.\n'
        : `${String(upQueries.length)} differences between migrations and entities.\n`,
    );
    return upQueries.length;
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

process.exitCode = (await check()) === 0 ? 0 : 1;
