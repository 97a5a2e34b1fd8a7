import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { PrincipalEntity } from '../identity/principal.entity.js';
import { RegionEntity } from './region.entity.js';

@Entity({ schema: 'guildhall', name: 'broadcaster' })
@Unique('broadcaster_handle_key', ['handle'])
@Unique('broadcaster_principal_key', ['principalId'])
@Index('broadcaster_handle_trgm_idx', { synchronize: false })
export class BroadcasterEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'broadcaster_pkey' })
  id!: string;

  @Column({ type: 'uuid', name: 'principal_id', nullable: true })
  principalId!: string | null;

  @ManyToOne(() => PrincipalEntity)
  @JoinColumn({ name: 'principal_id', foreignKeyConstraintName: 'broadcaster_principal_fkey' })
  principal?: PrincipalEntity | null;

  @Column({ type: 'text' })
  handle!: string;

  @Column({ type: 'text', name: 'region_code' })
  regionCode!: string;

  @ManyToOne(() => RegionEntity)
  @JoinColumn({ name: 'region_code', foreignKeyConstraintName: 'broadcaster_region_fkey' })
  region?: RegionEntity;

  @Column({ type: 'timestamptz', name: 'identity_verified_at', nullable: true })
  identityVerifiedAt!: Date | null;

  @Column({ type: 'date', name: 'birth_date', nullable: true })
  birthDate!: string | null;

  @Column({ type: 'timestamptz', name: 'of_age_attested_at', nullable: true })
  ofAgeAttestedAt!: Date | null;

  @Column({ type: 'text', name: 'attested_by', nullable: true })
  attestedBy!: string | null;

  @Column({ type: 'timestamptz', name: 'banned_at', nullable: true })
  bannedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'locked_until', nullable: true })
  lockedUntil!: Date | null;

  /** When who is paid was last changed. */
  @Column({ type: 'timestamptz', name: 'payee_changed_at', nullable: true })
  payeeChangedAt!: Date | null;

  /** When erasure was asked for; nothing new is begun since. */
  @Column({ type: 'timestamptz', name: 'restricted_at', nullable: true })
  restrictedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'erased_at', nullable: true })
  erasedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
