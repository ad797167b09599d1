/** Accounts that messages can leave through: api.md, sections 5 and 12. Fields have the names that vendors give them. */

import type { Schemas } from '../api.ts';

export type SenderKind = 'smtp' | 'twilio' | 'vonage' | 'whatsapp_cloud' | 'http';
export type Channel = 'email' | 'sms' | 'whatsapp';

export type Sender = Schemas['Sender'];
export type CreatedSender = Schemas['CreatedSender'];

export interface SettingField {
  name: string;
  label: string;
  isSecret?: boolean;
  isRequired?: boolean;
  placeholder?: string;
  options?: string[];
  type?: 'number';
}
interface KindOfSender {
  label: string;
  channels: Channel[];
  fields: SettingField[];
  initial: Record<string, unknown>;
}

const templateLanguages: SettingField[] = [
  { name: 'language_en', label: 'Language code: en', placeholder: 'en_US' },
  { name: 'language_es', label: 'Language code: es', placeholder: 'es' },
  { name: 'language_pt', label: 'Language code: pt', placeholder: 'pt_BR' },
];

export const senderKinds: Record<SenderKind, KindOfSender> = {
  smtp: {
    label: 'SMTP',
    channels: ['email'],
    initial: { port: 587, security: 'starttls' },
    fields: [
      { name: 'host', label: 'Host', isRequired: true, placeholder: 'smtp.example.com' },
      { name: 'port', label: 'Port', type: 'number' },
      { name: 'security', label: 'Security', options: ['starttls', 'tls', 'none'] },
      { name: 'user', label: 'User' },
      { name: 'password', label: 'Password', isSecret: true },
      { name: 'from', label: 'From', isRequired: true, placeholder: 'codes@example.com' },
      { name: 'from_name', label: 'From name' },
      { name: 'reply_to', label: 'Reply-To' },
    ],
  },
  twilio: {
    label: 'Twilio',
    channels: ['sms', 'whatsapp'],
    initial: {},
    fields: [
      { name: 'account_sid', label: 'Account SID', isRequired: true },
      { name: 'auth_token', label: 'Auth token', isSecret: true, isRequired: true },
      { name: 'from', label: 'From', placeholder: '+15005550006' },
      { name: 'messaging_service_sid', label: 'Messaging service SID' },
      { name: 'content_sid', label: 'Content SID' },
    ],
  },
  vonage: {
    label: 'Vonage',
    channels: ['sms', 'whatsapp'],
    initial: {},
    fields: [
      { name: 'api_key', label: 'API key', isRequired: true },
      { name: 'api_secret', label: 'API secret', isSecret: true, isRequired: true },
      { name: 'signature_secret', label: 'Signature secret', isSecret: true },
      { name: 'from', label: 'From', isRequired: true },
      { name: 'template', label: 'Template' },
      ...templateLanguages,
    ],
  },
  whatsapp_cloud: {
    label: 'WhatsApp Cloud API',
    channels: ['whatsapp'],
    initial: {},
    fields: [
      { name: 'phone_number_id', label: 'Phone number ID', isRequired: true },
      { name: 'access_token', label: 'Access token', isSecret: true, isRequired: true },
      { name: 'app_secret', label: 'App secret', isSecret: true },
      { name: 'verify_token', label: 'Verify token', isSecret: true },
      { name: 'template', label: 'Template', isRequired: true },
      ...templateLanguages,
    ],
  },
  http: {
    label: 'HTTP',
    channels: ['sms', 'whatsapp'],
    initial: { method: 'POST', content: 'json' },
    fields: [
      { name: 'url', label: 'URL', isRequired: true, placeholder: 'https://sms.example.com/send' },
      { name: 'method', label: 'Method', options: ['POST', 'PUT', 'GET'] },
      { name: 'content', label: 'Content', options: ['json', 'form'] },
      { name: 'from', label: 'From' },
      { name: 'success_pointer', label: 'Success pointer', placeholder: '/status' },
      { name: 'success_value', label: 'Success value', placeholder: 'ok' },
      { name: 'id_pointer', label: 'Id pointer', placeholder: '/id' },
    ],
  },
};

/** Where an account leads, in a few words for a list. */
export function placeOf(sender: Sender): string {
  // Which settings there are depends on the kind.
  const settings: Record<string, unknown> = { ...sender.settings };
  const text = (name: string) => {
    const value = settings[name];
    return typeof value === 'string' ? value : '';
  };
  const host = text('host') && `${text('host')}:${String(settings['port'])}`;
  return host || text('account_sid') || text('api_key') || text('phone_number_id') || text('url') || '–';
}
