export { bootstrap, type BootstrapOptions } from './bootstrap.js';
export { assertRealClock, ClockControl, setClock, shiftClock, type ClockTarget } from './clock.js';
export { createDataSource, poolOf, type DataSourceSpec } from './data-source.js';
export { startEmbedded, startOrJoinEmbedded, type EmbeddedOptions, type EmbeddedPostgres } from './embedded/index.js';
export { migrate, type MigrateOptions } from './migrate.js';
export { openDatabase, type OpenedDatabase, type OpenOptions } from './open.js';
export { assertServingRole, databaseOf, roleOf, urlAs, withDatabase, type RoleName } from './roles.js';
export { UnknownViewerError, type Viewer, type ViewerIdentity } from './viewer.js';
export { ViewerTransaction, writeAsViewer, type ViewerMode } from './viewer-transaction.js';
