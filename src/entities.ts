import { TemplateVersionEntity } from './templates/template-version.entity.js';
import { ActivityMonthEntity } from './directory/activity-month.entity.js';
import { DirectoryCommandEntity } from './directory/directory-command.entity.js';
import { DirectoryEventEntity } from './directory/directory-event.entity.js';
import { BroadcasterEntity } from './guilds/broadcaster.entity.js';
import { GuildEntity } from './guilds/guild.entity.js';
import { RegionEntity } from './guilds/region.entity.js';
import { PrincipalEntity } from './identity/principal.entity.js';
import { PolicyVersionEntity } from './policies/policy-version.entity.js';
import { RequestEntity } from './requests/request.entity.js';

/** Every entity, for the comparison of the migrations with them. */
export const entities = [
  RegionEntity,
  PrincipalEntity,
  GuildEntity,
  BroadcasterEntity,
  PolicyVersionEntity,
  TemplateVersionEntity,
  RequestEntity,
  DirectoryEventEntity,
  DirectoryCommandEntity,
  ActivityMonthEntity,
];
