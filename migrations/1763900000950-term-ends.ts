import type { MigrationInterface, QueryRunner } from 'typeorm';
import { roleNames } from './support/protect.js';

/**
 * When the agreed term of a membership ends, kept beside it, so that those whose term is over are found by an index. Counted by a trigger
 * wherever terms are written: in calendar months of the guild's region, from the day from which the term counts. Null: no term that
 * could end. `expiry_for` is the end of term that the platform has seen to, each once.
 */
export class TermEnds1763900000950 implements MigrationInterface {
  readonly name = 'TermEnds1763900000950';

  async up(runner: QueryRunner): Promise<void> {
    const { engine } = await roleNames(runner);
    await runner.query(`
      alter table guildhall.membership add column term_ends_at timestamptz, add column expiry_for timestamptz;

      create function guildhall.term_end_of(membership uuid) returns timestamptz language sql stable set search_path = guildhall, pg_temp as $$
        select nullif((t.counts_from at time zone r.time_zone + make_interval(months => t.months)) at time zone r.time_zone, t.counts_from)
        from guildhall.membership m join guildhall.guild g on g.id = m.guild_id join guildhall.region r on r.code = g.region_code
        cross join lateral (
          select coalesce(term_from, effective_from) as counts_from, coalesce((terms ->> 'termMonths')::int, 0) as months
          from guildhall.membership_terms where membership_id = m.id order by effective_from desc limit 1) t
        where m.id = membership
      $$;

      create function guildhall.set_term_end() returns trigger language plpgsql set search_path = guildhall, pg_temp as $$
      begin
        update guildhall.membership set term_ends_at = guildhall.term_end_of(id) where id = new.membership_id;
        return null;
      end $$;
      create trigger membership_terms_end after insert or update on guildhall.membership_terms
        for each row execute function guildhall.set_term_end();

      update guildhall.membership set term_ends_at = guildhall.term_end_of(id);
      create index membership_term_over_idx on guildhall.membership (term_ends_at)
        where ends_at is null and annulled_at is null and expiry_for is distinct from term_ends_at;
      grant update (term_ends_at, expiry_for) on guildhall.membership to ${engine};`);
  }

  async down(): Promise<void> {
    throw new Error('A system of record does not drop its records: restore a backup instead.');
  }
}
