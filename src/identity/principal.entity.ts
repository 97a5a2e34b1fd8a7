import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';

@Entity({ schema: 'guildhall', name: 'principal' })
@Unique('principal_subject_key', ['issuer', 'subject'])
@Check('principal_platform_role_check', `platform_role in ('SUPPORT', 'POLICY', 'AUDITOR')`)
export class PrincipalEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'principal_pkey' })
  id!: string;

  @Column({ type: 'text' })
  issuer!: string;

  @Column({ type: 'text' })
  subject!: string;

  @Column({ type: 'text', name: 'display_name' })
  displayName!: string;

  @Column({ type: 'text', name: 'platform_role', nullable: true })
  platformRole!: string | null;

  @Column({ type: 'timestamptz', name: 'disabled_at', nullable: true })
  disabledAt!: Date | null;
}
