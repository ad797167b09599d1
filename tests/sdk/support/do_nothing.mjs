// A client that takes every call and does nothing: what no test of a client may be content with.
const nothing = new Proxy(function doNothing() {}, {
  get: (_, name) => {
    if (name === 'then') return undefined; // Awaited, it is itself.
    if (name === Symbol.asyncIterator) return async function* none() {};
    if (name === Symbol.toPrimitive) return () => '';
    return nothing;
  },
  apply: () => Promise.resolve(nothing),
});

export class Accessd {
  constructor() {
    return nothing;
  }
}
export class AccessdError extends Error {}
export class HostedLoginError extends Error {}
export class NoAnswerError extends Error {}
export class WebhookError extends Error {}
export const verifyWebhook = () => Promise.resolve(nothing);
