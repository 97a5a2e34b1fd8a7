import DataLoader from 'dataloader';
import type { PlatformRole } from '../guilds/guild.resolver.js';
import type { ViewerContext } from '../identity/viewer-context.js';
import { encodeGlobalId } from '../schema/index.js';
import { BroadcasterFileType, PrincipalType } from './directory.type.js';

interface PrincipalRow {
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly display_name: string;
  readonly platform_role: PlatformRole | null;
  readonly disabled_at: Date | null;
}

/** Principals by uuid, one statement a batch; undefined for one that the viewer may not see. */
export const principalLoader = (context: ViewerContext) =>
  new DataLoader<string, PrincipalType | undefined>(async (ids) => {
    const tx = await context.viewer();
    const rows = await tx.query<PrincipalRow>(
      'select id, issuer, subject, display_name, platform_role, disabled_at from guildhall.principal where id = any ($1::uuid[])',
      [ids],
    );
    const found = new Map(
      rows.map((row) => [
        row.id,
        Object.assign(new PrincipalType(), {
          id: encodeGlobalId('Principal', row.id),
          issuer: row.issuer,
          subject: row.subject,
          displayName: row.display_name,
          platformRole: row.platform_role,
          disabledAt: row.disabled_at,
        }),
      ]),
    );
    return ids.map((id) => found.get(id));
  });

interface FileRow {
  readonly id: string;
  readonly principal_id: string | null;
  readonly created_at: Date;
  readonly identity_verified_at: Date | null;
  readonly birth_date: string | null;
  readonly of_age_attested_at: Date | null;
  readonly banned_at: Date | null;
  readonly locked_until: Date | null;
  readonly payee_changed_at: Date | null;
  readonly restricted_at: Date | null;
  readonly erased_at: Date | null;
  readonly open_requests: number;
  readonly guardian_id: string | null;
}

/**
 * Files by the broadcaster's uuid. Nobody but those who see everything gets one: a guild sees the rows of its broadcasters, and
 * must not see their birthdays through them.
 */
export const fileLoader = (context: ViewerContext) =>
  new DataLoader<string, BroadcasterFileType | undefined>(async (ids) => {
    const tx = await context.viewer();
    const rows = await tx.query<FileRow>(
      `select b.id, b.principal_id, b.created_at, b.identity_verified_at, b.birth_date::text as birth_date, b.of_age_attested_at,
         b.banned_at, b.locked_until, b.payee_changed_at, b.restricted_at, b.erased_at,
         (select count(*)::int from guildhall.request r join guildhall.instance i on i.id = r.id and i.status = 'active'
           where r.broadcaster_id = b.id) as open_requests,
         (select w.principal_id from guildhall.guardian w where w.broadcaster_id = b.id and w.until is null) as guardian_id
       from guildhall.broadcaster b where b.id = any ($1::uuid[]) and guildhall.viewer_sees_all()`,
      [ids],
    );
    const found = new Map(
      rows.map((row) => [
        row.id,
        Object.assign(new BroadcasterFileType(), {
          uuid: row.id,
          principalUuid: row.principal_id,
          guardianUuid: row.guardian_id,
          createdAt: row.created_at,
          identityVerifiedAt: row.identity_verified_at,
          birthDate: row.birth_date,
          ofAgeAttestedAt: row.of_age_attested_at,
          bannedAt: row.banned_at,
          lockedUntil: row.locked_until,
          payeeChangedAt: row.payee_changed_at,
          restrictedAt: row.restricted_at,
          erasedAt: row.erased_at,
          openRequests: row.open_requests,
        }),
      ]),
    );
    return ids.map((id) => found.get(id));
  });
