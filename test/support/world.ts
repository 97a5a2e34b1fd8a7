import type pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { DEVELOPMENT_ISSUER } from '../../src/identity/index.js';
import { encodeGlobalId } from '../../src/schema/index.js';

export interface TestGuild {
  readonly uuid: string;
  readonly id: string;
  readonly owner: string;
  readonly agent: string;
  readonly finance: string;
  /** Its region's code. */
  readonly region: string;
}

export interface TestBroadcaster {
  readonly uuid: string;
  readonly id: string;
  readonly handle: string;
  /** What a token is minted for. */
  readonly subject: string;
  readonly principalUuid: string;
}

/** Adds people to the sample world as the owner does, so that each test has its own and none depends on another. */
export class WorldBuilder {
  private count = 0;

  constructor(readonly owner: pg.Pool) {}

  async guild({ region = 'EU', cap = null }: { region?: string; cap?: number | null } = {}): Promise<TestGuild> {
    const uuid = uuidv7();
    const name = `Guild ${String((this.count += 1))}`;
    await this.owner.query(
      'insert into guildhall.guild (id, name, region_code, member_cap, created_at) values ($1, $2, $3, $4, now())',
      [uuid, name, region, cap],
    );
    const [owner, agent, finance] = await Promise.all([
      this.staff(uuid, 'OWNER'),
      this.staff(uuid, 'AGENT'),
      this.staff(uuid, 'FINANCE'),
    ]);
    return { uuid, id: encodeGlobalId('Guild', uuid), owner, agent, finance, region };
  }

  async staff(guildUuid: string, role: 'OWNER' | 'AGENT' | 'FINANCE'): Promise<string> {
    const subject = `${role.toLowerCase()}-${String((this.count += 1))}`;
    const principalId = await this.principal(subject, `Staffname ${subject}`);
    await this.owner.query('insert into guildhall.guild_staff (guild_id, principal_id, role, since) values ($1, $2, $3, now())', [
      guildUuid,
      principalId,
      role,
    ]);
    return subject;
  }

  /** Somebody who works for the platform. */
  async platform(role: 'SUPPORT' | 'POLICY' | 'AUDITOR'): Promise<string> {
    const subject = `${role.toLowerCase()}-${String((this.count += 1))}`;
    await this.owner.query('update guildhall.principal set platform_role = $2 where id = $1', [
      await this.principal(subject, `Staffname ${subject}`),
      role,
    ]);
    return subject;
  }

  async dismiss(guildUuid: string, subject: string): Promise<void> {
    await this.owner.query(
      `update guildhall.guild_staff set until = now() where guild_id = $1 and principal_id = (select id from guildhall.principal where subject = $2)`,
      [guildUuid, subject],
    );
  }

  async broadcaster({
    region = 'EU',
    birthDate = '1999-03-04',
    verified = true,
  }: { region?: string; birthDate?: string | null; verified?: boolean } = {}): Promise<TestBroadcaster> {
    const subject = `streamer-${String((this.count += 1))}`;
    const handle = `${subject}-handle`;
    const uuid = uuidv7();
    const principalUuid = await this.principal(subject, `Realname ${subject}`);
    await this.owner.query(
      `insert into guildhall.broadcaster (id, principal_id, handle, region_code, identity_verified_at, birth_date, created_at)
       values ($1, $2, $3, $4, case when $5 then now() end, $6, now())`,
      [uuid, principalUuid, handle, region, verified, birthDate],
    );
    return { uuid, id: encodeGlobalId('Broadcaster', uuid), handle, subject, principalUuid };
  }

  async guildNamed(name: string): Promise<string> {
    const { rows } = await this.owner.query<{ id: string }>('select id from guildhall.guild where name = $1', [name]);
    return encodeGlobalId('Guild', rows[0]!.id);
  }

  async setGuild(uuid: string, status: 'ACTIVE' | 'SUSPENDED' | 'CLOSED', cap: number | null = null): Promise<void> {
    await this.owner.query('update guildhall.guild set status = $2, member_cap = $3 where id = $1', [uuid, status, cap]);
  }

  private async principal(subject: string, displayName: string): Promise<string> {
    const id = uuidv7();
    await this.owner.query('insert into guildhall.principal (id, issuer, subject, display_name) values ($1, $2, $3, $4)', [
      id,
      DEVELOPMENT_ISSUER,
      subject,
      displayName,
    ]);
    return id;
  }
}
