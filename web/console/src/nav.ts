import { IconActivity, IconAddressBook, IconAlertOctagon, IconBuilding, IconChartBar, IconFileImport, IconHistory, IconInbox, IconKey, IconListCheck, IconLock, IconLogin2, IconMail, IconMessage2, IconSend, IconSettings, IconShieldCheck, IconTemplate, IconUsersGroup, IconWebhook } from '@tabler/icons-react';
import type { ComponentType } from 'react';

import type { WordKey } from './words.tsx';

export interface NavItem {
  path: string;
  label: WordKey;
  icon: ComponentType<{ size?: number; stroke?: number }>;
}

export const projectNav: NavItem[] = [
  { path: 'overview', label: 'nav_overview', icon: IconChartBar },
  { path: 'setup', label: 'nav_setup', icon: IconListCheck },
  { path: 'live', label: 'nav_live', icon: IconActivity },
  { path: 'validations', label: 'nav_validations', icon: IconShieldCheck },
  { path: 'logins', label: 'nav_logins', icon: IconLogin2 },
  { path: 'users', label: 'nav_users', icon: IconAddressBook },
  { path: 'imports', label: 'nav_imports', icon: IconFileImport },
  { path: 'messages', label: 'nav_messages', icon: IconMessage2 },
  { path: 'inbox', label: 'nav_inbox', icon: IconInbox },
  { path: 'templates', label: 'nav_templates', icon: IconTemplate },
  { path: 'senders', label: 'nav_senders', icon: IconSend },
  { path: 'webhooks', label: 'nav_webhooks', icon: IconWebhook },
  { path: 'locks', label: 'nav_locks', icon: IconLock },
  { path: 'fraud', label: 'nav_fraud', icon: IconAlertOctagon },
  { path: 'settings', label: 'nav_settings', icon: IconSettings },
];

export const serverNav: NavItem[] = [
  { path: 'projects', label: 'nav_projects', icon: IconBuilding },
  { path: 'keys', label: 'nav_keys', icon: IconKey },
  { path: 'admins', label: 'nav_admins', icon: IconUsersGroup },
  { path: 'audit', label: 'nav_audit', icon: IconHistory },
];

/** What a channel looks like. */
export const channelIcons = { email: IconMail, sms: IconMessage2, whatsapp: IconMessage2 };
