// Every page of the console, by the name that its pictures have.

/** `made`: what fillProject() made. */
export function pagesOf(made) {
  const project = `/${made.id}`;
  return {
    projects: '/projects',
    keys: '/keys',
    admins: '/admins',
    audit: '/audit',
    overview: project,
    'setup-project': `${project}/setup/project`,
    'setup-flow': `${project}/setup/flow`,
    'setup-methods': `${project}/setup/methods`,
    'setup-source': `${project}/setup/source`,
    'setup-webhooks': `${project}/setup/webhooks`,
    'setup-try': `${project}/setup/try`,
    validations: `${project}/validations`,
    validation: `${project}/validations/${made.validationId}`,
    logins: `${project}/logins`,
    login: `${project}/logins/${made.loginId}`,
    people: `${project}/users`,
    person: `${project}/users/shop-17`,
    messages: `${project}/messages`,
    inbox: `${project}/inbox`,
    templates: `${project}/templates`,
    senders: `${project}/senders`,
    locks: `${project}/locks`,
    live: `${project}/live`,
    imports: `${project}/imports`,
    message: `${project}/messages/${made.messageId}`,
    webhooks: `${project}/webhooks`,
    webhook: `${project}/webhooks/${made.webhookId}`,
    fraud: `${project}/fraud`,
    account: '/account',
    settings: `${project}/settings`,
    missing: `${project}/nothing`,
  };
}

/** By page: the words on the buttons that open its dialogs. */
export const dialogs = {
  projects: ['new_project'],
  keys: ['new_key'],
  admins: ['invite_admin'],
  people: ['add_person'],
  person: ['erase_person'],
  senders: ['add_sender', 'send_test'],
  webhooks: ['add_webhook'],
  webhook: ['redeliver_range', 'rotate_secret'],
  settings: ['delete_project'],
};

// What the tests put in themselves, and names that are the same everywhere.
const names = [
  'Ana Souza', 'Luis Ortega', 'Olga', 'OL', 'Orders', 'Relay', 'inbox', 'accessd', 'Webhooks', 'curl', 'TypeScript', 'Python', 'PHP', 'HTML', 'CSV',
  'PostgreSQL', 'Id', 'ms', 'Menu', 'English', 'Español', 'Português', 'en', 'EN', 'ES', 'PT', 'ES, BR, *',
  'name', 'autosize measurement', // A field of the API; and of a field that grows with its text: Mantine's, hidden.
];

/** What a page says to people and to screen readers, without code, addresses, ids and names. */
export async function textsOf(page) {
  const texts = await page.evaluate(() => {
    const seen = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      if (!walker.currentNode.parentElement.closest('pre, code, script, noscript, style, iframe, textarea')) seen.add(walker.currentNode.data.trim());
    }
    for (const name of ['placeholder', 'aria-label', 'title', 'alt']) {
      for (const one of document.querySelectorAll(`[${name}]`)) seen.add(one.getAttribute(name).trim());
    }
    return [...seen];
  });
  const isData = (text) =>
    !/\p{L}{2}/u.test(text) || names.includes(text) || text.includes('Corner shop') ||
    /^\S*[-@_./\d*#{]\S*$/.test(text) || // Ids, addresses, colours, variables.
    /^[a-z_.]+(, [a-z_.]+)+$/.test(text); // Fields and events, by their names in the API.
  return texts.filter((text) => !isData(text));
}

/** Opens a page of the console and waits until it shows what it fetched. */
export async function openConsole(page, path) {
  await page.goto(`/console${path}`);
  await settle(page);
}

/** Goes on to another page as the console's links do, which loads nothing anew and is sooner there. */
export async function goOn(page, path) {
  await page.evaluate((to) => {
    window.shownBefore = document.querySelector('main').textContent;
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, `/console${path}`);
  await page.waitForFunction(() => document.querySelector('main')?.textContent !== window.shownBefore);
  await settle(page);
}

async function settle(page) {
  await page.locator('main h1, main h3').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('main [role=status] .mantine-Loader-root, main .mantine-Skeleton-root'));
}
