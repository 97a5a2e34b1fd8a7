/** Time, the viewer, and the append-only guards, in the database because every role must meet the same ones. */
export const functions = `
create function guildhall.now() returns timestamptz language sql stable
  as $$ select coalesce((select coalesce(c.at, transaction_timestamp() + c.shift) from guildhall.clock c), transaction_timestamp()) $$;

create function guildhall.viewer_id() returns uuid language sql stable
  as $$ select nullif(current_setting('guildhall.viewer_id', true), '')::uuid $$;
create function guildhall.viewer_broadcaster() returns uuid language sql stable
  as $$ select nullif(current_setting('guildhall.viewer_broadcaster', true), '')::uuid $$;
create function guildhall.viewer_guilds() returns uuid[] language sql stable
  as $$ select coalesce(nullif(current_setting('guildhall.viewer_guilds', true), '')::uuid[], '{}'::uuid[]) $$;
create function guildhall.viewer_sees_all() returns boolean language sql stable
  as $$ select coalesce(nullif(current_setting('guildhall.viewer_role', true), '') in ('SUPPORT', 'AUDITOR'), false) $$;

-- Runs as the owner, so that a viewer can be recognised before there is a viewer. No row: unknown or disabled.
create function guildhall.open_viewer(issuer text, subject text)
  returns table (principal_id uuid, platform_role text, broadcaster_id uuid, guild_ids uuid[], guild_roles text[])
  language plpgsql security definer set search_path = guildhall, pg_temp
as $$
begin
  perform set_config('guildhall.viewer_id', '', true), set_config('guildhall.viewer_role', '', true),
    set_config('guildhall.viewer_broadcaster', '', true), set_config('guildhall.viewer_guilds', '', true);
  select p.id, p.platform_role, b.id,
    array(select s.guild_id from guildhall.guild_staff s where s.principal_id = p.id and s.until is null order by s.guild_id, s.role),
    array(select s.role from guildhall.guild_staff s where s.principal_id = p.id and s.until is null order by s.guild_id, s.role)
  into principal_id, platform_role, broadcaster_id, guild_ids, guild_roles
  from guildhall.principal p left join guildhall.broadcaster b on b.principal_id = p.id
  where p.issuer = open_viewer.issuer and p.subject = open_viewer.subject and p.disabled_at is null;
  if found then
    perform set_config('guildhall.viewer_id', principal_id::text, true),
      set_config('guildhall.viewer_role', coalesce(platform_role, ''), true),
      set_config('guildhall.viewer_broadcaster', coalesce(broadcaster_id::text, ''), true),
      set_config('guildhall.viewer_guilds', guild_ids::text, true);
    return next;
  end if;
end $$;

create function guildhall.refuse_change() returns trigger language plpgsql
  as $$ begin raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation'; end $$;
create trigger history_append_only before update or delete on guildhall.history
  for each row execute function guildhall.refuse_change();
create trigger history_no_truncate before truncate on guildhall.history
  for each statement execute function guildhall.refuse_change();
create trigger agreement_version_append_only before update or delete on guildhall.agreement_version
  for each row execute function guildhall.refuse_change();
create trigger agreement_version_no_truncate before truncate on guildhall.agreement_version
  for each statement execute function guildhall.refuse_change();
`;
