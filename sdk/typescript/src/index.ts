export { BrowserLogin } from './browser_login.js';
export { Accessd } from './client.js';
export { AccessdError, HostedLoginError, NoAnswerError, WebhookError } from './errors.js';
export type { LoginFault, WebhookFault } from './errors.js';
export type { BegunLogin, HostedLoginWish } from './hosted_login.js';
export { Pages, type Page } from './pages.js';
export type { ClientOptions } from './transport.js';
export type {
  BodyOf, Call, CallOptions, DataOf, ErrorCode, ErrorDetails, ItemOf, ListName, OperationName, QueryOf, Schemas,
} from './types.js';
export { verifyWebhook, type WebhookEvent, type WebhookHeaders, type WebhookOptions } from './webhooks.js';
