import { useComputedColorScheme } from '@mantine/core';

/**
 * A mail as its reader sees it. The frame runs no scripts and is of no origin; the page's policy holds in it,
 * too, so a style sheet within the mail needs the page's nonce.
 */
export function MailFrame({ html, title }: { html: string; title: string }) {
  const scheme = useComputedColorScheme('light');
  const nonce = document.querySelector<HTMLMetaElement>('meta[name=style-nonce]')?.content ?? '';
  const styled = html.replace(/<style(?=[\s>])/gi, `<style nonce="${nonce}"`);
  return (
    <iframe
      title={title}
      sandbox=""
      srcDoc={styled}
      style={{ width: '100%', height: 420, border: 0, borderRadius: 8, background: '#fff', colorScheme: scheme === 'dark' ? 'light' : scheme }}
    />
  );
}
