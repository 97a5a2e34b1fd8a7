import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { TemplateVersionEntity } from '../templates/template-version.entity.js';
import { BroadcasterEntity } from '../guilds/broadcaster.entity.js';
import { GuildEntity } from '../guilds/guild.entity.js';
import { RegionEntity } from '../guilds/region.entity.js';
import { PolicyVersionEntity } from '../policies/policy-version.entity.js';

/**
 * The features' side of a request; its state is the engine's instance of the same id. The indexes have an order of their own
 * (the newest first), which TypeORM cannot say: the migration owns them.
 */
@Entity({ schema: 'guildhall', name: 'request' })
@Check('request_initiator_check', `initiator in ('BROADCASTER', 'GUARDIAN', 'GUILD', 'GAINING_GUILD', 'PLATFORM')`)
@Check('request_relation_check', `relation in ('DISPUTES', 'REOPENS', 'REVERSES', 'PAYS', 'FOLLOWS')`)
@Check('request_parent_check', `(parent_id is null) = (relation is null)`)
@Index('request_guild_idx', { synchronize: false })
@Index('request_broadcaster_idx', { synchronize: false })
@Index('request_created_idx', { synchronize: false })
@Index('request_gaining_guild_idx', { synchronize: false })
@Index('request_membership_idx', { synchronize: false })
@Index('request_parent_idx', { synchronize: false })
export class RequestEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'request_pkey' })
  id!: string;

  @Column({ type: 'text' })
  kind!: string;

  @Column({ type: 'uuid', name: 'broadcaster_id' })
  broadcasterId!: string;

  @ManyToOne(() => BroadcasterEntity)
  @JoinColumn({ name: 'broadcaster_id', foreignKeyConstraintName: 'request_broadcaster_fkey' })
  broadcaster?: BroadcasterEntity;

  @Column({ type: 'uuid', name: 'guild_id' })
  guildId!: string;

  @ManyToOne(() => GuildEntity)
  @JoinColumn({ name: 'guild_id', foreignKeyConstraintName: 'request_guild_fkey' })
  guild?: GuildEntity;

  /** Of a transfer: the guild that the broadcaster moves to. */
  @Column({ type: 'uuid', name: 'gaining_guild_id', nullable: true })
  gainingGuildId!: string | null;

  @ManyToOne(() => GuildEntity)
  @JoinColumn({ name: 'gaining_guild_id', foreignKeyConstraintName: 'request_gaining_guild_fkey' })
  gainingGuild?: GuildEntity | null;

  /** The membership that is to change. */
  @Column({ type: 'uuid', name: 'membership_id', nullable: true })
  membershipId!: string | null;

  /** The request that this one is about, and how. */
  @Column({ type: 'uuid', name: 'parent_id', nullable: true })
  parentId!: string | null;

  @ManyToOne(() => RequestEntity)
  @JoinColumn({ name: 'parent_id', foreignKeyConstraintName: 'request_parent_fkey' })
  parent?: RequestEntity | null;

  @Column({ type: 'text', nullable: true })
  relation!: string | null;

  @Column({ type: 'text', name: 'region_code' })
  regionCode!: string;

  @ManyToOne(() => RegionEntity)
  @JoinColumn({ name: 'region_code', foreignKeyConstraintName: 'request_region_fkey' })
  region?: RegionEntity;

  @Column({ type: 'text' })
  initiator!: string;

  @Column({ type: 'uuid', name: 'policy_version_id' })
  policyVersionId!: string;

  @ManyToOne(() => PolicyVersionEntity)
  @JoinColumn({ name: 'policy_version_id', foreignKeyConstraintName: 'request_policy_version_fkey' })
  policyVersion?: PolicyVersionEntity;

  /** Null for a kind that has no text to agree on. */
  @Column({ type: 'uuid', name: 'template_version_id', nullable: true })
  templateVersionId!: string | null;

  @ManyToOne(() => TemplateVersionEntity)
  @JoinColumn({ name: 'template_version_id', foreignKeyConstraintName: 'request_template_version_fkey' })
  templateVersion?: TemplateVersionEntity | null;

  /** In which its agreement is drawn up; null: as the template has it. */
  @Column({ type: 'text', nullable: true })
  locale!: string | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'uuid', name: 'created_by' })
  createdBy!: string;
}
