/** Accounts that messages can leave through: api.md, sections 5 and 12. */

import type { Schemas } from '../api.ts';
import type { WordKey } from '../words.tsx';

export type SenderKind = 'smtp' | 'twilio' | 'vonage' | 'whatsapp_cloud' | 'http';
export type Channel = 'email' | 'sms' | 'whatsapp';

export type Sender = Schemas['Sender'];
export type CreatedSender = Schemas['CreatedSender'];

export interface SettingField {
  name: string;
  /** As the vendor calls it, or a word of ours. */
  label: string | { word: WordKey };
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
  { name: 'language_en', label: { word: 'template_language_en' }, placeholder: 'en_US' },
  { name: 'language_es', label: { word: 'template_language_es' }, placeholder: 'es' },
  { name: 'language_pt', label: { word: 'template_language_pt' }, placeholder: 'pt_BR' },
];

export const senderKinds: Record<SenderKind, KindOfSender> = {
  smtp: {
    label: 'SMTP',
    channels: ['email'],
    initial: { port: 587, security: 'starttls' },
    fields: [
      { name: 'host', label: { word: 'server' }, isRequired: true, placeholder: 'smtp.example.com' },
      { name: 'port', label: { word: 'port' }, type: 'number' },
      { name: 'security', label: { word: 'encryption' }, options: ['starttls', 'tls', 'none'] },
      { name: 'user', label: { word: 'user_name' } },
      { name: 'password', label: { word: 'password' }, isSecret: true },
      { name: 'from', label: { word: 'from_address' }, isRequired: true, placeholder: 'codes@example.com' },
      { name: 'from_name', label: { word: 'from_name' } },
      { name: 'reply_to', label: { word: 'reply_to' } },
    ],
  },
  twilio: {
    label: 'Twilio',
    channels: ['sms', 'whatsapp'],
    initial: {},
    fields: [
      { name: 'account_sid', label: 'Account SID', isRequired: true },
      { name: 'auth_token', label: 'Auth token', isSecret: true, isRequired: true },
      { name: 'from', label: { word: 'from_number' }, placeholder: '+15005550006' },
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
      { name: 'from', label: { word: 'from_number' }, isRequired: true },
      { name: 'template', label: { word: 'template' } },
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
      { name: 'template', label: { word: 'template' }, isRequired: true },
      ...templateLanguages,
    ],
  },
  http: {
    label: 'HTTP',
    channels: ['sms', 'whatsapp'],
    initial: { method: 'POST', content: 'json' },
    fields: [
      { name: 'url', label: { word: 'address' }, isRequired: true, placeholder: 'https://sms.example.com/send' },
      { name: 'method', label: { word: 'http_method' }, options: ['POST', 'PUT', 'GET'] },
      { name: 'content', label: { word: 'http_content' }, options: ['json', 'form'] },
      { name: 'from', label: { word: 'from_number' } },
      { name: 'success_pointer', label: { word: 'success_pointer' }, placeholder: '/status' },
      { name: 'success_value', label: { word: 'success_value' }, placeholder: 'ok' },
      { name: 'id_pointer', label: { word: 'id_pointer' }, placeholder: '/id' },
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
