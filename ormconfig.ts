import 'reflect-metadata';
import { migrations } from './migrations/index.js';
import { readConfig } from './src/config.js';
import { createDataSource } from './src/database/index.js';
import { ConfigurationError } from './src/errors.js';

// The TypeORM CLI's door, as the owner: `DATABASE_URL=… npx typeorm -d dist/ormconfig.js migration:show`. The server itself
// migrates at its start. Entities are found by their file names, which only the CLI does: app.ts lists them.
const config = readConfig();
const url = config.migrationDatabaseUrl ?? config.databaseUrl;
if (url === undefined) {
  throw new ConfigurationError('The TypeORM CLI needs a database.', 'Set DATABASE_URL or MIGRATION_DATABASE_URL.');
}

export const dataSource = createDataSource({
  url,
  role: 'owner',
  poolSize: 2,
  entities: [`${import.meta.dirname}/src/**/*.entity.{js,ts}`],
  migrations,
});
