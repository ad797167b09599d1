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

/** Opens a page of the console and waits until it shows what it fetched. */
export async function openConsole(page, path) {
  await page.goto(`/console${path}`);
  await page.locator('main h1, main h3').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('main [role=status] .mantine-Loader-root, main .mantine-Skeleton-root'));
}
