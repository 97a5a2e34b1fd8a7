import type { RoleNames } from '../support/protect.js';

/**
 * What may be erased after its retention, and in no other way be changed: people's words and the texts of agreements, which name them. The
 * hash of each stays in the chain.
 */
export const erasureGuards = ({ engine }: RoleNames): string => `
create function guildhall.annex_erasure() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.erased_at is null and new.erased_at is not null and new.body is null and new.salt = ''
    and to_jsonb(new) - array['body', 'salt', 'erased_at'] = to_jsonb(old) - array['body', 'salt', 'erased_at']
  then return new; end if;
  raise exception '% is append-only but for erasure', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger annex_append_only before update or delete on guildhall.annex
  for each row execute function guildhall.annex_erasure();
create trigger annex_no_truncate before truncate on guildhall.annex
  for each statement execute function guildhall.refuse_change();

alter table guildhall.agreement_version add column erased_at timestamptz;
drop trigger agreement_version_append_only on guildhall.agreement_version;
create function guildhall.agreement_erasure() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.erased_at is null and new.erased_at is not null and new.body = ''
    and to_jsonb(new) - array['body', 'erased_at'] = to_jsonb(old) - array['body', 'erased_at']
  then
    -- The same as data, and what it was filled with: nobody has to think of it.
    new.document := null;
    new.filled_with := null;
    return new;
  end if;
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger agreement_version_append_only before update or delete on guildhall.agreement_version
  for each row execute function guildhall.agreement_erasure();
grant update (body, erased_at) on guildhall.agreement_version to ${engine};
`;
