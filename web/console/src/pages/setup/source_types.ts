import type { Schemas } from '../../api.ts';

/** Where a project's people are looked up. */
export type Source = Schemas['Source'];
export type SourceKind = Schemas['SourceKind'];
/** What a test look-up found: the rows as they came, and the person that they are read as. */
export type SourceTest = Schemas['SourceTest'];

/** In the order in which they are offered. A kind that the API learns doesn't compile before it has its place. */
const order: Record<SourceKind, number> = { open: 0, directory: 1, http: 2, postgres: 3, mysql: 4, sqlite: 5 };
export const sourceKinds = (Object.keys(order) as SourceKind[]).sort((one, other) => order[one] - order[other]);

/** What the form of a connection holds; secrets are empty unless they are changed. */
export interface ConnectionValues extends Record<string, unknown> {
  name: string;
  host: string;
  port: number | '';
  database: string;
  user: string;
  password: string;
  tls: NonNullable<Schemas['SourceSettings']['tls']>;
  file: string;
  query: string;
  url: string;
  header_name: string;
  header_value: string;
  user_id: string;
  email: string;
  phone: string;
  person_name: string;
  timeout_ms: number;
  cache_seconds: number;
}

const ports: Partial<Record<SourceKind, number>> = { postgres: 5432, mysql: 3306 };
const exampleQuery = 'SELECT id, email, phone, name FROM customers WHERE email = :email OR phone = :phone OR id = :user_id';

/** Pointers into an answer's JSON for `http`, names of columns for the rest. */
function defaultMapping(kind: SourceKind) {
  return kind === 'http'
    ? { user_id: '/id', email: '/email', phone: '/phone', person_name: '/name' }
    : { user_id: 'id', email: 'email', phone: 'phone', person_name: 'name' };
}

export function valuesOf(kind: SourceKind, source: Source | undefined): ConnectionValues {
  const settings = source?.kind === kind ? source.settings : undefined;
  const usual = defaultMapping(kind);
  const mapping = settings?.mapping;
  return {
    name: source?.kind === kind ? source.name : kind,
    host: settings?.host ?? '',
    port: settings?.port ?? ports[kind] ?? '',
    database: settings?.database ?? '',
    user: settings?.user ?? '',
    password: '',
    tls: settings?.tls ?? 'verify',
    file: settings?.file ?? '',
    query: settings?.query ?? exampleQuery,
    url: settings?.url ?? '',
    header_name: settings?.headers?.[0] ?? '',
    header_value: '',
    user_id: mapping ? (mapping.user_id ?? '') : usual.user_id,
    email: mapping ? (mapping.email ?? '') : usual.email,
    phone: mapping ? (mapping.phone ?? '') : usual.phone,
    person_name: mapping ? (mapping.name ?? '') : usual.person_name,
    timeout_ms: settings?.timeout_ms ?? 2000,
    cache_seconds: settings?.cache_seconds ?? 30,
  };
}

/** What the API takes of the form: the settings of this kind, and secrets only where one was typed. */
export function settingsOf(kind: SourceKind, values: ConnectionValues): Schemas['SourceSettings'] {
  const { host, port, database, user, password, tls, file, query, url, header_name, header_value, timeout_ms, cache_seconds } = values;
  const shared = {
    mapping: { user_id: values.user_id || null, email: values.email || null, phone: values.phone || null, name: values.person_name || null },
    timeout_ms,
    cache_seconds,
  };
  if (kind === 'http') {
    return { url, ...(header_name && header_value ? { headers: [{ name: header_name, value: header_value }] } : {}), ...shared };
  }
  if (kind === 'sqlite') return { file, query, ...shared };
  return { host, ...(port === '' ? {} : { port }), database, user, tls, query, ...(password ? { password } : {}), ...shared };
}
