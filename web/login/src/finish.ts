import type { Wish } from './context';

/** What accessd.js hands to the page that opened the window. */
export interface PopupMessage {
  source: 'accessd';
  code?: string;
  state?: string;
  error?: string;
}

/** Whether there is a page that waits for the outcome in a window of its own. */
export function hasOpener(wish: Wish, page: Window = window): boolean {
  return wish.isPopup && page.opener !== null && page.opener !== page;
}

/**
 * Hands the finished login to the site: to the page that opened this window, or by going to `target`, which
 * the server made of the login's redirect_url. Only a page of that very origin gets to read the message.
 */
export function finish(target: string, wish: Wish, page: Window = window): void {
  if (!hasOpener(wish, page)) {
    page.location.replace(target);
    return;
  }
  const { origin, searchParams } = new URL(target);
  const message: PopupMessage = { source: 'accessd', code: searchParams.getAll('code').at(-1) };
  if (wish.state !== null) message.state = wish.state;
  (page.opener as Window).postMessage(message, origin);
  page.close();
}

/** Where "back" leads: the site is told that nobody logged in. RFC 6749, 4.1.2.1 names the error. */
export function cancelUrl(wish: Wish): string {
  const url = new URL(wish.redirectUrl);
  url.searchParams.append('error', 'access_denied');
  if (wish.state !== null) url.searchParams.append('state', wish.state);
  return url.href;
}

export function cancel(wish: Wish, page: Window = window): void {
  if (!hasOpener(wish, page)) {
    page.location.assign(cancelUrl(wish));
    return;
  }
  const message: PopupMessage = { source: 'accessd', error: 'access_denied' };
  if (wish.state !== null) message.state = wish.state;
  (page.opener as Window).postMessage(message, new URL(wish.redirectUrl).origin);
  page.close();
}

/** How a person knows the site: by its host. */
export function siteName(wish: Wish): string {
  try {
    return new URL(wish.redirectUrl).host;
  } catch {
    return '';
  }
}
