import DataLoader from 'dataloader';
import type { ViewerContext } from '../identity/viewer-context.js';
import { encodeGlobalId } from '../schema/index.js';
import { BroadcasterType, GuildType, type GuildStatus, type RegionType } from './guild.type.js';

export interface GuildRow {
  readonly id: string;
  readonly name: string;
  readonly status: GuildStatus;
  readonly region: RegionType;
  readonly merges_at: Date | null;
  readonly merged_into_id: string | null;
}

export const guildColumns = `g.id, g.name, g.status, g.merges_at, g.merged_into_id,
  json_build_object('code', r.code, 'name', r.name, 'timeZone', r.time_zone, 'currency', r.currency, 'locale', r.locale) as region`;

export const toGuild = (row: GuildRow): GuildType =>
  Object.assign(new GuildType(), {
    id: encodeGlobalId('Guild', row.id),
    uuid: row.id,
    name: row.name,
    status: row.status,
    region: row.region,
    mergesAt: row.merges_at,
    mergedIntoUuid: row.merged_into_id,
  });

/** Guilds by uuid, one statement a batch; undefined for one that the viewer may not see. */
export const guildLoader = (context: ViewerContext) =>
  new DataLoader<string, GuildType | undefined>(async (ids) => {
    const tx = await context.viewer();
    const rows = await tx.query<GuildRow>(
      `select ${guildColumns} from guildhall.guild g join guildhall.region r on r.code = g.region_code where g.id = any ($1::uuid[])`,
      [ids],
    );
    const found = new Map(rows.map((row) => [row.id, toGuild(row)]));
    return ids.map((id) => found.get(id));
  });

interface BroadcasterRow {
  readonly id: string;
  readonly handle: string;
  readonly region: RegionType;
}

const toBroadcaster = (row: BroadcasterRow): BroadcasterType =>
  Object.assign(new BroadcasterType(), {
    id: encodeGlobalId('Broadcaster', row.id),
    uuid: row.id,
    handle: row.handle,
    region: row.region,
  });

export const broadcasterLoader = (context: ViewerContext) =>
  new DataLoader<string, BroadcasterType | undefined>(async (ids) => {
    const tx = await context.viewer();
    const rows = await tx.query<BroadcasterRow>(
      `select b.id, b.handle, json_build_object('code', r.code, 'name', r.name, 'timeZone', r.time_zone, 'currency', r.currency, 'locale', r.locale) as region
       from guildhall.broadcaster b join guildhall.region r on r.code = b.region_code where b.id = any ($1::uuid[])`,
      [ids],
    );
    const found = new Map(rows.map((row) => [row.id, toBroadcaster(row)]));
    return ids.map((id) => found.get(id));
  });
