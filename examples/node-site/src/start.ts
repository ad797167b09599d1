/**
 * Starts the site. Without settings it starts an accessd of its own for a try (`accessd serve --dev`), with a test
 * project whose flow knows this site. With ACCESSD_URL, ACCESSD_PROJECT (its slug), ACCESSD_CLIENT_ID and
 * ACCESSD_CLIENT_SECRET it uses yours, whose flow must list SITE_URL/signed-in.
 */
import { Accessd, type Settings } from './accessd.js';
import { startForATry } from './for_a_try.js';
import { Site } from './site.js';

const port = Number(process.env.PORT ?? 3000);
const siteUrl = process.env.SITE_URL ?? `http://localhost:${port}`;
const redirectUrl = `${siteUrl}/signed-in`;

function fromEnvironment(): Settings | null {
  const { ACCESSD_URL, ACCESSD_PROJECT, ACCESSD_CLIENT_ID, ACCESSD_CLIENT_SECRET } = process.env;
  if (!ACCESSD_URL) return null;
  if (!ACCESSD_PROJECT || !ACCESSD_CLIENT_ID || !ACCESSD_CLIENT_SECRET) {
    throw new Error('set ACCESSD_PROJECT, ACCESSD_CLIENT_ID and ACCESSD_CLIENT_SECRET, too');
  }
  return {
    url: ACCESSD_URL, project: ACCESSD_PROJECT, clientId: ACCESSD_CLIENT_ID, clientSecret: ACCESSD_CLIENT_SECRET, redirectUrl,
  };
}

const settings = fromEnvironment() ?? (await startForATry(redirectUrl));
await new Site(new Accessd(settings), siteUrl).listen(port);
console.log(`\nThe site: ${siteUrl}   (accessd: ${settings.url})`);
