// Ways through the console that many tests take.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

export const owner = 'olga@example.com';

/** Opens the link that the server printed and becomes its owner; ends in the console. */
export async function becomeOwner(page, server, name = 'Olga') {
  await page.goto(await server.firstLink());
  await page.getByLabel('Email address').fill(owner);
  await page.getByLabel('Name (optional)').fill(name);
  await page.getByRole('button', { name: 'Become the owner' }).click();
  await page.waitForURL('**/console');
}

/** Calls the API as the page's session does, for what a test needs and doesn't test. */
export async function callApi(page, method, path, body) {
  return page.evaluate(
    async ([verb, address, json]) => {
      const { data } = await (await fetch('/v2/access/console/session')).json();
      const answer = await fetch(`/v2/access${address}`, {
        method: verb,
        headers: {
          'X-CSRF-Token': data.csrf_token,
          ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        body: json === undefined ? undefined : JSON.stringify(json),
      });
      return answer.json();
    },
    [method, path, body],
  );
}

/** A project with everything that pages show: people, logins that went well and badly, an open code. */
export async function fillProject(page, name = 'Corner shop') {
  const { data: project } = await callApi(page, 'POST', '/projects', { name });
  const id = project.project_id;
  await callApi(page, 'PATCH', `/projects/${id}`, {
    contact_email: 'help@shop.example',
    privacy_url: 'https://shop.example/privacy',
    branding: { primary_color: '#1c4fd7' },
  });
  await callApi(page, 'POST', `/projects/${id}/users`, { email: 'ana@example.com', name: 'Ana Souza', phone: '+5511912345678' });
  await callApi(page, 'POST', `/projects/${id}/users`, { email: 'luis@example.com', name: 'Luis Ortega', user_id: 'shop-17' });
  const send = async (email) => (await callApi(page, 'POST', '/email/send-otp', { project_id: id, email })).data;
  const verify = (email, otp, sent) => callApi(page, 'POST', '/email/verify-otp', { email, otp, validation_id: sent.validation_id });
  const done = await send('user@example.com');
  await verify('user@example.com', '123456', done);
  const wrong = await send('luis@example.com');
  for (let i = 0; i < 3; i += 1) await verify('luis@example.com', '000000', wrong);
  await send('ana@example.com');
  const { data: webhook } = await callApi(page, 'POST', `/projects/${id}/webhooks`, {
    url: 'https://192.0.32.10/hooks', events: ['login.completed', 'validation.failed'], description: 'Orders', status: 'paused',
  });
  const { data: messages } = await callApi(page, 'GET', `/projects/${id}/messages?limit=1`);
  return {
    id, slug: project.slug, loginId: done.login_id, validationId: wrong.validation_id, webhookId: webhook.webhook_id,
    messageId: messages.items[0].message_id,
  };
}

/** The console's own words, read from its dictionaries: `  key: 'text',`. */
export async function wordsOf(language) {
  const text = await readFile(new URL(`../../../web/console/src/words/${language}.ts`, import.meta.url), 'utf8');
  return (key) => {
    const [, quote, found] = new RegExp(`^  ${key}: (['"])(.*)\\1,$`, 'm').exec(text) ?? [];
    assert.ok(found, `${language} has no ${key}`);
    return found.replaceAll(`\\${quote}`, quote);
  };
}
