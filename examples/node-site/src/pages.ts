import type { Person } from './accessd.js';

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

function page(title: string, content: string, accessdUrl: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<link rel="stylesheet" href="/site.css">
<main><h1>${escape(title)}</h1>${content}</main>
<script src="${escape(accessdUrl)}/accessd.js" defer></script>
<script src="/site.js" defer></script>
</html>
`;
}

export function homePage(person: Person | null, note: string, accessdUrl: string): string {
  if (person) {
    const who = person.name ?? person.email ?? person.phone ?? person.user_id;
    return page(
      `Hello, ${who}`,
      `<p>You are logged in as <code>${escape(person.user_id)}</code>.</p>
       <form method="post" action="/logout"><button>Log out</button></form>`,
      accessdUrl,
    );
  }
  return page(
    'The example shop',
    `<p>${escape(note || 'Log in to go on. In the test project, user@example.com always gets the code 123456.')}</p>
     <p><a class="button" href="/login">Log in</a> <button id="in-a-window" type="button">Log in, in a window</button></p>`,
    accessdUrl,
  );
}
