import { openBrowserLogin } from './browser_login.js';
import { operationTable } from './generated/operations.js';
import { beginHostedLogin, finishHostedLogin, type BegunLogin, type HostedLoginWish } from './hosted_login.js';
import { Pages } from './pages.js';
import { Transport, type ClientOptions } from './transport.js';
import type { BodyOf, Call, CallOptions, DataOf, ItemOf, ListName, OperationName, QueryOf } from './types.js';

const PUBLIC = /^\/v2\/access\/(public\/|auth\/token$)/;

type Filter<Name extends OperationName> = Omit<QueryOf<Name>, 'cursor'>;

/**
 * The API of one accessd. Fields have the API's own names. Refusals are thrown as AccessdError, missing answers as
 * NoAnswerError. One client serves any number of calls at once.
 */
export class Accessd {
  #transport: Transport;

  constructor(options: ClientOptions) {
    this.#transport = new Transport(options);
  }

  get url(): string {
    return this.#transport.url;
  }

  /** Any operation of the API, by its name in /openapi.json. Every method below is one of these. */
  async call<Name extends OperationName>(name: Name, request: Call<Name>): Promise<DataOf<Name>> {
    return (await this.#send(name, request)).data as DataOf<Name>;
  }

  /** The same, with the ETag that a later change can name as `ifMatch`. */
  async callWithTag<Name extends OperationName>(
    name: Name,
    request: Call<Name>,
  ): Promise<{ data: DataOf<Name>; etag: string | null }> {
    const { data, etag } = await this.#send(name, request);
    return { data: data as DataOf<Name>, etag };
  }

  /** Any list of the API. */
  list<Name extends ListName>(name: Name, request: Call<Name>): Pages<ItemOf<Name>> {
    return new Pages((cursor) => {
      const query = { ...(request.query as object | undefined), ...(cursor === null ? {} : { cursor }) };
      return this.call(name, { ...request, query } as Call<Name>) as Promise<{ items: ItemOf<Name>[]; next_cursor: string | null }>;
    });
  }

  #send(name: OperationName, request: CallOptions & { path?: unknown; query?: unknown; body?: unknown }) {
    const [method, route, takesKey] = operationTable[name];
    const path = route.replace(/\{(\w+)\}/g, (_, field: string) => {
      const value = (request.path as Record<string, string> | undefined)?.[field];
      if (value === undefined || value === '') throw new TypeError(`${name} needs ${field}`);
      return encodeURIComponent(value);
    });
    return this.#transport.send({
      method,
      path,
      query: request.query as Record<string, unknown> | undefined,
      // POSTs without anything to say still say so in JSON.
      body: request.body ?? (method === 'POST' ? {} : undefined),
      isPublic: PUBLIC.test(route),
      token: request.token,
      idempotencyKey: request.idempotencyKey ?? (takesKey ? crypto.randomUUID() : undefined),
      ifMatch: request.ifMatch,
      signal: request.signal,
    });
  }

  /** Codes by email. */
  readonly email = {
    sendOtp: (body: BodyOf<'sendEmailOtp'>, options: CallOptions = {}) => this.call('sendEmailOtp', { ...options, body }),
    verifyOtp: (body: BodyOf<'verifyEmailOtp'>, options: CallOptions = {}) => this.call('verifyEmailOtp', { ...options, body }),
  };

  /** Codes by SMS and WhatsApp; one validation for both. */
  readonly phone = {
    sendSms: (body: BodyOf<'sendSms'>, options: CallOptions = {}) => this.call('sendSms', { ...options, body }),
    sendWhatsApp: (body: BodyOf<'sendWhatsApp'>, options: CallOptions = {}) => this.call('sendWhatsApp', { ...options, body }),
    verifyOtp: (body: BodyOf<'verifyPhoneOtp'>, options: CallOptions = {}) => this.call('verifyPhoneOtp', { ...options, body }),
  };

  /** Faces. `options.token` takes a validation's own token. */
  readonly biometric = {
    registerFace: (body: BodyOf<'registerFace'>, options: CallOptions = {}) => this.call('registerFace', { ...options, body }),
    start: (body: BodyOf<'startFace'>, options: CallOptions = {}) => this.call('startFace', { ...options, body }),
    verifyFace: (body: BodyOf<'verifyFace'>, options: CallOptions = {}) => this.call('verifyFace', { ...options, body }),
    checkLiveness: (body: BodyOf<'checkLiveness'>, options: CallOptions = {}) => this.call('checkLiveness', { ...options, body }),
  };

  readonly validations = {
    /** With its timeline: why a code did or didn't arrive. */
    get: (validation_id: string) => this.call('getValidation', { path: { validation_id } }),
    list: (query: Filter<'listValidations'>) => this.list('listValidations', { query }),
    cancel: (validation_id: string) => this.call('cancelValidation', { path: { validation_id }, body: {} }),
  };

  readonly logins = {
    get: (login_id: string) => this.call('getLogin', { path: { login_id } }),
    list: (query: Filter<'listLogins'>) => this.list('listLogins', { query }),
  };

  /** Tokens of finished logins. */
  readonly tokens = {
    exchange: (body: BodyOf<'exchangeLoginCode'>, options: CallOptions = {}) => this.call('exchangeLoginCode', { ...options, body }),
    introspect: (token: string) => this.call('introspectLoginToken', { body: { token } }),
    revoke: (token: string) => this.call('revokeLoginToken', { body: { token } }),
  };

  /** The hosted login page: docs/login-page.md. */
  readonly hostedLogin = {
    begin: (wish: HostedLoginWish) => beginHostedLogin(this.url, wish),
    finish: (visited: string | URL | URLSearchParams, begun: BegunLogin) => finishHostedLogin(this, visited, begun),
  };

  /** Logins that a page opens by itself: docs/browsers.md. */
  readonly browserLogin = {
    project: (slug: string) => this.call('getPublicProject', { path: { slug } }),
    open: (wish: Omit<BodyOf<'openLogin'>, 'proof'>) => openBrowserLogin(this, wish),
  };

  readonly projects = {
    create: (body: BodyOf<'createProject'>, options: CallOptions = {}) => this.call('createProject', { ...options, body }),
    get: (project_id: string) => this.call('getProject', { path: { project_id } }),
    list: (query: Filter<'listProjects'> = {}) => this.list('listProjects', { query }),
    change: (project_id: string, body: BodyOf<'changeProject'>, options: CallOptions = {}) =>
      this.call('changeProject', { ...options, path: { project_id }, body }),
    delete: (project_id: string) => this.call('deleteProject', { path: { project_id } }),
    /** What is done and what is missing. */
    setup: (project_id: string) => this.call('getSetup', { path: { project_id } }),
    /** Of a test project: messages as people would see them. */
    inbox: (project_id: string, query: Filter<'listInbox'> = {}) => this.list('listInbox', { path: { project_id }, query }),
  };

  readonly flows = {
    create: (project_id: string, body: BodyOf<'createFlow'>, options: CallOptions = {}) =>
      this.call('createFlow', { ...options, path: { project_id }, body }),
    get: (flow_id: string) => this.call('getFlow', { path: { flow_id } }),
    list: (project_id: string) => this.list('listFlows', { path: { project_id } }),
    change: (flow_id: string, body: BodyOf<'changeFlow'>, options: CallOptions = {}) =>
      this.call('changeFlow', { ...options, path: { flow_id }, body }),
    setMethod: (flow_id: string, method: 'email' | 'phone' | 'biometric', body: BodyOf<'putMethod'>, options: CallOptions = {}) =>
      this.call('putMethod', { ...options, path: { flow_id, method }, body }),
  };

  readonly users = {
    create: (project_id: string, body: BodyOf<'createUser'>, options: CallOptions = {}) =>
      this.call('createUser', { ...options, path: { project_id }, body }),
    get: (project_id: string, user_id: string) => this.call('getUser', { path: { project_id, user_id } }),
    list: (project_id: string, query: Filter<'listUsers'> = {}) => this.list('listUsers', { path: { project_id }, query }),
    change: (project_id: string, user_id: string, body: BodyOf<'changeUser'>, options: CallOptions = {}) =>
      this.call('changeUser', { ...options, path: { project_id, user_id }, body }),
    /** Everywhere, faces included; tells what was erased and when old backups lapse. */
    erase: (project_id: string, user_id: string) => this.call('eraseUser', { path: { project_id, user_id } }),
    /** All that is held about one person. */
    export: (project_id: string, user_id: string) => this.call('exportUser', { path: { project_id, user_id } }),
  };

  readonly webhooks = {
    /** Its answer is the only one that shows the secret. */
    create: (project_id: string, body: BodyOf<'createWebhook'>, options: CallOptions = {}) =>
      this.call('createWebhook', { ...options, path: { project_id }, body }),
    list: (project_id: string) => this.list('listWebhooks', { path: { project_id } }),
    delete: (webhook_id: string) => this.call('deleteWebhook', { path: { webhook_id } }),
    rotateSecret: (webhook_id: string) => this.call('rotateWebhookSecret', { path: { webhook_id } }),
    deliveries: (webhook_id: string, query: Filter<'listDeliveries'> = {}) =>
      this.list('listDeliveries', { path: { webhook_id }, query }),
  };

  readonly events = {
    list: (query: Filter<'listEvents'>) => this.list('listEvents', { query }),
  };

  /** The client's own token. */
  readonly auth = {
    /** A fresh token for the one in use, which the client uses from now on; for clients that have no key. */
    renew: async (): Promise<DataOf<'renewToken'>> => {
      const renewed = await this.call('renewToken', { body: {} });
      this.#transport.useToken(renewed.access_token);
      return renewed;
    },
    revoke: (body: BodyOf<'revokeToken'> = {}) => this.call('revokeToken', { body }),
  };
}
