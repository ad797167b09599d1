import { expect, test, vi } from 'vitest';
import { cancel, cancelUrl, finish } from './finish';

const wish = {
  redirectUrl: 'https://shop.example/in?from=a&code=old', state: 'ä&b', codeChallenge: null, flowId: null, isPopup: true,
};
const target = 'https://shop.example/in?from=a&code=old&code=c0de&state=%C3%A4%26b';

function fakeWindow(opener: object | null) {
  return { opener, close: vi.fn(), location: { replace: vi.fn(), assign: vi.fn() } } as unknown as Window & {
    close: ReturnType<typeof vi.fn>;
    location: { replace: ReturnType<typeof vi.fn>; assign: ReturnType<typeof vi.fn> };
  };
}

test('a window with an opener tells it alone, by its origin', () => {
  const opener = { postMessage: vi.fn() };
  const page = fakeWindow(opener);
  finish(target, wish, page);
  expect(opener.postMessage).toHaveBeenCalledWith({ source: 'accessd', code: 'c0de', state: 'ä&b' }, 'https://shop.example');
  expect(page.close).toHaveBeenCalled();
  expect(page.location.replace).not.toHaveBeenCalled();
});

test('without an opener, or without being asked, the page goes there', () => {
  for (const [opener, isPopup] of [[null, true], [{ postMessage: vi.fn() }, false]] as const) {
    const page = fakeWindow(opener);
    finish(target, { ...wish, isPopup }, page);
    expect(page.location.replace).toHaveBeenCalledWith(target);
  }
});

test('turning back keeps the address and says so', () => {
  expect(cancelUrl(wish)).toBe('https://shop.example/in?from=a&code=old&error=access_denied&state=%C3%A4%26b');
  const page = fakeWindow(null);
  cancel({ ...wish, isPopup: false, state: null }, page);
  expect(page.location.assign).toHaveBeenCalledWith('https://shop.example/in?from=a&code=old&error=access_denied');
});
