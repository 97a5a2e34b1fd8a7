/** The base of every failure that Guildhall itself reports. `remedy` says what the reader can do about it. */
export abstract class GuildhallError extends Error {
  abstract readonly code: string;

  constructor(
    message: string,
    readonly remedy?: string,
    options?: ErrorOptions,
  ) {
    super(remedy === undefined ? message : `${message}\n${remedy}`, options);
    this.name = new.target.name;
  }
}

/** The environment holds something that cannot be used. Every problem is listed, not the first one only. */
export class ConfigurationError extends GuildhallError {
  readonly code = 'CONFIGURATION';
}

/** Another process already serves from this data folder. */
export class DataFolderInUseError extends GuildhallError {
  readonly code = 'DATA_FOLDER_IN_USE';

  constructor(
    readonly folder: string,
    readonly pid: number | undefined,
  ) {
    super(
      `The data folder ${folder} is in use by another Guildhall${pid === undefined ? '' : ` (process ${pid})`}.`,
      'Stop that one first, or start this one with another folder: DATA_DIR=<folder>.',
    );
  }
}

/** The embedded PostgreSQL cannot be prepared, started or stopped. */
export class EmbeddedPostgresError extends GuildhallError {
  readonly code = 'EMBEDDED_POSTGRES';
}

/** The database is there, but its roles, rights or settings are not what Guildhall needs. */
export class DatabaseSetupError extends GuildhallError {
  readonly code = 'DATABASE_SETUP';

  constructor(
    message: string,
    remedy?: string,
    /** What a superuser has to run, one statement an element; empty when SQL is not the remedy. */
    readonly sql: readonly string[] = [],
    options?: ErrorOptions,
  ) {
    super(message, remedy, options);
  }
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node.js or PostgreSQL error (`ENOENT`, `42501`), when it has one. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
