import { Check, Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { BroadcasterEntity } from '../guilds/broadcaster.entity.js';

/** What a broadcaster did in a month, as last reported. */
@Entity({ schema: 'guildhall', name: 'activity_month' })
@Unique('activity_month_line_key', ['source', 'lineId'])
@Check('activity_month_first_check', `month = date_trunc('month', month::timestamp)::date`)
@Check('activity_month_days_check', 'days between 0 and 31')
@Check('activity_month_minutes_check', 'minutes between 0 and 44640')
export class ActivityMonthEntity {
  @PrimaryColumn({ type: 'uuid', name: 'broadcaster_id', primaryKeyConstraintName: 'activity_month_pkey' })
  broadcasterId!: string;

  @ManyToOne(() => BroadcasterEntity)
  @JoinColumn({ name: 'broadcaster_id', foreignKeyConstraintName: 'activity_month_broadcaster_fkey' })
  broadcaster?: BroadcasterEntity;

  /** Its first day. */
  @PrimaryColumn({ type: 'date', primaryKeyConstraintName: 'activity_month_pkey' })
  month!: string;

  @Column({ type: 'integer' })
  days!: number;

  @Column({ type: 'integer' })
  minutes!: number;

  @Column({ type: 'bigint', name: 'income_minor' })
  incomeMinor!: string;

  /** ISO 4217. */
  @Column({ type: 'text' })
  currency!: string;

  @Column({ type: 'text' })
  source!: string;

  @Column({ type: 'text', name: 'line_id' })
  lineId!: string;

  @Column({ type: 'timestamptz', name: 'reported_at' })
  reportedAt!: Date;
}
